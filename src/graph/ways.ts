/**
 * Lists that are not walked through from end to end. A way is a query for the ids of all rows that can be meant, and maybe of more: it misses
 * none, gives some twice, and goes along an index. Whether a row is meant is for the list's condition to say.
 *
 * How many a way finds shows when it is gone, not when the statement is planned. So the statement holds several branches, and each looks
 * before it begins whether it is the one: the first way that finds few is taken; where none does, what is meant is common, and the first page
 * of it is soon found by walking through all rows in the order of the list. Branches not taken are never executed. Nothing here waits on the
 * planner's estimate of a filter, so that statistics which are old or missing cost nothing.
 */
import { type SQL, sql } from 'drizzle-orm'

export interface Way {
  /** A query of one column, `id`. */
  readonly ids: SQL
  /**
   * So many it may find and still be taken. At this many of 1,000,000 rows, looking each of them up and walking through the list to fifty of
   * them are to take the same time.
   */
  readonly few: number
  /** Where the filter holds for whomever the way finds, and asks for nothing else: how many those are, as a query of one value. */
  readonly count?: SQL
}

/** Rows as a branch reads them. */
export interface Source {
  readonly table: SQL
  readonly id: SQL
  /** What an index in the list's order can follow: whose list it is, and from where on. */
  readonly within: SQL
  readonly orderBy: readonly SQL[]
}

export interface WayList {
  readonly ways: readonly Way[]
  readonly source: Source
  /** Of a row of the source. */
  readonly condition: SQL
  /** The condition less what a way with a count has shown already. */
  readonly conditionOnWay: SQL
}

/** The ids of a page's rows, as an array. `walked` stands in for the source where nothing is taken but the walk. */
export function keysByWays(
  { ways, source, condition, conditionOnWay }: WayList,
  limit: number,
  walked: { readonly source: Source; readonly condition: SQL } = { source, condition },
): SQL {
  const page = (from: Source, gate: SQL, meant: SQL) =>
    sql`(select ${from.id} from ${from.table} where ${gate} and ${from.within} and ${opaque(meant)}
      order by ${sql.join([...from.orderBy], sql`, `)} limit ${limit})`
  const branches = ways.map((way, i) =>
    page(source, sql`${isTaken(ways, i)} and ${isOnWay(source, i)}`, way.count ? conditionOnWay : condition),
  )
  const walk = page(walked.source, noneIsTaken(ways), walked.condition)
  return sql`array(${goingAlong(ways)} ${sql.join([...branches, walk], sql` union all `)})`
}

/** The number of rows that are meant, as a query of one value; `otherwise` counts them where no way helps. */
export function countByWays({ ways, source, condition }: WayList, otherwise: SQL): SQL {
  const [only] = ways
  if (only?.count) return only.count
  if (!only) return otherwise
  const branches = ways.map(
    (_, i) => sql`when ${isTaken(ways, i)} then
      (select count(*) from ${source.table} where ${isOnWay(source, i)} and ${source.within} and ${opaque(condition)})`,
  )
  return sql`${goingAlong(ways)} select case ${sql.join(branches, sql` `)} else (${otherwise}) end`
}

const nameOf = (index: number): SQL => sql.raw(`way_${index + 1}`)
const found = (index: number): SQL => sql`(select count(*) from ${nameOf(index)})`
const isOnWay = ({ id }: Source, index: number): SQL => sql`${id} = any(array(select id from ${nameOf(index)}))`

/** Each goes no further than shows that it finds too many; and not at all where nobody looks. */
function goingAlong(ways: readonly Way[]): SQL {
  if (ways.length === 0) return sql``
  const parts = ways.map(
    ({ ids, few }, i) =>
      sql`${nameOf(i)} (id) as materialized (select * from (${ids}) way limit ${sql.raw(String(few + 1))})`,
  )
  return sql`with ${sql.join(parts, sql`, `)}`
}

function isTaken(ways: readonly Way[], index: number): SQL {
  return sql`${noneIsTaken(ways.slice(0, index))} and ${found(index)} <= ${ways[index]?.few ?? 0}`
}

function noneIsTaken(ways: readonly Way[]): SQL {
  if (ways.length === 0) return sql`true`
  return sql.join(
    ways.map(({ few }, i) => sql`${found(i)} > ${few}`),
    sql` and `,
  )
}

/** The same condition in a form of which the planner thinks nothing. */
function opaque(condition: SQL): SQL {
  return sql`case when ${condition} then true else false end`
}
