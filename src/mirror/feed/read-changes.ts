/**
 * Reads the feed in order of position. Positions are assigned under the organization's lock, so they follow commit
 * order: everything that a statement sees up to `feed_position` is final.
 */

import type { Queryable } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { isoOrNull } from '../../db/timestamps.ts'
import type { ChangeKind } from './change-kind.ts'
import {
  branch,
  branchesOf,
  changeAtPlace,
  type FeedFilter,
  type FeedWindow,
  Parameters,
  rangeColumns,
  sortOf,
  termsOf,
} from './feed-branches.ts'
import type { MovingBound } from './feed-progress.ts'

export interface ChangeRow {
  readonly organizationId: number
  readonly position: number
  readonly kind: ChangeKind
  readonly subjectId: number
  readonly objectId: number | null
  readonly field: string | null
  /** JSON, or null if there is no value. */
  readonly before: string | null
  readonly after: string | null
  readonly origin: 'PULL' | 'REFRESH' | 'WRITE'
  readonly baseline: boolean
  readonly notBefore: string | null
  readonly notAfter: string
  readonly actor: string | null
}

/** The first changes of a window in reading order, and the extent of the feed when they were read. */
export interface ChangesRead {
  readonly organizationId: number
  readonly feedPosition: number
  /** Changes up to this position are pruned. */
  readonly prunedTo: number
  /** Changes that arrived before this may be pruned. Null: none is pruned. */
  readonly historyFrom: string | null
  readonly changes: ChangeRow[]
  /** The bounds that a reader may move when it continues. */
  readonly since: MovingBound | undefined
  readonly until: MovingBound | undefined
}

/** The slugs of the visible organizations. Null: all mirrored organizations. */
type Visible = readonly string[] | null

export interface ChangesWanted extends FeedFilter {
  readonly visible: Visible
  /** A slug. Null: the only visible organization. */
  readonly organization: string | null
  readonly window: FeedWindow
  readonly limit: number
}

/** Undefined if the organization does not exist or is ambiguous. */
export async function readChanges(sql: Queryable, wanted: ChangesWanted): Promise<ChangesRead | undefined> {
  const { visible, organization, window, limit, kinds } = wanted
  const parameters = new Parameters()
  const slugs = parameters.add(visibleArray(visible), 'text[]')
  const slug = parameters.add(organization, 'text')
  const terms = termsOf(window, wanted, limit, parameters)
  const sort = sortOf(window.direction)
  const rows = await sql.unsafe<Found[]>(
    `with o as materialized (
      select ${feed} from organizations where ${isVisible('organizations', slugs)} and case when ${slug} is null
        then (select count(*) from organizations where ${isVisible('organizations', slugs)}) = 1 else slug = ${slug} end
    ),
    r as materialized (select r.* from o cross join lateral (select ${rangeColumns(terms)}) r)
    select ${feedOfRow}, r.since_from as "sinceFrom", r.until_from as "untilFrom", r.late_to as "lateTo", c.* from o cross join r
    left join lateral (select * from (${branchesOf(terms)}) b order by position ${sort} limit ${terms.limit}) c on true
    order by c.position ${sort}`,
    parameters.values,
    // Filters by kind produce thousands of texts. Preparing them all would exhaust the database's memory.
    { prepare: kinds === undefined },
  )
  const [first] = rows
  return first && readOf(first, rows, wanted)
}

/**
 * The changes whose subjects are these users, up to `limit` for each. Users of organizations that are no longer
 * mirrored have no entry.
 */
export async function readChangesOfUsers(
  sql: Queryable,
  wanted: Pick<FeedFilter, 'baseline'> & { userIds: readonly number[]; window: FeedWindow; limit: number },
): Promise<Map<number, ChangesRead>> {
  const parameters = new Parameters()
  const ids = parameters.add(array(wanted.userIds), 'bigint[]')
  const terms = termsOf(wanted.window, { baseline: wanted.baseline }, wanted.limit, parameters)
  const rows = await sql.unsafe<(Found & { userId: number })[]>(
    `with o as (select ${feed} from organizations where retired_at is null)
    select u.id as "userId", ${feedOfRow}, c.* from users u join o on o.id = u.organization_id
    left join lateral ${branch(terms, [`s.subject_id = u.id and s.last_position > ${terms.after}`])} c on true
    where u.id = any(${ids}) order by u.id, c.position ${sortOf(wanted.window.direction)}`,
    parameters.values,
    { prepare: true },
  )
  const found = Map.groupBy(rows, ({ userId }) => userId)
  return new Map(
    [...found].flatMap(([userId, [first, ...others]]) => (first ? [[userId, readOf(first, [first, ...others])]] : [])),
  )
}

/** The changes at these places that exist and are visible. */
export async function readChangesAt(
  sql: Queryable,
  visible: Visible,
  places: readonly { organizationId: number; position: number }[],
): Promise<ChangeRow[]> {
  return await sql.unsafe<ChangeRow[]>(
    `select o.id as "organizationId", c.* from unnest($1::bigint[], $2::bigint[]) as place(organization_id, position)
    join organizations o on o.id = place.organization_id and ${isVisible('o', '$3::text[]')}
    cross join lateral (${changeAtPlace}) c`,
    [
      array(places.map((place) => place.organizationId)),
      array(places.map((place) => place.position)),
      visibleArray(visible),
    ],
    { prepare: true },
  )
}

/** If nothing was found, there is still one row for the organization, with a null change. */
interface Found extends ChangeRow, Omit<ChangesRead, 'changes' | 'since' | 'until'> {
  readonly sinceFrom?: number | null
  readonly untilFrom?: number | null
  readonly lateTo?: number | null
}

const isVisible = (organization: string, slugs: string) =>
  `${organization}.retired_at is null and (${slugs} is null or ${organization}.slug = any(${slugs}))`
const visibleArray = (slugs: Visible) => slugs && array(slugs)

const feed = 'id, feed_position, feed_pruned_to, history_from'
const feedOfRow =
  'o.id as "organizationId", o.feed_position as "feedPosition", o.feed_pruned_to as "prunedTo", o.history_from as "historyFrom"'

function readOf(
  first: Found,
  rows: readonly Found[],
  { since, until }: Pick<FeedFilter, 'since' | 'until'> = {},
): ChangesRead {
  const { organizationId, feedPosition, prunedTo, historyFrom, sinceFrom, untilFrom, lateTo } = first
  return {
    organizationId,
    feedPosition,
    prunedTo,
    historyFrom: isoOrNull(historyFrom),
    changes: rows.filter((row) => row.position !== null),
    since:
      since !== undefined && sinceFrom != null
        ? { moment: since, settled: Math.max(sinceFrom, (lateTo ?? 0) + 1) }
        : undefined,
    until: until !== undefined && untilFrom != null ? { moment: until, settled: untilFrom - 1 } : undefined,
  }
}
