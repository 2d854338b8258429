import type { Transaction } from '../db/database.ts'
import { writerLock } from '../db/settled-moments.ts'
import { isoOf, isoOrNull } from '../db/timestamps.ts'
import type { FieldGroup } from './observation.ts'

/** An organization locked by this transaction, and the transaction's time. */
export interface LockedOrganization {
  readonly id: number
  readonly feedPosition: number
  /** The latest arrival in the feed so far. '-infinity', which sorts before any time, if the feed is empty. */
  readonly feedReachedAt: string
  /**
   * The time at which the mirror records the changes: later than all previous ones, even if the clock moves backward.
   */
  readonly now: string
  /** When the last complete pull sent its first request: every live user has been observed since. */
  readonly asOf: Readonly<Record<'profile' | FieldGroup, string | null>>
  /**
   * When the last pull that determined the missing users sent its first request. That pull is ending those users, is
   * complete, or is quarantined.
   */
  readonly listedAt: string | null
  /** When the first pull was complete (baseline.ts). Null: none has been. */
  readonly baselineAt: string | null
  /** The bits of the sources whose `createdAt` is distrusted (judge-account.ts). */
  readonly creationDistrust: number
  /** Whether its connection shows the groups of users. Otherwise they stay unknown. */
  readonly offersGroups: boolean
}

/**
 * Takes the organization's lock until the transaction ends. Every change of a mirror takes this lock, so that feed
 * positions and recorded times follow commit order.
 *
 * The clock is read after the writer lock is held (settled-moments.ts): a materialized common table expression returns
 * its row before the outer query computes its columns.
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
      baseline: string | null
      offersGroups: boolean
    }[]
  >`
    with locked as materialized (select * from organizations where id = ${organizationId} for update),
    marked as materialized (select *, pg_advisory_xact_lock_shared(${writerLock}) from locked)
    select id, feed_position as "feedPosition", feed_reached_at as "feedReachedAt",
      greatest(clock_timestamp(), learnt_at + interval '1 microsecond') as now,
      profile_as_of as profile, roles_as_of as roles, aliases_as_of as aliases, groups_as_of as groups,
      creation_distrust as distrust, baseline_at as baseline,
      'groups' = any(capabilities) as "offersGroups", greatest(profile_as_of, (
        select max(first_sent_at) from pulls
        where organization_id = marked.id and phase = 'DELETIONS' and state in ('RUNNING', 'QUARANTINED')
      )) as listed
    from marked`
  if (!row) throw new Error(`The mirror has no organization with id ${organizationId}`)
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
    baselineAt: isoOrNull(row.baseline),
    creationDistrust: row.distrust,
    offersGroups: row.offersGroups,
  }
}

/**
 * Takes the same lock by a pull of the organization. Code that locks both this and the pull's row must lock this first.
 */
export async function lockOrganizationOfPull(tx: Transaction, pullId: number): Promise<void> {
  await tx`
    with locked as materialized (
      select from organizations where id = (select organization_id from pulls where id = ${pullId}) for update
    )
    select pg_advisory_xact_lock_shared(${writerLock}) from locked`
}
