/** Gauges of what only the database knows. They are the same in all processes. */
import { setTimeout as wait } from 'node:timers/promises'
import { Gauge, type Registry } from 'prom-client'
import type { Sql } from '../db/database.ts'
import { programSessions } from '../db/sessions.ts'

interface Row {
  readonly kind: keyof typeof gauges
  /** Null: the gauge has no label. */
  readonly label: string | null
  /** Null: the database does not know it. */
  readonly value: number | null
}

export interface StateOptions {
  /** Longest time for the database to answer, in milliseconds. It is below the time that a scrape usually has. */
  readonly answerMs?: number
  /** A local monotonic clock in milliseconds. */
  readonly now?: () => number
}

/** Scrapes within this time share one statement: the endpoint needs no token. */
const freshMs = 5_000

const gauges = {
  AGE: { name: 'mirror_age_seconds', label: 'organization', help: 'Age of the last complete pull' },
  USED: { name: 'allowance_used', label: 'organization', help: 'Requests of the last window' },
  QUARANTINE: { name: 'quarantines', label: 'organization', help: 'Pulls that wait for a decision' },
  OPERATION: { name: 'operations', label: 'state', help: 'Operations that have not ended' },
  WEBHOOK: { name: 'webhooks', label: 'state', help: 'Webhooks' },
  WORKER: { name: 'workers', label: undefined, help: 'Processes that run a worker' },
} as const

export function readStates(
  sql: () => Sql,
  registers: Registry[],
  { answerMs = 5_000, now = () => performance.now() }: StateOptions = {},
): void {
  let last: { readonly at: number; readonly rows: Promise<readonly Row[]> } | undefined
  /** When this process first saw organizations that have neither a pull nor an age. */
  let firstSeen: ReadonlyMap<string | null, number> = new Map()
  const readNow = async () => {
    const rows = await inTime(select(sql), answerMs)
    const unknown = rows.filter(({ value }) => value === null)
    firstSeen = new Map(unknown.map(({ label }) => [label, firstSeen.get(label) ?? now()]))
    return rows.map((row) => ({ ...row, value: row.value ?? (now() - (firstSeen.get(row.label) ?? now())) / 1_000 }))
  }
  const read = () => {
    if (!last || now() - last.at > freshMs) last = { at: now(), rows: readNow() }
    return last.rows
  }
  for (const [kind, { name, label, help }] of Object.entries(gauges)) {
    new Gauge({
      name: `essentials_graph_${name}`,
      help,
      labelNames: label === undefined ? [] : [label],
      registers,
      async collect() {
        // While Postgres is away these gauges are absent, and the others are served.
        const rows = await read().catch(() => [])
        this.reset()
        if (label === undefined) this.remove()
        for (const row of rows) {
          if (row.kind !== kind || row.value === null) continue
          this.set(label === undefined ? {} : { [label]: row.label ?? '' }, row.value)
        }
      },
    })
  }
  new Gauge({
    name: 'essentials_graph_database_up',
    help: 'Whether the database answers this process: 0 or 1',
    registers,
    async collect() {
      this.set(
        await read().then(
          () => 1,
          () => 0,
        ),
      )
    },
  })
}

/**
 * An organization without a complete pull is as old as its first pull, which starts when it is added. Without any pull,
 * only the process can tell since when it waits for one.
 */
async function select(sql: () => Sql): Promise<readonly Row[]> {
  const own = sql()
  return await own<Row[]>`
    with o as materialized (select * from organizations where retired_at is null)
    select 'AGE' as kind, slug as label, extract(epoch from clock_timestamp() - coalesce(profile_as_of,
        (select min(p.started_at) from pulls p where p.organization_id = o.id)))::float8 as value from o
    union all select 'USED', o.slug, count(s.key) from o
      left join allowance_slots s on s.key = o.allowance_key and s.free_at > clock_timestamp() group by o.slug
    union all select 'QUARANTINE', o.slug, count(p.id) from o
      left join pulls p on p.organization_id = o.id and p.state = 'QUARANTINED' and not p.accepted group by o.slug
    union all select 'OPERATION', s.name, count(op.id) from unnest(array['QUEUED', 'RUNNING']) as s(name)
      left join operations op on op.finished_at is null and op.state::text = s.name group by s.name
    union all select 'WEBHOOK', s.name, count(w.id) from unnest(array['ACTIVE', 'FAILING', 'DISABLED']) as s(name)
      left join (
        select id, case when disabled_at is not null then 'DISABLED'
          when exists (select from webhook_cursors c where c.webhook_id = webhooks.id and c.failing_since is not null) then 'FAILING'
          else 'ACTIVE' end as state
        from webhooks
      ) w on w.state = s.name group by s.name
    union all select 'WORKER', null, workers from ${programSessions(own)} as s`
}

async function inTime<T>(work: Promise<T>, longestMs: number): Promise<T> {
  const done = new AbortController()
  work.catch(() => {})
  const late = wait(longestMs, undefined, { signal: done.signal, ref: false }).then(() => {
    throw new Error(`The database did not answer within ${longestMs} ms`)
  })
  late.catch(() => {})
  try {
    return await Promise.race([work, late])
  } finally {
    done.abort()
  }
}
