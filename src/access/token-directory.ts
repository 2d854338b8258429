/**
 * All API tokens, cached in memory, so that neither a steady caller nor a flood of unknown tokens costs a statement per
 * request.
 *
 * - One statement at a time reads the generation of `api_tokens`, and the tokens only if it changed. It runs only while
 *   requests arrive: every `refreshMs` in the background, or immediately if the last read is too old.
 * - No token is admitted based on a read that was *sent* more than `mostDirectoryAgeMs` ago, by the monotonic clock. If
 *   there is no such read, and Postgres does not respond, callers get TokensUnavailable.
 * - A token is rejected as unknown only based on a read that was sent after the token arrived, so that a new token
 *   works immediately. Requests share these reads. The digest is then remembered for a while, because no token can be
 *   created with a digest that was presented before.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import type { Sql } from '../db/database.ts'
import { openUses } from './token-uses.ts'
import { digestOf, expiryWarningDays, mostDirectoryAgeMs, mostTokens, type TokenScope, tokenPrefix } from './tokens.ts'

export interface DirectoryToken {
  readonly name: string
  readonly scopes: readonly TokenScope[]
  readonly organizations: readonly string[] | null
  readonly state: 'GOOD' | 'EXPIRED' | 'REVOKED'
}

export interface TokenDirectory {
  /**
   * Finds a token, even if it is no longer valid. Undefined if it is unknown. Rejects with TokensUnavailable.
   * `beyondLimit`: the sender has failed so often that it must wait for the next background read.
   */
  readonly find: (token: string, attempt?: { readonly beyondLimit: boolean }) => Promise<DirectoryToken | undefined>
  /** Reads the tokens now. */
  readonly refresh: () => Promise<void>
}

/** Postgres does not respond, so tokens cannot be verified at present. */
export class TokensUnavailable extends Error {
  override readonly name = 'TokensUnavailable'
  /** The server recognizes an outage by this code. */
  readonly code = 'TOKENS_UNAVAILABLE'

  constructor(options?: ErrorOptions) {
    super('The API tokens cannot be read from the database', options)
  }
}

export interface DirectoryTiming {
  /** A monotonic clock, in milliseconds. */
  readonly now: () => number
  readonly pause: (ms: number) => Promise<unknown>
}

/** Age at which a read is refreshed in the background. */
const refreshMs = 400
/** Minimum time between the starts of two reads. */
const shortestGapMs = 50
/** Maximum wait of a caller for Postgres. */
const patienceMs = 5_000
/** Maximum number of unanswered reads. Each holds a connection. */
const mostUnanswered = 3
const unknownForMs = 10_000
const mostUnknown = 10_000

interface Row {
  readonly generation: number | null
  readonly now: number
  readonly today: string
  /** Null: there is no token, or the generation is unchanged. */
  readonly id: number | null
  readonly name: string
  readonly digest: string
  readonly scopes: readonly TokenScope[]
  readonly organizations: readonly string[] | null
  readonly expiresAtMs: number | null
  readonly isRevoked: boolean
  readonly isReplaced: boolean
  readonly lastUsedOn: string | null
}

type Entry = Row & { readonly id: number }

interface Reading {
  readonly sentAt: number
  readonly generation: number | null
  readonly entries: ReadonlyMap<string, Entry>
  /**
   * How far the database clock is ahead of the monotonic clock. Overestimated by at most the statement's transit time.
   */
  readonly clockOffsetMs: number
  readonly today: string
}

export function openTokenDirectory(
  sql: Sql,
  logger: Logger,
  { now, pause }: DirectoryTiming = {
    now: () => performance.now(),
    pause: (ms) => sleep(ms, undefined, { ref: false }),
  },
  /** Writes the days of last use. */
  control: Sql = sql,
): TokenDirectory {
  let reading: Reading | undefined
  let underWay: Promise<void> | undefined
  let lastSentAt = -Infinity
  let unanswered = 0
  let failed: { readonly sentAt: number; readonly error: unknown } | undefined
  const unknown = new LRUCache<string, number>({ max: mostUnknown })
  const uses = openUses(control, logger, now)
  const warn = expiryWarnings(logger)

  function adopt(rows: readonly Row[], sentAt: number, asked: Reading | undefined): void {
    const [first] = rows
    if (!first || (reading && reading.sentAt > sentAt)) return
    const { generation, today } = first
    const hasMoved = !asked || generation === null || generation !== asked.generation
    const entries = hasMoved ? new Map(rows.filter(isEntry).map((row) => [row.digest, row])) : asked.entries
    reading = { sentAt, generation, entries, today, clockOffsetMs: first.now - sentAt }
    if (hasMoved || today !== asked.today) warn(entries.values(), first.now, today)
  }

  /** Sends one read, and once more if its connection was lost: many callers wait for it. */
  function read(): Promise<void> {
    if (unanswered >= mostUnanswered) return Promise.reject(new TokensUnavailable())
    const sentAt = now()
    const asked = reading
    lastSentAt = sentAt
    unanswered += 1
    const attempt = async (): Promise<void> => {
      const attemptedAt = now()
      adopt(await selectTokens(sql, asked?.generation ?? null), attemptedAt, asked)
    }
    const answered = attempt()
      .catch(async (error: unknown) => {
        if (!failedOnItsConnection(error)) throw error
        lastSentAt = now()
        await attempt()
      })
      .catch((error: unknown) => {
        throw new TokensUnavailable({ cause: error })
      })
      .finally(() => {
        unanswered -= 1
      })
    const tooLate = pause(patienceMs).then(() => {
      throw new TokensUnavailable()
    })
    tooLate.catch(() => {})
    const settled = Promise.race([answered, tooLate])
      .catch((error: unknown) => {
        failed = { sentAt, error }
        throw error
      })
      .finally(() => {
        if (underWay === settled) underWay = undefined
      })
    underWay = settled
    return settled
  }

  /** Waits for the read in progress, or for a new one at least `gapMs` after the last was sent. */
  async function nextReading(gapMs: number): Promise<void> {
    if (underWay) return await underWay
    const early = lastSentAt + gapMs - now()
    if (early > 0) await pause(early)
    await (underWay ?? (now() - lastSentAt >= gapMs ? read() : undefined))
  }

  async function readingThat(holds: (reading: Reading) => boolean, gapMs: number): Promise<Reading> {
    const arrivedAt = now()
    const giveUpAt = arrivedAt + patienceMs
    for (;;) {
      if (reading && holds(reading)) return reading
      // It may have failed before this caller could wait for it. Without this line only one caller per read would be refused.
      if (failed && failed.sentAt >= arrivedAt) throw failed.error
      if (now() > giveUpAt) throw new TokensUnavailable()
      await nextReading(gapMs)
    }
  }

  const isYoung = ({ sentAt }: Reading) => now() - sentAt <= mostDirectoryAgeMs

  return {
    async refresh() {
      await nextReading(shortestGapMs)
    },
    async find(token, { beyondLimit } = { beyondLimit: false }) {
      if (!token.startsWith(tokenPrefix)) return undefined
      const arrivedAt = now()
      const digest = digestOf(token)
      const known = await readingThat(isYoung, shortestGapMs)
      if (!underWay && now() - lastSentAt > refreshMs) read().catch(() => {})
      const entry = known.entries.get(digest)
      if (entry) return admit(entry, known)
      if ((unknown.get(digest) ?? -Infinity) > now()) return undefined
      const isSince = ({ sentAt }: Reading) => sentAt >= arrivedAt
      const since = await readingThat(
        (one) => isSince(one) && (isYoung(one) || !one.entries.has(digest)),
        beyondLimit ? refreshMs : shortestGapMs,
      )
      const found = since.entries.get(digest)
      if (found) return admit(found, since)
      unknown.set(digest, now() + unknownForMs)
      return undefined
    },
  }

  function admit(entry: Entry, { clockOffsetMs, today }: Reading): DirectoryToken {
    const { name, scopes, organizations, expiresAtMs, isRevoked } = entry
    const hasExpired = expiresAtMs !== null && expiresAtMs <= now() + clockOffsetMs
    const state = isRevoked ? 'REVOKED' : hasExpired ? 'EXPIRED' : 'GOOD'
    if (state === 'GOOD' && entry.lastUsedOn !== today) uses.record(entry.id, today)
    return { name, scopes, organizations, state }
  }
}

function selectTokens(sql: Sql, known: number | null): Promise<Row[]> {
  return sql<Row[]>`
    select g.*, t.* from (
      select max(generation) as generation, extract(epoch from clock_timestamp())::float8 * 1000 as now,
        (clock_timestamp() at time zone 'UTC')::date::text as today
      from token_generation
    ) g
    left join lateral (
      select id, name, digest, scopes::text[] as scopes, organizations,
        extract(epoch from expires_at)::float8 * 1000 as "expiresAtMs", revoked_at is not null as "isRevoked",
        replaced_at is not null as "isReplaced", last_used_on::text as "lastUsedOn"
      from api_tokens
      where g.generation is null or g.generation is distinct from ${known}::bigint
      order by (revoked_at is null and (expires_at is null or expires_at > clock_timestamp())) desc, id desc
      limit ${mostTokens}
    ) t on true`.then((rows) => [...rows])
}

/** Whether another connection may answer: this one was lost, or its backend was ended or stopped. */
function failedOnItsConnection(error: unknown): boolean {
  return error instanceof Error && 'code' in error && connectionCodes.has(String(error.code))
}

const connectionCodes = new Set(['CONNECTION_LOST', 'CONNECTION_CLOSED', 'ECONNRESET', 'EPIPE', '57P01', '57014'])

function isEntry(row: Row): row is Entry {
  return row.id !== null
}

/** Logs a warning for each valid token that expires soon, once a day. */
function expiryWarnings(logger: Logger) {
  let warned = { on: '', ids: new Set<number>() }
  return (entries: Iterable<Entry>, databaseNow: number, today: string): void => {
    if (warned.on !== today) warned = { on: today, ids: new Set() }
    for (const { id, name, expiresAtMs, isRevoked, isReplaced } of entries) {
      if (isRevoked || isReplaced || expiresAtMs === null || warned.ids.has(id)) continue
      const left = expiresAtMs - databaseNow
      if (left <= 0 || left > expiryWarningDays * 86_400_000) continue
      warned.ids.add(id)
      logger.warn(
        { token: name, expiresAt: new Date(expiresAtMs).toISOString() },
        'a token expires soon; replace it with `npm run token -- rotate NAME`',
      )
    }
  }
}
