/** Determines whether point reads whose createdAt is distrusted show the known times again. Lists cannot show that. */

import type { Sql } from '../../db/database.ts'
import { isoOf } from '../../db/timestamps.ts'
import { compareCreations } from './account-creation.ts'
import { distrustBits } from './judge-account.ts'

export interface ProbedUser {
  readonly primaryEmail: string
  readonly createdAt: string
}

/** Maximum number of probes per pull. A pull stops at the first user whose time differs. */
const probes = 6
/**
 * Number of probes that must show the known times, while none shows another time. If fewer users are probed, all of
 * them.
 */
const fewestAgreeing = 3

/**
 * Selects different users in each pull. Returns none unless only point reads are distrusted: once lists are trusted
 * again, point reads are, too.
 */
export async function usersToProbe(sql: Sql, organizationId: number, pullId: number): Promise<ProbedUser[]> {
  const rows = await sql<ProbedUser[]>`
    select u.primary_email as "primaryEmail", u.created_at as "createdAt" from users u
    join organizations o on o.id = u.organization_id and o.creation_distrust = ${distrustBits.READ}::int
    where u.organization_id = ${organizationId} and u.deleted_at is null and u.created_at is not null
      and not exists (select from user_doubts d where d.user_id = u.id)
    order by hashint8extended(u.id, ${pullId}) limit ${probes}`
  return rows.map(({ primaryEmail, createdAt }) => ({ primaryEmail, createdAt: isoOf(createdAt) }))
}

export class ReadProbe {
  #agreeing = 0
  #isContradicted = false

  /** `createdAt` is the value in the response. */
  add(user: ProbedUser, createdAt: string | null | undefined): void {
    const order = compareCreations(user.createdAt, createdAt)
    if (order === 'SAME') this.#agreeing += 1
    if (order === 'LATER' || order === 'EARLIER') this.#isContradicted = true
  }

  get isContradicted(): boolean {
    return this.#isContradicted
  }

  /** `users` is the number of selected users. */
  isRight(users: number): boolean {
    return !this.#isContradicted && this.#agreeing > 0 && this.#agreeing >= Math.min(users, fewestAgreeing)
  }
}

export async function believeReads(sql: Sql, organizationId: number): Promise<void> {
  await sql`
    update organizations set creation_distrust = 0, creation_distrusted_at = null
    where id = ${organizationId} and creation_distrust = ${distrustBits.READ}::int`
}
