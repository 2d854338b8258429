/** Gauges of what only the database knows. They are the same in all processes. */
import { Gauge, type Registry } from 'prom-client'
import type { Sql } from '../db/database.ts'

interface Row {
  readonly kind: 'AGE' | 'USED' | 'QUARANTINE' | 'OPERATION'
  readonly label: string
  readonly value: number
}

/** Scrapes within this time share one statement: the endpoint needs no token. */
const freshMs = 5_000

const gauges = {
  AGE: { name: 'mirror_age_seconds', label: 'organization', help: 'Age of the last complete pull' },
  USED: { name: 'allowance_used', label: 'organization', help: 'Requests of the last window' },
  QUARANTINE: { name: 'quarantines', label: 'organization', help: 'Pulls that wait for a decision' },
  OPERATION: { name: 'operations', label: 'state', help: 'Operations that have not ended' },
} as const

export function readStates(sql: () => Sql, registers: Registry[]): void {
  let last: { readonly at: number; readonly rows: Promise<Row[]> } | undefined
  const read = () => {
    if (!last || performance.now() - last.at > freshMs) last = { at: performance.now(), rows: select(sql) }
    return last.rows
  }
  for (const [kind, { name, label, help }] of Object.entries(gauges)) {
    new Gauge({
      name: `essentials_graph_${name}`,
      help,
      labelNames: [label],
      registers,
      async collect() {
        // While Postgres is away these gauges are absent, and the others are served.
        const rows = await read().catch(() => [])
        this.reset()
        for (const row of rows) if (row.kind === kind) this.set({ [label]: row.label }, row.value)
      },
    })
  }
}

async function select(sql: () => Sql): Promise<Row[]> {
  return await sql()<Row[]>`
    with o as materialized (select * from organizations where retired_at is null)
    select 'AGE' as kind, slug as label, extract(epoch from clock_timestamp() - profile_as_of)::float8 as value from o
      where profile_as_of is not null
    union all select 'USED', o.slug, count(s.key) from o
      left join allowance_slots s on s.key = o.allowance_key and s.free_at > clock_timestamp() group by o.slug
    union all select 'QUARANTINE', o.slug, count(p.id) from o
      left join pulls p on p.organization_id = o.id and p.state = 'QUARANTINED' and not p.accepted group by o.slug
    union all select 'OPERATION', s.name, count(op.id) from unnest(array['QUEUED', 'RUNNING']) as s(name)
      left join operations op on op.finished_at is null and op.state::text = s.name group by s.name`
}
