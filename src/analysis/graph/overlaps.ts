import type { Queryable } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'

export interface GroupOverlap {
  readonly groupId: number
  /** Number of members of both groups. */
  readonly shared: number
  /** Members of both groups divided by members of either. */
  readonly jaccard: number
}

/**
 * Reads the live groups that share the most members with each group, sorted by Jaccard index, ties by the vendor's id.
 * Groups that are not live have no entry.
 *
 * The statement reads the members of the group and counts their other groups. It counts the members of another group
 * only if that can matter: the index is at most the number of shared members divided by the group's own members, so few
 * groups can reach those that share the most.
 */
export async function readOverlaps(
  sql: Queryable,
  { groupIds, limit }: { groupIds: readonly number[]; limit: number },
): Promise<Map<number, GroupOverlap[]>> {
  const rows = await sql.unsafe<(GroupOverlap & { askedId: number })[]>(statement, [array(groupIds), limit], {
    prepare: true,
  })
  const found = Map.groupBy(rows, (row) => row.askedId)
  return new Map(
    [...found].map(([askedId, overlaps]) => [
      askedId,
      overlaps.map(({ groupId, shared, jaccard }) => ({ groupId, shared, jaccard })),
    ]),
  )
}

const size = (groupId: string) =>
  `(select count(*) from memberships s where s.group_id = ${groupId} and s.valid_to is null)`

const jaccard = (other: string) =>
  `${other}.shared::float8 / (own.members + ${size(`${other}.group_id`)} - ${other}.shared)`

const statement = `
  select a.id as "askedId", r.*
  from groups a
  join organizations o on o.id = a.organization_id and o.retired_at is null
  cross join lateral (
    with other as materialized (
      select m.group_id, count(*) as shared
      from memberships own join memberships m on m.user_id = own.user_id and m.valid_to is null
      where own.group_id = a.id and own.valid_to is null and m.group_id <> a.id
      group by m.group_id
    ),
    own as materialized (select ${size('a.id')} as members),
    largest as (
      select ${jaccard('o')} as jaccard from (select * from other order by shared desc, group_id limit 2 * $2) o cross join own
    ),
    least as (select coalesce((select jaccard from largest order by jaccard desc offset $2 - 1 limit 1), 0) as jaccard)
    select g.id as "groupId", other.shared::int, ${jaccard('other')} as jaccard, g.group_id as place
    from other cross join own join groups g on g.id = other.group_id
    where other.shared::float8 / own.members >= (select jaccard from least)
    order by jaccard desc, g.group_id, g.id
    limit $2
  ) r
  where a.id = any($1::bigint[]) and a.deleted_at is null
  order by a.id, r.jaccard desc, r.place`
