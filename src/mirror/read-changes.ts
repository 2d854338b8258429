/**
 * The feed, read in the order of its positions. Positions are given out under the organization's lock, so that they come in the order
 * of commits: all that a statement sees up to `feed_position` is all that there will ever be there.
 *
 * Each way of narrowing the feed follows an index in that order, so that a page costs the same at any depth, whatever the planner
 * believes of the tables: a subject has an index; a kind of change about one node, or about anything, is found by `change_places`, which is
 * why kinds are branches of one statement; an alias has the changes of its owner.
 * Times are turned into positions by `reached_at`, which never falls. A set that was overtaken (what arrived after it was applied before
 * it) may stand behind the end of a span that it belongs to: such sets are few, and found by an index of their own.
 */
import { array } from './array.ts'
import { beginnings, type ChangeKind } from './change-kind.ts'
import type { Queryable } from './database.ts'
import { isoOrNull } from './iso.ts'
import { changeKind } from './tables.ts'

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

/** Changes after a position, and how far the feed reached, back and forth, when they were read. */
export interface ChangesRead {
  readonly organizationId: number
  readonly feedPosition: number
  /** Changes up to this position are pruned. */
  readonly prunedTo: number
  /** Changes that arrived before this may be pruned; null: none is. */
  readonly historyFrom: string | null
  readonly changes: ChangeRow[]
}

/** The slugs of the organizations whose feeds may be read; null: those of all that are mirrored. */
type Visible = readonly string[] | null

export type NodeType = 'User' | 'Group' | 'Role' | 'Alias'

export interface ChangesWanted {
  readonly visible: Visible
  /** A slug; null: the only one that may be read. */
  readonly organization: string | null
  readonly after: number
  readonly limit: number
  readonly kinds?: readonly ChangeKind[] | undefined
  /** Only changes whose subject, or whose object, this is. */
  readonly about?: { readonly type: NodeType; readonly id: number } | undefined
  /** `notAfter` is this or later, … */
  readonly since?: string | undefined
  /** … and earlier than this. */
  readonly until?: string | undefined
}

/** Undefined where no organization is meant, or several could be. */
export async function readChanges(sql: Queryable, wanted: ChangesWanted): Promise<ChangesRead | undefined> {
  const { visible, organization, after, limit, kinds, about, since, until } = wanted
  const rows = await sql.unsafe<Found[]>(
    `with o as materialized (
      select ${feed}, greatest($1::bigint, ${firstReaching('$4::timestamptz')} - 1) as low, ${firstReaching('$5::timestamptz')} as high
      from organizations where ${isVisible('organizations', 6)} and case when $3::text is null
        then (select count(*) from organizations where ${isVisible('organizations', 6)}) = 1 else slug = $3 end
    )
    select ${feedOfRow}, c.* from o
    left join lateral (select * from (${branchesOf(wanted).join(' union all ') || nothing}) b order by position limit $2) c on true
    order by c.position`,
    [after, limit, organization, since ?? null, until ?? null, visibleArray(visible), ...(about ? [about.id] : [])],
    // Kinds make thousands of texts: to keep them all prepared would fill the database's memory.
    { prepare: kinds === undefined },
  )
  const [first] = rows
  return first && readOf(first, rows)
}

/** The changes whose subjects these users are, so many of each. Users of organizations that are no longer mirrored have no entry. */
export async function readChangesOfUsers(
  sql: Queryable,
  wanted: { userIds: readonly number[]; after: number; limit: number },
): Promise<Map<number, ChangesRead>> {
  const rows = await sql.unsafe<(Found & { userId: number })[]>(
    `with o as (select ${feed} from organizations where retired_at is null)
    select u.id as "userId", ${feedOfRow}, c.* from users u join o on o.id = u.organization_id
    left join lateral ${branch('s.subject_id = u.id and s.last_position > $1::bigint')} c on true
    where u.id = any($3::bigint[]) order by u.id, c.position`,
    [wanted.after, wanted.limit, array(wanted.userIds)],
    { prepare: true },
  )
  const found = Map.groupBy(rows, ({ userId }) => userId)
  return new Map(
    [...found].flatMap(([userId, [first, ...others]]) => (first ? [[userId, readOf(first, [first, ...others])]] : [])),
  )
}

/** The changes at these places, as far as they are there and readers may see them. */
export async function readChangesAt(
  sql: Queryable,
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
type Found = ChangeRow & Omit<ChangesRead, 'changes'>

const isVisible = (organization: string, parameter: number) =>
  `${organization}.retired_at is null and ($${parameter}::text[] is null or ${organization}.slug = any($${parameter}))`
const visibleArray = (slugs: Visible) => slugs && array(slugs)

const feed = 'id, feed_position, feed_pruned_to, history_from'
const feedOfRow =
  'o.id as "organizationId", o.feed_position as "feedPosition", o.feed_pruned_to as "prunedTo", o.history_from as "historyFrom"'

function readOf({ organizationId, feedPosition, prunedTo, historyFrom }: Found, rows: readonly Found[]): ChangesRead {
  return {
    organizationId,
    feedPosition,
    prunedTo,
    historyFrom: isoOrNull(historyFrom),
    changes: rows.filter((row) => row.position !== null),
  }
}

const elements = 'unnest(s.kinds, s.object_ids, s.fields) with ordinality as e(kind, object_id, field, n)'
const position = 's.last_position - cardinality(s.kinds) + e.n'
const columns = `${position} as position, e.kind, s.subject_id as "subjectId", e.object_id as "objectId", e.field,
  s.befores -> (e.n::int - 1) as before, s.afters -> (e.n::int - 1) as after,
  s.origin, s.not_before as "notBefore", s.not_after as "notAfter", s.actor`
const nothing = `select ${columns} from change_sets s, ${elements} where false`

/** After `$1`, `$2` at most, in the feed's order; `condition` says which sets and which of their changes. */
function branch(condition: string, sets = 'change_sets s', last = 's.last_position'): string {
  return `(select ${columns} from ${sets}, ${elements}
    where s.organization_id = o.id and ${position} > $1 and ${condition} order by ${last}, e.n limit $2)`
}

function branchesOf({ kinds, about, since, until }: ChangesWanted): string[] {
  const some = kinds && new Set(kinds).size < changeKind.enumValues.length ? [...new Set(kinds)] : undefined
  // Only what was overtaken can be earlier than its place says; as a case, of which the planner thinks nothing.
  const notEarlier =
    since === undefined ? [] : ['case when s.not_after < s.reached_at then s.not_after >= $4 else true end']
  const isBounded = until !== undefined
  const span: Span = {
    isBounded,
    of: (last) => [`${last} > o.low`, ...(isBounded ? [`${last} < o.high`] : []), ...notEarlier].join(' and '),
  }
  const inSpan = about ? branchesAbout(about.type, some, span) : branchesOfAll(some, span)
  if (until === undefined) return inSpan
  const overtaken = [
    's.last_position > o.low and s.last_position >= o.high and s.not_after < s.reached_at and s.not_after < $5',
    ...notEarlier,
    ...ofKinds(some),
    ...(about ? ['$7::bigint in (s.subject_id, e.object_id)'] : []),
  ]
  return [...inSpan, branch(overtaken.join(' and '))]
}

/** Which sets are meant, by their last position; `isBounded`: none from `o.high` on. */
interface Span {
  readonly isBounded: boolean
  of(last: string): string
}

const ofKinds = (kinds: readonly ChangeKind[] | undefined) =>
  kinds ? [`e.kind = any('{${kinds.join()}}'::change_kind[])`] : []

function branchesOfAll(kinds: readonly ChangeKind[] | undefined, span: Span): string[] {
  return kinds ? kinds.map((kind) => placesBranch('o.id', kind, span)) : [branch(span.of('s.last_position'))]
}

const objectKinds = {
  User: [],
  Group: ['MEMBER_ADDED', 'MEMBER_REMOVED'],
  Role: ['ROLE_GRANTED', 'ROLE_REVOKED'],
  Alias: [],
} as const satisfies Record<NodeType, readonly ChangeKind[]>

function branchesAbout(type: NodeType, kinds: readonly ChangeKind[] | undefined, span: Span): string[] {
  if (type === 'Alias') {
    const ofOwner = 's.subject_id = (select user_id from aliases where id = $7) and e.object_id = $7'
    return [branch([ofOwner, span.of('s.last_position'), ...ofKinds(kinds)].join(' and '))]
  }
  if (!kinds) {
    const asSubject = type === 'Role' ? [] : [branch(`s.subject_id = $7 and ${span.of('s.last_position')}`)]
    return [...asSubject, ...objectKinds[type].map((kind) => placesBranch('$7', kind, span))]
  }
  const beginning = branch(
    [span.of('s.last_position'), ...ofKinds(kinds)].join(' and '),
    `(select * from (select * from change_sets where subject_id = $7 order by last_position limit 1) f where ${begins('f.kinds')}) s`,
  )
  return [beginning, ...kinds.map((kind) => placesBranch('$7', kind, span))]
}

/**
 * The changes of a kind about a node, except for those of the set that it began with; or of an organization, all of them. Rows of
 * places come in their index's order, so that no more of them are read than the page takes.
 */
function placesBranch(node: '$7' | 'o.id', kind: ChangeKind, { of: span, isBounded }: Span): string {
  const sets = `change_places p cross join lateral unnest(p.positions) as place cross join lateral (
    select * from change_sets where organization_id = o.id and last_position = place offset 0) s`
  // The last row that may hold a place of the span: the first that ends behind it.
  const lastRow = `(select q.last_position from change_places q where q.node_id = ${node} and q.kind = '${kind}'
    and q.last_position >= o.high order by q.last_position limit 1)`
  const conditions = [
    `p.node_id = ${node} and p.kind = '${kind}' and e.kind = '${kind}' and p.last_position > o.low`,
    ...(isBounded ? [`p.last_position <= coalesce(${lastRow}, o.feed_position)`] : []),
    ...(node === '$7' ? ['$7 in (s.subject_id, e.object_id)'] : []),
    span('place'),
  ]
  return branch(conditions.join(' and '), sets, 'p.last_position, place')
}

const begins = (kinds: string) => `${kinds}[1] = any('{${beginnings.join()}}'::change_kind[])`

/** The first set that reached this moment or later, or the place after the last one; null for null. */
function firstReaching(moment: string): string {
  return `case when ${moment} is not null then coalesce((
    select s.last_position from change_sets s where s.organization_id = organizations.id and s.reached_at >= ${moment}
    order by s.reached_at, s.last_position limit 1), feed_position + 1) end`
}
