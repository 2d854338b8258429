/**
 * Planted violations, one for each invariant: test copies of a step that misbehave. A check that misses its violation
 * is useless.
 */

import type { Sql } from '../../src/db/database.ts'
import { isoOf } from '../../src/db/timestamps.ts'
import { applyGone } from '../../src/mirror/users/apply-gone.ts'
import type { Allowance } from '../../src/vendor/allowance.ts'

export interface Plant {
  /** Statements that are silently not carried out. */
  readonly swallows?: RegExp
  readonly allowance?: (allowance: Allowance) => Allowance
  /** Runs after the end of a pull. */
  readonly afterConclude?: (sql: Sql, organizationId: number) => Promise<void>
}

export const plants = {
  /** I1 */
  'a membership that does not end': { swallows: /update memberships m set valid_to/ },
  /** I2 */
  'a change that is not in the feed': { swallows: /insert into change_sets/ },
  /** I3 */
  'a user deleted without a reason': { afterConclude: endSomebody },
  /** I4 */
  'a version that is not kept': { swallows: /insert into user_versions/ },
  /** I5 */
  'a request without a slot': { allowance: unbounded },
  /** I6 */
  'an arrival that is reported too early': { allowance: (allowance) => shifted(allowance, -60_000) },
  /** I7 */
  'a page that is not kept': { swallows: /insert into pull_pages/ },
} as const satisfies Record<string, Plant>

/** Waits for its turn, but reports a wrong time. */
function shifted(allowance: Allowance, byMs: number): Allowance {
  return {
    ...allowance,
    async take(options) {
      const slot = await allowance.take(options)
      const release = async () => isoOf(new Date(Date.parse(await slot.release()) + byMs).toISOString())
      return { ...slot, release }
    },
  }
}

function unbounded(allowance: Allowance): Allowance {
  const now = () => isoOf(new Date().toISOString())
  return { ...allowance, take: async () => ({ sentAt: now(), release: async () => now() }) }
}

async function endSomebody(sql: Sql, organizationId: number): Promise<void> {
  const [user] = await sql<{ email: string }[]>`
    select primary_email as email from users where organization_id = ${organizationId} and deleted_at is null order by id desc limit 1`
  if (!user) return
  const now = isoOf(new Date().toISOString())
  const observation = { sentAt: now, arrivedAt: now, origin: 'PULL' } as const
  await sql.begin((tx) => applyGone(tx, organizationId, observation, user.email))
}

/** The same database interface, but matching statements are lost. */
export function sabotaged<T extends object>(target: T, swallows: RegExp): T {
  const nothing = () => (target as unknown as Sql)`select 1 where false`
  return new Proxy(target, {
    apply(query, _self, args: unknown[]) {
      const [first] = args
      if (Array.isArray(first) && 'raw' in first && swallows.test(String(first))) return nothing()
      return Reflect.apply(query as (...args: unknown[]) => unknown, undefined, args)
    },
    get(of, key) {
      const value: unknown = Reflect.get(of, key)
      if (key === 'begin') {
        return (work: (tx: object) => unknown) =>
          (value as (work: unknown) => Promise<unknown>)((tx: object) => work(sabotaged(tx, swallows)))
      }
      if (key === 'takeTurn') {
        type Begin = (work: (tx: object) => unknown) => unknown
        return (turn: string, waitMs: number, onLate: unknown, work: (begin: Begin) => unknown, signal?: AbortSignal) =>
          (value as (...args: unknown[]) => unknown)(
            turn,
            waitMs,
            onLate,
            (begin: Begin) => work((inner) => begin((tx) => inner(sabotaged(tx, swallows)))),
            signal,
          )
      }
      if (key === 'as') return (caller: string) => sabotaged((value as (caller: string) => object)(caller), swallows)
      if (key !== 'unsafe') return value
      return (statement: string, ...rest: unknown[]) =>
        swallows.test(statement) ? nothing() : (value as (...args: unknown[]) => unknown)(statement, ...rest)
    },
  })
}
