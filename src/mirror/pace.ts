import { reservedOf } from './allowance/shares.ts'
import type { Transaction } from './database.ts'

/** Seconds between the starts of two pulls. */
export interface Pace {
  readonly configured: number
  /** As configured, or longer. */
  readonly seconds: number
  /** What it was until now; null before the first complete pull. */
  readonly before: number | null
}

/**
 * The configured interval, or a longer one where pulls as long as this would take more than half of what the allowance leaves to work in the
 * background: the other half is for reading users one by one.
 */
export async function paceOf(tx: Transaction, organizationId: number, requests: number): Promise<Pace> {
  const [row] = await tx<{ configured: number; before: number | null; limit: number | null }[]>`
    select pull_interval_seconds as configured, pace_seconds as before, a.requests_per_window as limit
    from organizations o left join allowances a on a.key = o.allowance_key where o.id = ${organizationId}`
  if (!row) throw new Error(`There is no organization ${organizationId} in the mirror`)
  const { configured, before, limit } = row
  const perMinute = limit === null ? Infinity : Math.max(1, limit - reservedOf(limit))
  return { configured, before, seconds: Math.max(configured, Math.ceil((2 * requests * 60) / perMinute)) }
}
