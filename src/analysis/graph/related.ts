/**
 * Finds the users that share the most with a user, by the Adamic–Adar index: each shared object counts 1 / ln(1 +
 * number of holders), so that a group of three counts more than one of ten thousand. The role USER, which every user
 * holds, is not counted.
 *
 * Objects with very many holders are limited in two ways. Holders are counted up to `mostHolders`; beyond that, an
 * object has next to no weight. And such an object does not add candidates: it counts only for candidates that share a
 * smaller object.
 *
 * Weights are integers (billionths), so that sums do not depend on their order and equal users have equal scores.
 */

import type { Queryable } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import type { EdgeKind } from './edges.ts'

/** Also the number of holders below which an object adds candidates. */
export const mostHolders = 2_500

export interface RelatedUser {
  readonly userId: number
  readonly score: number
  readonly groupIds: readonly number[]
  readonly roleIds: readonly number[]
  /** Shared addresses, as the requested user spells them. */
  readonly addresses: readonly string[]
}

interface Row {
  askedId: number
  userId: number
  weight: number
  groupIds: number[]
  roleIds: number[]
  addresses: string[]
}

/**
 * Reads up to `limit` related users of each user, nearest first, ties by address. Users that are not live have no
 * entry. SAME_PERSON counts a common name as a shared object, and a common address like OWNS.
 */
export async function readRelated(
  sql: Queryable,
  { userIds, via, limit }: { userIds: readonly number[]; via: ReadonlySet<EdgeKind>; limit: number },
): Promise<Map<number, RelatedUser[]>> {
  const things = thingsOf(via)
  if (things.length === 0) return new Map()
  const rows = await sql.unsafe<Row[]>(statement(things), [array(userIds), limit], { prepare: true })
  const found = Map.groupBy(rows, (row) => row.askedId)
  return new Map(
    [...found].map(([askedId, related]) => [
      askedId,
      related.map(({ userId, weight, groupIds, roleIds, addresses }) => ({
        userId,
        score: weight / 1e9,
        groupIds,
        roleIds,
        addresses,
      })),
    ]),
  )
}

/**
 * A kind of object that users share. `a` is the requested user, `t` one of its objects, which is identified by `id` or
 * `key`.
 */
interface Thing {
  readonly kind: string
  /** Selects the objects of the user: id, key, spelling. */
  readonly had: string
  /** Selects the holders of `t`: one column, user_id. */
  readonly holders: string
  /** Selects a row if the user with this id holds `t`. */
  readonly isHeldBy: (userId: string) => string
}

const group: Thing = {
  kind: 'GROUP',
  had: `select m.group_id as id, null as key, null as spelled from memberships m where m.user_id = a.id and m.valid_to is null`,
  holders: `select m.user_id from memberships m where m.group_id = t.id and m.valid_to is null`,
  isHeldBy: (userId) =>
    `select from memberships m where m.user_id = ${userId} and m.group_id = t.id and m.valid_to is null`,
}

const role: Thing = {
  kind: 'ROLE',
  had: `select g.role_id, null, null from role_grants g join roles r on r.id = g.role_id and r.name <> 'USER'
    where g.user_id = a.id and g.valid_to is null`,
  holders: `select g.user_id from role_grants g where g.role_id = t.id and g.valid_to is null`,
  isHeldBy: (userId) =>
    `select from role_grants g where g.user_id = ${userId} and g.role_id = t.id and g.valid_to is null`,
}

const address: Thing = {
  kind: 'ADDRESS',
  had: `select null::bigint, k.key, min(k.spelled) from (
      select a.address_key as key, a.primary_email as spelled
      union all select l.address_key, l.address from aliases l where l.user_id = a.id and l.valid_to is null
    ) k group by k.key`,
  holders: `select u.id as user_id from users u
      where u.organization_id = a.organization_id and u.address_key = t.key and u.deleted_at is null
    union select l.user_id from aliases l
      where l.organization_id = a.organization_id and l.address_key = t.key and l.valid_to is null`,
  isHeldBy: (userId) => `select from users u where u.id = ${userId} and u.address_key = t.key
    union all select from aliases l where l.user_id = ${userId} and l.address_key = t.key and l.valid_to is null`,
}

const name: Thing = {
  kind: 'NAME',
  had: `select null::bigint, fold_case(a.first_name) || ' ' || fold_case(a.last_name), null where a.first_name <> '' and a.last_name <> ''`,
  holders: `select u.id as user_id from users u where u.organization_id = a.organization_id and u.deleted_at is null
      and fold_case(u.first_name) = fold_case(a.first_name) and fold_case(u.last_name) = fold_case(a.last_name)`,
  isHeldBy: (userId) => `select from users u where u.id = ${userId}
      and fold_case(u.first_name) = fold_case(a.first_name) and fold_case(u.last_name) = fold_case(a.last_name)`,
}

function thingsOf(via: ReadonlySet<EdgeKind>): Thing[] {
  return [
    ...(via.has('MEMBER_OF') ? [group] : []),
    ...(via.has('HOLDS') ? [role] : []),
    ...(via.has('OWNS') || via.has('SAME_PERSON') ? [address] : []),
    ...(via.has('SAME_PERSON') ? [name] : []),
  ]
}

function statement(things: readonly Thing[]): string {
  const union = (each: (thing: Thing) => string) => things.map(each).join('\n union all ')
  const isHeldBy = (userId: string) =>
    `case t.kind ${things.map((thing) => `when '${thing.kind}' then exists (${thing.isHeldBy(userId)})`).join(' ')} end`
  return `
    select a.id as "askedId", r.user_id as "userId", r.weight::bigint, r."groupIds", r."roleIds", r.addresses
    from users a
    join organizations o on o.id = a.organization_id and o.retired_at is null
    cross join lateral (
      with had as materialized (
        ${union((thing) => `select '${thing.kind}' as kind, t.* from (${thing.had}) as t (id, key, spelled)`)}
      ),
      counted as materialized (
        select t.*, case t.kind ${things.map((thing) => `when '${thing.kind}' then (select count(*) from (select from (${thing.holders}) h limit ${mostHolders}) h)`).join('\n')} end as holders
        from had t
      ),
      things as materialized (
        select *, round(1e9 / ln(1 + holders))::int as weight from counted where holders > 1
      ),
      popular as materialized (select * from things where holders >= ${mostHolders}),
      candidates as materialized (
        select user_id, sum(weight) as weight from (
          ${union(
            (thing) => `select h.user_id, t.weight from things t cross join lateral (${thing.holders}) h
            where t.kind = '${thing.kind}' and t.holders < ${mostHolders}`,
          )}
        ) held
        where user_id <> a.id group by user_id
      ),
      -- Popular objects raise a candidate by at most their total weight; candidates too far behind are dropped.
      promising as materialized (
        select * from candidates
        where weight >= coalesce((select weight from candidates order by weight desc offset $2 - 1 limit 1), 0)
          - (select coalesce(sum(weight), 0) from popular)
      ),
      ranked as (
        select user_id, sum(weight) as weight, rank() over (order by sum(weight) desc) as place from (
          select * from promising
          union all
          ${union(
            (thing) => `select p.user_id, t.weight from popular t cross join promising p
            cross join lateral (${thing.isHeldBy('p.user_id')} limit 1) h where t.kind = '${thing.kind}'`,
          )}
        ) lifted
        group by user_id
      ),
      nearest as (
        select u.id as user_id, r.weight, row_number() over (order by r.weight desc, u.address_key, u.id) as place
        from ranked r join users u on u.id = r.user_id where r.place <= $2
        order by place limit $2
      )
      select n.*, shared.* from nearest n cross join lateral (
        select ${listOf('GROUP', 'id', 'bigint')} as "groupIds", ${listOf('ROLE', 'id', 'bigint')} as "roleIds",
          ${listOf('ADDRESS', 'spelled', 'text')} as addresses
        from things t where ${isHeldBy('n.user_id')}
      ) shared
    ) r
    -- As a subquery, so that the planner does not know the number of users and keeps one generic plan.
    where a.id = any(array(select unnest($1::bigint[]))) and a.deleted_at is null
    order by a.id, r.place`
}

/** Aggregates the objects of a kind, highest weight first. */
function listOf(kind: string, column: string, type: string): string {
  return `coalesce(array_agg(t.${column} order by t.weight desc, t.id, t.key) filter (where t.kind = '${kind}'), '{}')::${type}[]`
}
