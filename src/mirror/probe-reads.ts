/** Whether point reads, whose createdAt was disregarded, show the known times again. Lists alone never say so. */
import { compareCreations } from './account-creation.ts'
import type { Sql } from './database.ts'
import { isoOf } from './iso.ts'
import { distrustBits } from './judge-account.ts'

export interface ProbedUser {
  readonly primaryEmail: string
  readonly createdAt: string
}

/** A pull reads so many users to find out. It stops at the first one whose time is another. */
const probes = 6
/** So many of them have to show the known times, and none another. */
const fewestAgreeing = 3

/** Other users in each pull. None unless reads alone are disregarded: lists, once they are believed again, vouch for reads too. */
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

  /** `createdAt`: as the read shows it. */
  add(user: ProbedUser, createdAt: string | null | undefined): void {
    const order = compareCreations(user.createdAt, createdAt)
    if (order === 'SAME') this.#agreeing += 1
    if (order === 'LATER' || order === 'EARLIER') this.#isContradicted = true
  }

  get isContradicted(): boolean {
    return this.#isContradicted
  }

  /** `users`: how many were to be read. */
  isRight(users: number): boolean {
    return !this.#isContradicted && this.#agreeing > 0 && this.#agreeing >= Math.min(users, fewestAgreeing)
  }
}

export async function believeReads(sql: Sql, organizationId: number): Promise<void> {
  await sql`
    update organizations set creation_distrust = 0, creation_distrusted_at = null
    where id = ${organizationId} and creation_distrust = ${distrustBits.READ}::int`
}
