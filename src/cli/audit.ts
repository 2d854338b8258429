/**
 * `audit`: writes the audit rows to stdout, one JSON object per line. Needs only the database, and works beside a
 * running `serve`.
 */
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { readAudit } from '../access/audit-rows.ts'
import { openMigratedDatabase } from '../app.ts'
import type { Config } from '../config/env.ts'
import type { Sql } from '../db/database.ts'
import { isoOf } from '../db/timestamps.ts'
import { createLogger } from '../logger.ts'
import { auditUsage } from './usage.ts'

/** The arguments of `audit` are invalid. */
export class AuditUsageError extends Error {
  override readonly name = 'AuditUsageError'

  constructor(problem: string) {
    super(`${problem}\n\n${auditUsage}`)
  }
}

/** The export did not complete. */
export class AuditInterruptedError extends Error {
  override readonly name = 'AuditInterruptedError'

  constructor() {
    super('The export was interrupted. The output is incomplete; run the export again.')
  }
}

/** A time, or a number of seconds before now. */
type Bound = { readonly at: string } | { readonly secondsAgo: number }

export async function runAudit(
  args: readonly string[],
  config: Config,
  output: Writable,
  signal: AbortSignal,
): Promise<void> {
  const asked = boundsOf(args)
  await using opened = await openMigratedDatabase(config, createLogger(config.logLevel), { mayJoin: true })
  const { sql } = opened.database
  const { since, until } = await resolved(sql, asked)
  if (since > until) throw new AuditUsageError(`--since is ${since}, which is after --until, ${until}.`)
  try {
    await pipeline(Readable.from(linesOf(sql, since, until)), output, { end: false, signal })
  } catch (error) {
    if (signal.aborted) throw new AuditInterruptedError()
    // The reader has enough output, as with `| head`.
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return
    throw error
  }
}

async function* linesOf(sql: Sql, since: string, until: string): AsyncGenerator<string> {
  for await (const rows of readAudit(sql, since, until)) yield rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}

function boundsOf(args: readonly string[]): { since: Bound; until: Bound } {
  const { since, until } = optionsOf(args)
  if (since === undefined) throw new AuditUsageError('--since is required: the time of the oldest row.')
  return {
    since: boundOf('--since', since),
    until: until === undefined ? { secondsAgo: 0 } : boundOf('--until', until),
  }
}

function optionsOf(args: readonly string[]) {
  // parseArgs accepts a value that begins with a hyphen only after an equals sign.
  const joined: string[] = []
  for (const word of args) {
    const before = joined.at(-1)
    if (/^-\d/.test(word) && (before === '--since' || before === '--until')) joined.splice(-1, 1, `${before}=${word}`)
    else joined.push(word)
  }
  try {
    const options = { since: { type: 'string' }, until: { type: 'string' } } as const
    return parseArgs({ args: joined, options }).values
  } catch (error) {
    throw new AuditUsageError(error instanceof Error ? error.message : String(error))
  }
}

const unitSeconds: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 }

function boundOf(option: string, text: string): Bound {
  const [, count, unit = ''] = /^-(\d{1,6})([mhd])$/.exec(text) ?? []
  if (count !== undefined) return { secondsAgo: Number(count) * (unitSeconds[unit] ?? 0) }
  const [, day, time = 'T00:00:00', offset = 'Z'] =
    /^(\d{4}-\d{2}-\d{2})(?:(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)(Z|[+-]\d{2}:\d{2})?)?$/.exec(text) ?? []
  const isDay = day !== undefined && new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day)
  if (isDay && !Number.isNaN(Date.parse(`${day}${time}${offset}`))) return { at: `${day}${time}${offset}` }
  throw new AuditUsageError(
    `${option} is "${text}", but must be an ISO 8601 time such as 2026-06-01T08:00:00Z, or relative such as -30m, -12h or -7d.`,
  )
}

/** Both by the database's clock, which the rows also use. */
async function resolved(sql: Sql, { since, until }: { since: Bound; until: Bound }) {
  const atOf = (bound: Bound) => ('at' in bound ? bound.at : null)
  const secondsOf = (bound: Bound) => ('at' in bound ? 0 : bound.secondsAgo)
  const [row] = await sql<{ since: string; until: string }[]>`
    select coalesce(${atOf(since)}::timestamptz, now() - ${secondsOf(since)} * interval '1 second') as since,
      coalesce(${atOf(until)}::timestamptz, now() - ${secondsOf(until)} * interval '1 second') as until`
  return { since: isoOf(row?.since ?? ''), until: isoOf(row?.until ?? '') }
}
