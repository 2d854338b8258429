/** The remaining request allowance of an organization's API key. */

import { sql } from 'drizzle-orm'
import type { organizations } from '../../db/schema/tables.ts'
import { utc } from '../../db/timestamps.ts'
import { reservedOf } from '../../rate-limit/shares.ts'
import { windowMs } from '../../rate-limit/vendor-allowance.ts'
import { builder } from '../builder.ts'
import { noPast } from '../core/field-policy.ts'
import { Organization } from './organization.ts'

interface Allowance {
  readonly limit: number
  readonly used: number
  /** Null if the pause has ended. */
  readonly pausedUntil: string | null
}

/** Slots become rows when they are first used; a slot without a row is free. */
const allowance = (organization: typeof organizations) => sql`(
  select json_build_object('limit', a.requests_per_window, 'used', least(a.requests_per_window, (
      select count(*) from allowance_slots s where s.key = a.key and s.free_at > clock_timestamp()
    )), 'pausedUntil', case when a.paused_until > clock_timestamp() then ${sql.raw(utc('a.paused_until'))} end)
  from allowances a where a.key = ${organization.allowanceKey})`

const Budget = builder.objectRef<Allowance>('Budget').implement({
  description:
    "The vendor's request allowance (rate limit) for this organization's API key. All counts are 0 until a " +
    'worker has used the key for the first time.',
  fields: (t) => ({
    limit: t.exposeInt('limit', { description: 'Maximum number of requests per window.' }),
    windowSeconds: t.int({ description: 'Length of the window, in seconds.', resolve: () => windowMs / 1000 }),
    used: t.exposeInt('used', {
      description: 'Number of requests that are in flight or were answered within the current window.',
    }),
    remaining: t.int({
      description: 'Number of requests that can be sent now. 0 while the vendor requires a pause.',
      resolve: ({ limit, used, pausedUntil }) => (pausedUntil === null ? limit - used : 0),
    }),
    reservedForWrites: t.int({
      description: 'Number of requests of `limit` that background pulls leave for interactive requests and writes.',
      resolve: ({ limit }) => Math.max(0, Math.min(reservedOf(limit), limit - 1)),
    }),
    pausedUntil: t.expose('pausedUntil', {
      type: 'DateTime',
      nullable: true,
      description:
        'When requests resume after the vendor rejected a request as rate limited. Null if no pause is in effect.',
    }),
  }),
})

builder.objectField(Organization, 'budget', (t) =>
  t.field({
    extensions: noPast,
    type: Budget,
    description: "The remaining request allowance of the organization's API key.",
    sql: allowance,
    compute: (found: Allowance | null) => found ?? { limit: 0, used: 0, pausedUntil: null },
  }),
)
