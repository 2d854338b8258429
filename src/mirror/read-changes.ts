/**
 * The feed, read in the order of its positions. Positions are given out under the organization's lock, so that they come in the order
 * of commits: all that a statement sees up to `feed_position` is all that there will ever be there.
 *
 * Each way of narrowing the feed follows an index in that order, so that a page costs the same at any depth:
 * each kind has an index of its own, which is why kinds are branches of one statement; a subject and an object have one each;
 * times are turned into positions, since `applied_at` grows with them. What was applied long after it arrived is found by its own index.
 */
import { array } from './array.ts'
import type { Sql } from './database.ts'
import type { ChangeKind } from './ledger.ts'

export interface ChangeRow {
  readonly organizationId: number
  readonly position: number
  readonly kind: ChangeKind
  readonly subjectId: number
  readonly objectId: number | null
  readonly field: string | null
  /** JSON; null where there is none. */
  readonly before: string | null
  readonly after: string | null
  readonly origin: 'PULL' | 'REFRESH' | 'WRITE'
  readonly notBefore: string | null
  readonly notAfter: string
  readonly actor: string | null
}

/** Changes after a position, and how far the feed reached when they were read. */
export interface ChangesRead {
  readonly organizationId: number
  readonly feedPosition: number
  readonly changes: ChangeRow[]
}

/** The slugs of the organizations whose feeds may be read; null: those of all that are mirrored. */
type Visible = readonly string[] | null

export interface ChangesWanted {
  readonly visible: Visible
  /** A slug; null: the only one that may be read. */
  readonly organization: string | null
  readonly after: number
  readonly limit: number
  readonly kinds?: readonly ChangeKind[] | undefined
  /** Only changes whose subject, or whose object, has this id. */
  readonly about?: number | undefined
  /** `notAfter` is this or later, … */
  readonly since?: string | undefined
  /** … and earlier than this. */
  readonly until?: string | undefined
}

/** Undefined where no organization is meant, or several could be. */
export async function readChanges(sql: Sql, wanted: ChangesWanted): Promise<ChangesRead | undefined> {
  const { visible, organization, after, limit, kinds, about, since, until } = wanted
  const branches = (kinds ? [...new Set(kinds)] : [undefined]).flatMap((kind) => branchesOf(kind, wanted))
  const rows = await sql.unsafe<Found[]>(
    `with o as materialized (
      select id, feed_position,
        greatest($1::bigint, ${firstAppliedFrom('$4::timestamptz')} - 1) as low,
        ${firstAppliedFrom(`$5::timestamptz + ${usualDelay}`)} as high
      from organizations where ${isVisible('organizations', 6)} and case when $3::text is null
        then (select count(*) from organizations where ${isVisible('organizations', 6)}) = 1 else slug = $3 end
    )
    select o.id as "organizationId", o.feed_position as "feedPosition", c.* from o
    left join lateral (select * from (${branches.join(' union all ') || nothing}) b order by position limit $2) c on true
    order by c.position`,
    [
      after,
      limit,
      organization,
      since ?? null,
      until ?? null,
      visibleArray(visible),
      ...(about === undefined ? [] : [about]),
    ],
    // Kinds make thousands of texts: to keep them all prepared would fill the database's memory.
    { prepare: kinds === undefined },
  )
  const [first] = rows
  return (
    first && { organizationId: first.organizationId, feedPosition: first.feedPosition, changes: rows.filter(isChange) }
  )
}

/** The changes whose subjects these users are, so many of each. Users of organizations that are no longer mirrored have no entry. */
export async function readChangesOfUsers(
  sql: Sql,
  wanted: { userIds: readonly number[]; after: number; limit: number },
): Promise<Map<number, ChangesRead>> {
  const rows = await sql.unsafe<(Found & { userId: number })[]>(
    `select u.id as "userId", o.id as "organizationId", o.feed_position as "feedPosition", c.*
    from users u join organizations o on o.id = u.organization_id and o.retired_at is null
    left join lateral ${branch('s.subject_id = u.id and s.last_position > $1::bigint')} c on true
    where u.id = any($3::bigint[]) order by u.id, c.position`,
    [wanted.after, wanted.limit, array(wanted.userIds)],
    { prepare: true },
  )
  const found = Map.groupBy(rows, ({ userId }) => userId)
  return new Map(
    [...found].flatMap(([userId, [first, ...others]]) =>
      first
        ? [
            [
              userId,
              {
                organizationId: first.organizationId,
                feedPosition: first.feedPosition,
                changes: [first, ...others].filter(isChange),
              },
            ],
          ]
        : [],
    ),
  )
}

/** The changes at these places, as far as they are there and readers may see them. */
export async function readChangesAt(
  sql: Sql,
  visible: Visible,
  places: readonly { organizationId: number; position: number }[],
): Promise<ChangeRow[]> {
  return await sql.unsafe<ChangeRow[]>(
    `select o.id as "organizationId", c.* from unnest($1::bigint[], $2::bigint[]) as place(organization_id, position)
    join organizations o on o.id = place.organization_id and ${isVisible('o', 3)}
    cross join lateral (
      select ${columns} from (
        select * from change_sets where organization_id = o.id and last_position >= place.position order by last_position limit 1
      ) s, ${elements} where ${position} = place.position
    ) c`,
    [
      array(places.map((place) => place.organizationId)),
      array(places.map((place) => place.position)),
      visibleArray(visible),
    ],
    { prepare: true },
  )
}

/** Where nothing was found there is one row all the same, for the organization, and its change is null. */
type Found = ChangeRow & { feedPosition: number }

const isVisible = (organization: string, parameter: number) =>
  `${organization}.retired_at is null and ($${parameter}::text[] is null or ${organization}.slug = any($${parameter}))`
const visibleArray = (slugs: Visible) => slugs && array(slugs)

const isChange = (row: Found) => row.position !== null

const elements = 'unnest(s.kinds, s.object_ids, s.fields) with ordinality as e(kind, object_id, field, n)'
const position = 's.last_position - cardinality(s.kinds) + e.n'
const columns = `${position} as position, e.kind, s.subject_id as "subjectId", e.object_id as "objectId", e.field,
  s.befores -> (e.n::int - 1) as before, s.afters -> (e.n::int - 1) as after,
  s.origin, s.not_before as "notBefore", s.not_after as "notAfter", s.actor`
const nothing = `select ${columns} from change_sets s, ${elements} where false`

/** What arrives is applied within this time; what was not has an index of its own, whose condition this must match to the letter. */
const usualDelay = `interval '00:01:00'`

/** After `$1`, `$2` at most, in the feed's order; `condition` says which sets. */
function branch(condition: string): string {
  return `(select ${columns} from change_sets s, ${elements}
    where s.organization_id = o.id and ${position} > $1 and ${condition} order by s.last_position, e.n limit $2)`
}

function branchesOf(kind: ChangeKind | undefined, { about, since, until }: ChangesWanted): string[] {
  const conditions = [
    's.last_position > o.low',
    // Literals, so that Postgres knows which index holds all such sets.
    ...(kind === undefined ? [] : [`s.kinds @> '{${kind}}'::change_kind[]`, `e.kind = '${kind}'`]),
    ...(since === undefined ? [] : ['s.not_after >= $4']),
  ]
  const byTime =
    until === undefined
      ? [conditions]
      : [
          [...conditions, 's.not_after < $5', 's.last_position < o.high'],
          [
            ...conditions,
            's.not_after < $5',
            's.last_position >= o.high',
            `s.applied_at - s.not_after > ${usualDelay}`,
          ],
        ]
  const bySide =
    about === undefined ? [[]] : [['s.subject_id = $7'], ['s.object_ids @> array[$7::bigint]', 'e.object_id = $7']]
  return byTime.flatMap((time) => bySide.map((side) => branch([...time, ...side].join(' and '))))
}

/** The first set that was applied at this moment or later, or the place after the last one; null for null. */
function firstAppliedFrom(moment: string): string {
  return `case when ${moment} is not null then coalesce((
    select s.last_position from change_sets s where s.organization_id = organizations.id and s.applied_at >= ${moment}
    order by s.applied_at, s.last_position limit 1), feed_position + 1) end`
}
