/**
 * The branches of a statement that finds a page of the feed. Each branch follows an index in feed order, so a page
 * costs the same at any depth, regardless of the planner's statistics: changes of a subject have an index; changes of
 * one kind about a node, or about any node, are found through `change_places`, so each kind is a branch of the
 * statement; changes of an alias are found through its owner.
 *
 * `reached_at` never decreases and translates times into positions. An overtaken set arrived before another set but was
 * applied after it, so its position may lie beyond the end of a time span that it belongs to. Such sets are few and
 * have an index of their own.
 *
 * The surrounding statement provides two rows: `o.id` is the organization, and `r` is the range from `rangeColumns`.
 */
import { array } from '../../db/pg-array.ts'
import { changeKind } from '../../db/schema/tables.ts'
import { beginnings, type ChangeKind, kindsOfBaseline } from './change-kind.ts'
import type { Direction, Step } from './feed-progress.ts'

export type NodeType = 'User' | 'Group' | 'Role' | 'Alias'

/**
 * The part of the feed that a page is taken from: from its start when reading forward, from its end when reading
 * backward.
 */
export interface FeedWindow {
  readonly direction: Direction
  /** Only changes after this position … */
  readonly after: number
  /** … and before this one. Null: up to the end of the feed. */
  readonly before: number | null
  /** The changes of the window that the reader already has (feed-progress.ts). */
  readonly steps: readonly Step[]
}

export interface FeedFilter {
  readonly kinds?: readonly ChangeKind[] | undefined
  /** Only changes that have this node as their subject or object. */
  readonly about?: { readonly type: NodeType; readonly id: number } | undefined
  /** Only changes of the baseline, or only others (baseline.ts). */
  readonly baseline?: boolean | undefined
  /** `notAfter` is at or after this … */
  readonly since?: string | undefined
  /** … and before this. */
  readonly until?: string | undefined
}

/** Collects the parameters of a statement. `add` returns the placeholder of the value. */
export class Parameters {
  readonly values: (string | number | null)[] = []

  add(value: string | number | null, type: string): string {
    return `$${this.values.push(value)}::${type}`
  }
}

/** The window, the filter and the page size as placeholders in the text. Undefined: no such limit. */
export interface Terms extends Omit<FeedFilter, 'about'> {
  readonly direction: Direction
  readonly limit: string
  readonly after: string
  readonly before: string | undefined
  /** From this position on nothing is left to read, except overtaken changes. */
  readonly end: string | undefined
  readonly notDone: readonly string[]
  readonly about: { readonly type: NodeType; readonly id: string } | undefined
}

export function termsOf(window: FeedWindow, filter: FeedFilter, limit: number, parameters: Parameters): Terms {
  const position = (value: number) => parameters.add(value, 'bigint')
  const moment = (value: string | undefined) => (value === undefined ? undefined : parameters.add(value, 'timestamptz'))
  const before = window.before === null ? undefined : position(window.before)
  const nearest = window.steps.at(-1)
  return {
    direction: window.direction,
    limit: position(limit),
    after: position(window.after),
    before,
    end: window.direction === 'backward' && nearest ? position(nearest.position) : before,
    notDone: notDone(window, parameters),
    kinds: kindsOf(filter),
    baseline: filter.baseline,
    about: filter.about && { type: filter.about.type, id: position(filter.about.id) },
    since: moment(filter.since),
    until: moment(filter.until),
  }
}

/** Undefined: all kinds. */
function kindsOf({ kinds, baseline }: FeedFilter): ChangeKind[] | undefined {
  const wanted = new Set(kinds ?? changeKind.enumValues)
  // The baseline has no changes of other kinds, so none are read in vain.
  if (baseline) return kindsOfBaseline.filter((kind) => wanted.has(kind))
  return wanted.size < changeKind.enumValues.length ? [...wanted] : undefined
}

const elements = 'unnest(s.kinds, s.object_ids, s.fields) with ordinality as e(kind, object_id, field, n)'
const position = 's.last_position - cardinality(s.kinds) + e.n'
const columns = `${position} as position, e.kind, s.subject_id as "subjectId", e.object_id as "objectId", e.field,
  s.befores -> (e.n::int - 1) as before, s.afters -> (e.n::int - 1) as after,
  s.origin, s.baseline, s.not_before as "notBefore", s.not_after as "notAfter", s.actor`

/** Selects the change at `place.position`. */
export const changeAtPlace = `select ${columns} from (
    select * from change_sets where organization_id = o.id and last_position >= place.position order by last_position limit 1
  ) s, ${elements} where ${position} = place.position`

function notDone({ direction, steps }: FeedWindow, parameters: Parameters): string[] {
  if (steps.length === 0) return []
  const [upTo, earlier] = direction === 'forward' ? ['<=', '<'] : ['>=', '>=']
  const positions = parameters.add(array(steps.map((step) => step.position)), 'bigint[]')
  const moments = parameters.add(array(steps.map((step) => step.moment)), 'timestamptz[]')
  return [
    `not exists (select from unnest(${positions}, ${moments}) as step(position, moment)
      where ${position} ${upTo} step.position and s.not_after ${earlier} step.moment)`,
  ]
}

export const sortOf = (direction: Direction) => (direction === 'forward' ? 'asc' : 'desc')

/** Selects the first changes of the window, in reading order, that meet the conditions. */
export function branch(
  terms: Terms,
  conditions: readonly string[],
  sets = 'change_sets s',
  order = ['s.last_position'],
): string {
  const window = [
    `s.organization_id = o.id and ${position} > ${terms.after}`,
    ...(terms.before === undefined ? [] : [`${position} < ${terms.before}`]),
    ...terms.notDone,
    ...ofBaseline(terms, 's'),
  ]
  return `(select ${columns} from ${sets}, ${elements} where ${[...window, ...conditions].join(' and ')}
    order by ${[...order, 'e.n'].map((column) => `${column} ${sortOf(terms.direction)}`).join(', ')} limit ${terms.limit})`
}

/**
 * The range columns of the organization `o`. The sets of the window end above `low` and below `high`, except overtaken
 * ones. `since_from` and `until_from` are the first positions that reached these times, or the position after the end
 * of the feed. `late_to` is the end of the last set that is earlier than `since` although it comes after sets that are
 * not. Null: no such bound.
 */
export function rangeColumns({ after, before, end, since, until }: Terms): string {
  const sets = 'select s.last_position from change_sets s where s.organization_id = o.id and'
  const late = `(${sets} s.not_after < s.reached_at and s.not_after < ${since}
    ${before === undefined ? '' : `and ${firstPosition} < ${before}`} order by s.last_position desc limit 1)`
  return `f.since_from, f.until_from, greatest(${after}, f.since_from - 1) as low,
    least(f.until_from, ${end === undefined ? 'null' : `(${sets} s.last_position >= ${end} order by s.last_position limit 1) + 1`}) as high,
    ${since === undefined ? 'null::bigint' : late} as late_to
    from (select ${firstReaching(since)} as since_from, ${firstReaching(until)} as until_from) f`
}

/** As a literal, so that the planner can use the index of what it excludes. */
function ofBaseline({ baseline }: Terms, alias: 's' | 'p'): string[] {
  return baseline === undefined ? [] : [`${baseline ? '' : 'not '}${alias}.baseline`]
}

const firstPosition = 's.last_position - cardinality(s.kinds) + 1'

/** The first position that reached this time or a later one, or the position after the end of the feed. */
function firstReaching(moment: string | undefined): string {
  if (moment === undefined) return 'null::bigint'
  return `coalesce((
    select ${firstPosition} from change_sets s where s.organization_id = o.id and s.reached_at >= ${moment}
    order by s.reached_at, s.last_position limit 1), o.feed_position + 1)`
}

/** Selects the page, unordered and possibly too long. */
export function branchesOf(terms: Terms): string {
  const { before, end, until, about } = terms
  const inRange: Condition = (last) => [
    `${last} > r.low`,
    ...(isBounded(terms) ? [`${last} < coalesce(r.high, o.feed_position + 1)`] : []),
    ...(end === before ? [] : [`${position} < ${end}`]),
    ...notEarlier(terms),
  ]
  const branches = about ? branchesAbout(terms, about, inRange) : branchesOfAll(terms, inRange)
  const outside = [
    ...(until === undefined ? [] : ['s.last_position >= r.until_from']),
    ...(end === before ? [] : [`${position} >= ${end}`]),
  ]
  if (outside.length > 0) branches.push(overtakenBranch(terms, outside))
  return branches.join(' union all ') || `select ${columns} from change_sets s, ${elements} where false`
}

/** Builds conditions on a set from its last position. */
type Condition = (last: string) => string[]

const isBounded = ({ end, until }: Terms) => end !== undefined || until !== undefined

/**
 * Only overtaken sets can be earlier than their position suggests. A `case` expression, because the planner assumes no
 * selectivity for it.
 */
function notEarlier({ since }: Terms): string[] {
  return since === undefined ? [] : [`case when s.not_after < s.reached_at then s.not_after >= ${since} else true end`]
}

/** Selects overtaken changes that belong to the window but lie outside its range. */
function overtakenBranch(terms: Terms, outside: readonly string[]): string {
  const { end, until, about, kinds } = terms
  return branch(terms, [
    `s.not_after < s.reached_at and s.last_position > r.low and s.last_position >= least(r.until_from, ${end ?? 'null'})`,
    `(${outside.join(' or ')})`,
    ...(until === undefined ? [] : [`s.not_after < ${until}`]),
    ...notEarlier(terms),
    ...ofKinds(kinds),
    ...(about ? [`${about.id} in (s.subject_id, e.object_id)`] : []),
  ])
}

const ofKinds = (kinds: readonly ChangeKind[] | undefined) =>
  kinds ? [`e.kind = any('{${kinds.join()}}'::change_kind[])`] : []

function branchesOfAll(terms: Terms, inRange: Condition): string[] {
  return terms.kinds
    ? terms.kinds.map((kind) => placesBranch(terms, 'o.id', kind, inRange))
    : [branch(terms, inRange('s.last_position'))]
}

const objectKinds = {
  User: [],
  Group: ['MEMBER_ADDED', 'MEMBER_REMOVED'],
  Role: ['ROLE_GRANTED', 'ROLE_REVOKED'],
  Alias: [],
} as const satisfies Record<NodeType, readonly ChangeKind[]>

function branchesAbout(terms: Terms, { type, id }: NonNullable<Terms['about']>, inRange: Condition): string[] {
  const { kinds } = terms
  if (type === 'Alias') {
    const ofOwner = `s.subject_id = (select user_id from aliases where id = ${id}) and e.object_id = ${id}`
    return [branch(terms, [ofOwner, ...inRange('s.last_position'), ...ofKinds(kinds)])]
  }
  if (!kinds) {
    const asSubject = type === 'Role' ? [] : [branch(terms, [`s.subject_id = ${id}`, ...inRange('s.last_position')])]
    return [...asSubject, ...objectKinds[type].map((kind) => placesBranch(terms, id, kind, inRange))]
  }
  const beginning = branch(
    terms,
    [...inRange('s.last_position'), ...ofKinds(kinds)],
    `(select * from (select * from change_sets where subject_id = ${id} order by last_position limit 1) f where ${begins('f.kinds')}) s`,
  )
  return [beginning, ...kinds.map((kind) => placesBranch(terms, id, kind, inRange))]
}

const begins = (kinds: string) => `${kinds}[1] = any('{${beginnings.join()}}'::change_kind[])`

/**
 * Selects the changes of one kind about a node, except those in the set that created the node; or all changes of that
 * kind of an organization. `change_places` rows come in index order, so no more of them are read than the page needs.
 */
function placesBranch(terms: Terms, node: string, kind: ChangeKind, inRange: Condition): string {
  const sets = `change_places p cross join lateral unnest(p.positions) as place cross join lateral (
    select * from change_sets where organization_id = o.id and last_position = place offset 0) s`
  // The last row that may contain a position in the range: the first row that ends after the range.
  const lastRow = `(select q.last_position from change_places q where q.node_id = ${node} and q.kind = '${kind}'
    and q.last_position >= r.high order by q.last_position limit 1)`
  const conditions = [
    `p.node_id = ${node} and p.kind = '${kind}' and e.kind = '${kind}' and p.last_position > r.low`,
    ...ofBaseline(terms, 'p'),
    ...(isBounded(terms) ? [`p.last_position <= coalesce(${lastRow}, o.feed_position)`] : []),
    ...(node === 'o.id' ? [] : [`${node} in (s.subject_id, e.object_id)`]),
    ...inRange('place'),
  ]
  return branch(terms, conditions, sets, ['p.last_position', 'place'])
}
