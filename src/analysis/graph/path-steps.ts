import type { Queryable } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { type EdgeKind, edgesToSelves, edgesToThings, type NodeType, targetTypes } from './edges.ts'

/** The statements of the path search, one per step. */

export interface Found {
  readonly kind: EdgeKind
  readonly from: number
  readonly to: number
  /** The type of `to`. */
  readonly type: NodeType
}

/** Reads up to `limit` edges of these users and of these other nodes. */
export async function readNeighbors(
  sql: Queryable,
  via: ReadonlySet<EdgeKind>,
  users: readonly number[],
  things: readonly number[],
  limit: number,
): Promise<Found[]> {
  const rows = await sql.unsafe<{ kind: EdgeKind; from: number; to: number; outward: boolean }[]>(
    `select kind, source as from, target as to, true as outward from (${edgesToThings(via, (source) => `${source} = any($1::bigint[])`)}) e
    union all
    select kind, target, source, false from (${edgesToThings(via, (_source, target) => `${target} = any($2::bigint[])`)}) e
    union all
    select kind, source, target, true from (${edgesToSelves(via, (userId) => `${userId} = any($1::bigint[])`)}) e
    limit $3`,
    [array(users), array(things), limit],
    { prepare: true },
  )
  return rows.map(({ kind, from, to, outward }) => ({ kind, from, to, type: outward ? targetTypes[kind] : 'User' }))
}

export interface Meeting {
  readonly userId: number
  /** What the user has of the left side, and of the right side. */
  readonly left: { readonly from: number; readonly kind: EdgeKind }
  readonly right: { readonly from: number; readonly kind: EdgeKind }
}

interface MeetingRow {
  userId: number
  near: number
  nearKind: EdgeKind
  far: number
  farKind: EdgeKind
}

/** The number of users of one side that are looked up on the other, one by one. */
const firstLook = 5_000

/**
 * Reads up to `limit` users that have something of the left side and something of the right. Neither side contains
 * users. The users of the smaller side are looked up on the other side. That is the complete result if there are few of
 * them; if both sides have very many users, the first ones are usually enough.
 */
export async function readMeetings(
  sql: Queryable,
  via: ReadonlySet<EdgeKind>,
  left: readonly number[],
  right: readonly number[],
  limit: number,
): Promise<Meeting[]> {
  const sizes = await readSizes(sql, via, left, right, firstLook)
  const isLeftNear = sizes.left <= sizes.right
  const parameters = isLeftNear ? [array(left), array(right), limit] : [array(right), array(left), limit]
  const columns = `x.source as "userId", x.target as near, x.kind as "nearKind", y.target as far, y.kind as "farKind"`
  const nearEdges = edgesToThings(via, (_source, target) => `${target} = any($1::bigint[])`)
  const farEdges = edgesToThings(via, (_source, target) => `${target} = any($2::bigint[])`)
  const edgesOf = (user: string, parameter: string) =>
    edgesToThings(via, (source, target) => `${source} = ${user} and ${target} = any(${parameter}::bigint[])`)
  const oneByOne = `select ${columns} from (select * from (${nearEdges}) e limit ${firstLook}) x
    cross join lateral (${edgesOf('x.source', '$2')}) y limit $3`
  // An intersection uses hashing regardless of size estimates; a join of the two could be executed pair by pair.
  const atOnce = `select ${columns} from (
      select source from (${nearEdges}) e intersect select source from (${farEdges}) e limit $3
    ) met cross join lateral (${edgesOf('met.source', '$1')}) x cross join lateral (${edgesOf('met.source', '$2')}) y limit $3`
  const few = await sql.unsafe<MeetingRow[]>(oneByOne, parameters, { prepare: true })
  const isAll = Math.min(sizes.left, sizes.right) < firstLook || few.length >= limit
  const rows = isAll ? few : await sql.unsafe<MeetingRow[]>(atOnce, parameters, { prepare: true })
  return rows.map((row) => {
    const near = { from: row.near, kind: row.nearKind }
    const far = { from: row.far, kind: row.farKind }
    return { userId: row.userId, left: isLeftNear ? near : far, right: isLeftNear ? far : near }
  })
}

/** Counts the users of both sides, each up to a bound. Neither side contains users. */
export async function readSizes(
  sql: Queryable,
  via: ReadonlySet<EdgeKind>,
  left: readonly number[],
  right: readonly number[],
  bound: number,
): Promise<{ left: number; right: number }> {
  const count = (parameter: string) => {
    const users = edgesToThings(via, (_source, target) => `${target} = any(${parameter}::bigint[])`)
    return `(select count(*) from (${users} limit ${bound}) e)`
  }
  const [row] = await sql.unsafe<{ left: number; right: number }[]>(
    `select ${count('$1')} as left, ${count('$2')} as right`,
    [array(left), array(right)],
    { prepare: true },
  )
  return row ?? { left: 0, right: 0 }
}

/** A query that would read more than one query may. It says nothing about the answer. */
export class TooMuchWork extends Error {
  override readonly name = 'TooMuchWork'
  /** The maximum number of relationships that one query may read. */
  readonly most: number

  constructor(most: number) {
    super(`finding the answer requires reading more than ${most} relationships`)
    this.most = most
  }
}
