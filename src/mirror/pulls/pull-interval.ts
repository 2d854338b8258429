import type { Transaction } from '../../db/database.ts'
import { reservedOf } from '../../rate-limit/shares.ts'

/** Seconds between the starts of two pulls. */
export interface Pace {
  readonly configured: number
  /** The effective interval: as configured, or longer. */
  readonly seconds: number
  /** The previous effective interval. Null before the first complete pull. */
  readonly before: number | null
}

/**
 * The configured interval, or a longer one if pulls of this size would take more than half of the allowance for
 * background work. The other half is for point reads.
 */
export async function effectiveInterval(tx: Transaction, organizationId: number, requests: number): Promise<Pace> {
  const [row] = await tx<{ configured: number; before: number | null; limit: number | null }[]>`
    select pull_interval_seconds as configured, pace_seconds as before, a.requests_per_window as limit
    from organizations o left join allowances a on a.key = o.allowance_key where o.id = ${organizationId}`
  if (!row) throw new Error(`The mirror has no organization with id ${organizationId}`)
  const { configured, before, limit } = row
  const perMinute = limit === null ? Infinity : Math.max(1, limit - reservedOf(limit))
  return { configured, before, seconds: Math.max(configured, Math.ceil((2 * requests * 60) / perMinute)) }
}
