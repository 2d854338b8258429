/** Stores indications of other accounts at known addresses until a point read decides them (judge-account.ts). */

import type { Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import type { Profile } from '../users/profile.ts'

export interface Doubt {
  readonly source: 'LIST' | 'READ'
  readonly createdAt: string | null
  readonly type: Profile['type'] | null
  /** The address as that response spelled it. */
  readonly spelled: string
  readonly shownAt: string
  /** The pull whose page showed it. */
  readonly pullId: number | null
  /** The first pull that found the doubt. */
  readonly firstPullId: number | null
  /** Until this time the known account was certainly observed. */
  readonly observedAt: string | null
  readonly refuted: boolean
  /** A point read has examined it. Unless it is refuted, `createdAt` is what that read showed. */
  readonly examined: boolean
}

/** A response that may show another account, or that shows a deleted one. */
export interface DoubtfulSight {
  readonly userId: number
  readonly source: Doubt['source']
  readonly spelled: string
  readonly createdAt: string | null
  readonly type: Profile['type'] | null
  /** Its creation time differs from the one that raised the doubt. */
  readonly moved: boolean
  /** Until when the known account was observed. Used only for a new doubt. */
  readonly observedAt: string | null
}

/**
 * Stores the sights. A list row replaces the content of a point read, because a point read will examine it. A point
 * read only records that it has examined what a list showed, and what it found.
 */
export async function putDoubts(
  tx: Transaction,
  organizationId: number,
  { sentAt, pullId }: { readonly sentAt: string; readonly pullId?: number },
  sights: readonly DoubtfulSight[],
): Promise<void> {
  if (sights.length === 0) return
  const moved = sights.filter((sight) => sight.moved).map(({ userId }) => userId)
  await tx`
    insert into user_doubts as d (user_id, organization_id, source, spelled, created_at, type, shown_at, pull_id, first_pull_id, observed_at, examined_at)
    select t.user_id, ${organizationId}, t.source, t.spelled, t.created_at, t.type::user_type, ${sentAt},
      case when t.source = 'LIST' then ${pullId ?? null}::bigint end, ${pullId ?? null}, t.observed_at,
      case when t.source = 'READ' then ${sentAt}::timestamptz end
    from unnest(
      ${array(sights.map(({ userId }) => userId))}::bigint[], ${array(sights.map(({ source }) => source))}::text[],
      ${array(sights.map(({ spelled }) => spelled))}::text[], ${array(sights.map(({ createdAt }) => createdAt))}::timestamptz[],
      ${array(sights.map(({ type }) => type))}::text[], ${array(sights.map(({ observedAt }) => observedAt))}::timestamptz[]
    ) as t(user_id, source, spelled, created_at, type, observed_at)
    on conflict (user_id) do update set
      source = case when excluded.source = 'LIST' then 'LIST' else d.source end,
      spelled = case when excluded.source = 'LIST' then excluded.spelled else d.spelled end,
      created_at = coalesce(excluded.created_at, d.created_at), type = coalesce(excluded.type, d.type),
      shown_at = greatest(d.shown_at, excluded.shown_at), pull_id = coalesce(excluded.pull_id, d.pull_id),
      refuted = false, examined_at = coalesce(excluded.examined_at, d.examined_at),
      moves = d.moves + (excluded.user_id = any(${array(moved)}::bigint[]))::int,
      first_pull_id = case when excluded.user_id = any(${array(moved)}::bigint[]) then excluded.first_pull_id
        else coalesce(d.first_pull_id, excluded.first_pull_id) end`
}

/** Records that these users are the known accounts, regardless of what the list shows. */
export async function refuteDoubts(tx: Transaction, userIds: readonly number[], examinedAt: string): Promise<void> {
  if (userIds.length === 0) return
  await tx`
    update user_doubts set refuted = true, examined_at = ${examinedAt} where user_id = any(${array(userIds)}::bigint[])`
}

export async function dropDoubts(tx: Transaction, userIds: readonly number[]): Promise<void> {
  if (userIds.length === 0) return
  await tx`delete from user_doubts where user_id = any(${array(userIds)}::bigint[])`
}
