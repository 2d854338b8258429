/** What is left of the requests that an organization's API key may send. */
import { sql } from 'drizzle-orm'
import { reservedOf } from '../mirror/allowance/shares.ts'
import { windowMs } from '../mirror/allowance.ts'
import type { organizations } from '../mirror/tables.ts'
import { utc } from '../mirror/utc.ts'
import { builder } from './builder.ts'
import { Organization } from './organization.ts'

interface Allowance {
  readonly limit: number
  readonly used: number
  /** Null where the time is past. */
  readonly pausedUntil: string | null
}

/** Slots become rows as they are needed: what has no row is free. */
const allowance = (organization: typeof organizations) => sql<Allowance | null>`(
  select json_build_object('limit', a.requests_per_window, 'used', least(a.requests_per_window, (
      select count(*) from allowance_slots s where s.key = a.key and s.free_at > clock_timestamp()
    )), 'pausedUntil', case when a.paused_until > clock_timestamp() then ${sql.raw(utc('a.paused_until'))} end)
  from allowances a where a.key = ${organization.allowanceKey})`

const Budget = builder.objectRef<Allowance>('Budget').implement({
  description:
    "What is left of the vendor's request allowance for this organization's API key. All 0 until a worker has begun with it.",
  fields: (t) => ({
    limit: t.int({ description: 'Requests that may be sent within the window.', resolve: ({ limit }) => limit }),
    windowSeconds: t.int({ description: 'How long the window is.', resolve: () => windowMs / 1000 }),
    used: t.int({
      description: 'Requests that are under way, or were answered within the window.',
      resolve: ({ used }) => used,
    }),
    remaining: t.int({
      description: 'Requests that may be sent at this moment; 0 while the vendor asks for a pause.',
      resolve: ({ limit, used, pausedUntil }) => (pausedUntil === null ? limit - used : 0),
    }),
    reservedForWrites: t.int({
      description: 'Those of the limit that pulls leave to people and writes.',
      resolve: ({ limit }) => Math.max(0, Math.min(reservedOf(limit), limit - 1)),
    }),
    pausedUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Until when nothing is sent, because the vendor said that it was too much; null: it did not.',
      resolve: ({ pausedUntil }) => pausedUntil,
    }),
  }),
})

builder.drizzleObjectField(Organization, 'budget', (t) =>
  t.field({
    type: Budget,
    description: "What is left of its API key's request allowance.",
    select: { extras: { allowance } },
    resolve: (organization) => organization.allowance ?? { limit: 0, used: 0, pausedUntil: null },
  }),
)
