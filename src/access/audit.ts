/**
 * Records writes and rejected requests. Each write has a row of its own. Rejections with the same viewer, action and
 * outcome share one row per minute: a process writes the first immediately, and adds the count of the others every few
 * seconds. A caller therefore cannot fill the table or load the database with rejected requests.
 */
import { asCaller, type Sql } from '../db/database.ts'

export interface AuditEntry {
  /** Name of the token. */
  readonly viewer: string
  readonly action: string
  /** The slug in the request. */
  readonly organization?: string | undefined
}

export interface Audit {
  /** Records a write before it is carried out. The returned function adds its outcome. */
  beginWrite(entry: AuditEntry): Promise<(outcome: string) => Promise<void>>
  recordRefusal(entry: AuditEntry, code: string): Promise<void>
  /** Writes the pending counts. */
  close(): Promise<void>
}

export interface AuditOptions {
  /** Interval between writes of pending counts, in milliseconds. */
  readonly flushEveryMs?: number
  /** A local monotonic clock in milliseconds. */
  readonly now?: () => number
  /** Called with the outcome of each write. */
  readonly onOutcome?: ((action: string, outcome: string) => void) | undefined
  /** Called if pending counts could not be written. They are kept and retried. */
  readonly onError?: (error: unknown) => void
}

/** The row of one minute's equal rejections. */
interface Refusals {
  /** Resolves to the row's id once it is written. */
  readonly row: Promise<number>
  readonly organization: string | null
  /** End of the minute, by the local clock. */
  readonly endsAt: number
  /** Counted but not yet written. */
  more: number
  lastAt: number
  organizationsDiffer: boolean
}

const usualFlushMs = 5_000
/** With more distinct rejections than this in a minute, further ones are written directly. */
const maxKinds = 10_000

export function openAudit(sql: Sql, options: AuditOptions = {}): Audit {
  const { flushEveryMs = usualFlushMs, now = () => performance.now(), onError = () => {}, onOutcome } = options
  const kinds = new Map<string, Refusals>()
  let timer: NodeJS.Timeout | undefined
  let flushed = Promise.resolve()

  async function writeFirst({ viewer, action }: AuditEntry, organization: string | null, outcome: string) {
    const [row] = await asCaller(sql, viewer)<{ id: number; left: number }[]>`
      insert into audit_log as a (kind, viewer, action, organization, outcome, minute)
      values ('REFUSAL', ${viewer}, ${action}, ${organization}, ${outcome}, date_trunc('minute', clock_timestamp()))
      on conflict (minute, viewer, action, outcome) where minute is not null do update set times = a.times + 1,
        last_at = clock_timestamp(),
        organization = case when a.organization is not distinct from excluded.organization then a.organization end
      returning id, (extract(epoch from minute + interval '1 minute' - clock_timestamp()) * 1000)::float8 as left`
    return { id: row?.id ?? 0, left: row?.left ?? 0 }
  }

  /** Flushes run one after another: concurrent flushes would add the same counts twice. */
  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    flushed = flushed.then(writeCounted, writeCounted)
    return flushed
  }

  async function writeCounted(): Promise<void> {
    for (const [kind, refusals] of kinds) {
      const { row, more, lastAt, organizationsDiffer } = refusals
      if (more > 0) {
        await sql`update audit_log set times = times + ${more},
            last_at = greatest(last_at, clock_timestamp() - ${Math.max(0, now() - lastAt) / 1000} * interval '1 second'),
            organization = case when not ${organizationsDiffer} then organization end
          where id = ${await row}`
        refusals.more -= more
      }
      if (refusals.endsAt <= now() && refusals.more === 0) kinds.delete(kind)
    }
  }

  function flushSoon(): void {
    timer ??= setTimeout(() => {
      flush().catch((error: unknown) => {
        onError(error)
        flushSoon()
      })
    }, flushEveryMs).unref()
  }

  async function recordRefusal(entry: AuditEntry, outcome: string): Promise<void> {
    const organization = entry.organization ?? null
    const kind = JSON.stringify([entry.viewer, entry.action, outcome])
    const known = kinds.get(kind)
    if (known && now() < known.endsAt) {
      known.more += 1
      known.lastAt = now()
      known.organizationsDiffer ||= known.organization !== organization
      flushSoon()
      return
    }
    if (known?.more) await flush()
    if (kinds.size >= maxKinds) await flush()
    const first = writeFirst(entry, organization, outcome)
    if (kinds.size >= maxKinds) {
      await first
      return
    }
    // The end of the minute is known once the row is written. Until then rejections count toward it.
    const row = first.then(({ id }) => id)
    row.catch(() => {})
    const refusals = { row, organization, endsAt: Infinity, more: 0, lastAt: now(), organizationsDiffer: false }
    kinds.set(kind, refusals)
    try {
      refusals.endsAt = now() + (await first).left
    } catch (error) {
      kinds.delete(kind)
      throw error
    }
    flushSoon()
  }

  return {
    async beginWrite({ viewer, action, organization }) {
      const own = asCaller(sql, viewer)
      const [row] = await own<{ id: number }[]>`
        insert into audit_log (kind, viewer, action, organization)
        values ('WRITE', ${viewer}, ${action}, ${organization ?? null}) returning id`
      return async (outcome) => {
        onOutcome?.(action, outcome)
        await own`update audit_log set outcome = ${outcome} where id = ${row?.id ?? 0} and outcome is null`
      }
    },
    recordRefusal,
    close: flush,
  }
}
