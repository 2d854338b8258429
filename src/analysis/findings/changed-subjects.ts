import type { Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'

/** The maximum number of changes to evaluate one by one. With more changes, everything is evaluated. */
const mostChanged = 5_000

/** The changes that the mirror has observed since a moment. */
export interface ChangedSubjects {
  /** The changed users and groups, and all subjects that share an open finding with them. */
  readonly ids: readonly number[]
  /** The groups of a live user are unread, or were unread at that moment: the user could be a member of any group. */
  readonly membersInDoubt: boolean
}

/** Returns 'ALL' if there is no earlier evaluation, or if there are too many changes to evaluate one by one. */
export async function readChangedSubjects(
  tx: Transaction,
  organizationId: number,
  since: string,
): Promise<ChangedSubjects | 'ALL'> {
  if (since === '-infinity') return 'ALL'
  const changed = await readChanged(tx, organizationId, since)
  if (changed.length > mostChanged) return 'ALL'
  if (changed.length === 0) return { ids: [], membersInDoubt: false }
  const [row] = await tx<{ ids: number[]; membersInDoubt: boolean }[]>`
    with changed as materialized (select unnest(${array(changed)}::bigint[]) as id),
    before as materialized (
      select v.groups_at, v.unresolved_groups from changed c join user_versions v on v.user_id = c.id and v.valid_to > ${since}
    ),
    -- Names of groups that could not be matched: a group with such a name may have gained or lost a member.
    named as materialized (
      select array_agg(name) as names from (
        select unnest(unresolved_groups) as name from before
        union select unnest(u.unresolved_groups) from changed c join users u on u.id = c.id
      ) n
    ),
    touched as materialized (
      select id from changed
      union select m.group_id from changed c join memberships m on m.user_id = c.id and (m.valid_from > ${since} or m.valid_to > ${since})
      union select g.id from named n join groups g on g.organization_id = ${organizationId}
        and (g.group_id = any(n.names) or g.name = any(n.names))
    )
    select array(
        select id from touched
        union select unnest(f.subject_ids) from findings f
        where f.organization_id = ${organizationId} and f.resolved_at is null and f.subject_ids && (select array_agg(id) from touched)
      ) as ids,
      exists (select from users where organization_id = ${organizationId} and deleted_at is null and groups_at is null)
        or exists (select from before where groups_at is null)
        or exists (select from changed c join users u on u.id = c.id and u.groups_at is null) as "membersInDoubt"`
  const { ids, membersInDoubt } = row ?? { ids: [], membersInDoubt: false }
  return ids.length > 2 * mostChanged ? 'ALL' : { ids, membersInDoubt }
}

/** Returns the ids of the objects whose rows or relationships have changed, up to one more than the maximum. */
async function readChanged(tx: Transaction, organizationId: number, since: string): Promise<number[]> {
  const rows = await tx<{ id: number }[]>`
    select id from users where organization_id = ${organizationId} and version_from > ${since}
    union select id from groups where organization_id = ${organizationId} and version_from > ${since}
    union select subject_id from change_sets where organization_id = ${organizationId} and applied_at > ${since}
    limit ${mostChanged + 1}`
  return rows.map(({ id }) => id)
}
