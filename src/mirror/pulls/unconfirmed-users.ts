/**
 * Users that a complete pull has not observed: missing from a list that may be cut, missing and deferred, or held back
 * because they may be other accounts. `profile_as_of` and the other `…_as_of` columns do not apply to them, so each
 * keeps its own stamps until a complete pull observes it again.
 */

import type { Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { carriedBits } from '../observation.ts'
import { missingUsers } from './judge-completeness.ts'

interface Pull {
  readonly id: number
  readonly organizationId: number
  readonly startedAt: string
  readonly firstSentAt: string
}

/** Must be called before the pull's own stamps are set. `isCut`: the pull's list of users may be cut. */
export async function settleUnconfirmed(tx: Transaction, pull: Pull, isCut: boolean): Promise<void> {
  const [putOff] = await tx`select from pull_candidates where pull_id = ${pull.id} and put_off is not null limit 1`
  const [doubted] = await tx`
    select from user_doubts where organization_id = ${pull.organizationId} and pull_id = ${pull.id} and not refuted limit 1`
  const unconfirmed = isCut || putOff || doubted ? (await missingUsers(tx, pull.id, pull)).missing : []
  await tx`
    update user_confirmations set unconfirmed_since = null
    where organization_id = ${pull.organizationId} and unconfirmed_since is not null
      and user_id <> all(${array(unconfirmed)}::bigint[])`
  if (unconfirmed.length === 0) return
  await tx`
    insert into user_confirmations as own (user_id, organization_id, profile_at, roles_at, aliases_at, groups_at, unconfirmed_since)
    select u.id, u.organization_id, greatest(shared.profile, seen.profile),
      case when coalesce(u.roles_at, c.roles_at) is not null then greatest(shared.roles, seen.roles) end,
      case when coalesce(u.aliases_at, c.aliases_at) is not null then greatest(shared.aliases, seen.aliases) end,
      case when coalesce(u.groups_at, c.groups_at) is not null then greatest(shared.groups, seen.groups) end,
      ${pull.firstSentAt}
    from users u
    join organizations o on o.id = u.organization_id
    left join user_confirmations c on c.user_id = u.id
    left join lateral (
      select o.profile_as_of as profile, o.roles_as_of as roles, o.aliases_as_of as aliases, o.groups_as_of as groups
      where c.unconfirmed_since is null
    ) shared on true
    left join (
      select id, max(sent_at) as profile, max(sent_at) filter (where carried & ${carriedBits.roles} <> 0) as roles,
        max(sent_at) filter (where carried & ${carriedBits.aliases} <> 0) as aliases,
        max(sent_at) filter (where carried & ${carriedBits.groups} <> 0) as groups
      from (
        select shown.id, shown.carried, p.sent_at from pull_pages p, unnest(p.ids, p.carried) as shown(id, carried)
        where p.organization_id = ${pull.organizationId} and p.kind = 'USERS'
      ) pages
      where id = any(${array(unconfirmed)}::bigint[]) group by id
    ) seen on seen.id = u.id
    where u.id = any(${array(unconfirmed)}::bigint[])
    on conflict (user_id) do update set profile_at = greatest(own.profile_at, excluded.profile_at),
      roles_at = greatest(own.roles_at, excluded.roles_at), aliases_at = greatest(own.aliases_at, excluded.aliases_at),
      groups_at = greatest(own.groups_at, excluded.groups_at),
      unconfirmed_since = coalesce(own.unconfirmed_since, excluded.unconfirmed_since)`
}
