import type { Transaction } from './database.ts'
import { isoOf, isoOrNull } from './iso.ts'
import type { FieldGroup } from './observation.ts'
import { writerLock } from './settled-moments.ts'

/** An organization whose mirror this transaction alone may change, and the moment at which it does. */
export interface LockedOrganization {
  readonly id: number
  readonly feedPosition: number
  /** The latest arrival in the feed so far; '-infinity', which sorts before any time, where it is empty. */
  readonly feedReachedAt: string
  /** The moment at which the mirror learns what is applied: later than all before it, whatever the clock does. */
  readonly now: string
  /** When the last complete pull's first request was sent: every live user was observed since. */
  readonly asOf: Readonly<Record<'profile' | FieldGroup, string | null>>
  /** When the first request was sent of the last pull that knows who is missing: it ends those, and completes or waits in quarantine. */
  readonly listedAt: string | null
  /** The bits of the sources whose `createdAt` identifies no account (judge-account.ts). */
  readonly creationDistrust: number
}

/**
 * Takes the organization's lock until the transaction ends. All that changes a mirror goes through here, so that positions in the
 * feed and the times of learning come in the order of commits.
 *
 * The clock is read after the lock of writers is held (settled-moments.ts): a common table expression that is materialized gives its row before
 * the outer query computes its own columns.
 */
export async function lockOrganization(tx: Transaction, organizationId: number): Promise<LockedOrganization> {
  const [row] = await tx<
    {
      id: number
      feedPosition: number
      feedReachedAt: string
      now: string
      profile: string | null
      roles: string | null
      aliases: string | null
      groups: string | null
      listed: string | null
      distrust: number
    }[]
  >`
    with locked as materialized (select * from organizations where id = ${organizationId} for update),
    marked as materialized (select *, pg_advisory_xact_lock_shared(${writerLock}) from locked)
    select id, feed_position as "feedPosition", feed_reached_at as "feedReachedAt",
      greatest(clock_timestamp(), learnt_at + interval '1 microsecond') as now,
      profile_as_of as profile, roles_as_of as roles, aliases_as_of as aliases, groups_as_of as groups,
      creation_distrust as distrust, greatest(profile_as_of, (
        select max(first_sent_at) from pulls
        where organization_id = marked.id and phase = 'DELETIONS' and state in ('RUNNING', 'QUARANTINED')
      )) as listed
    from marked`
  if (!row) throw new Error(`There is no organization ${organizationId} in the mirror`)
  return {
    id: row.id,
    feedPosition: row.feedPosition,
    feedReachedAt: isoOf(row.feedReachedAt),
    now: isoOf(row.now),
    asOf: {
      profile: isoOrNull(row.profile),
      roles: isoOrNull(row.roles),
      aliases: isoOrNull(row.aliases),
      groups: isoOrNull(row.groups),
    },
    listedAt: isoOrNull(row.listed),
    creationDistrust: row.distrust,
  }
}

/** The same lock by one of the organization's pulls: who takes both this and the pull's row takes this first. */
export async function lockOrganizationOfPull(tx: Transaction, pullId: number): Promise<void> {
  await tx`
    with locked as materialized (
      select from organizations where id = (select organization_id from pulls where id = ${pullId}) for update
    )
    select pg_advisory_xact_lock_shared(${writerLock}) from locked`
}
