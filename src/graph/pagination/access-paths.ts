/**
 * Index-backed candidate queries for list filters. An access path is a query for a superset of the matching ids that
 * uses an index; duplicates are allowed, and the filter is re-checked on each row.
 *
 * The number of candidates is known only at execution, not at planning. The statement therefore contains one branch per
 * access path, and each branch checks first whether it is the chosen one: the first path with few enough candidates. If
 * no path qualifies, matches are common, and a scan in list order finds the first page quickly. Other branches are not
 * executed. The choice does not depend on the planner's estimates for a filter, so outdated or missing statistics do no
 * harm.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Window } from '../../planner/read.ts'

export interface AccessPath {
  /** A query of one column, `id`. */
  readonly ids: SQL
  /**
   * A query for the same rows of the source's table, each once, which saves looking them up by id. It is executed only
   * if there are few of them.
   */
  readonly rows?: SQL | undefined
  /**
   * The maximum number of candidates. At this number of 1,000,000 rows, looking up each candidate takes as long as
   * scanning the list until fifty of them are found.
   */
  readonly few: number
  /**
   * A query for the number of candidates, if every candidate matches the filter and the filter has no other condition.
   */
  readonly count?: SQL
}

/** The rows that a branch reads. */
export interface Source {
  readonly table: SQL
  readonly id: SQL
  /** What is selected of the page's rows. */
  readonly key: SQL
  /** The conditions that an index in list order supports: the organization, and the position to start from. */
  readonly within: SQL
  readonly orderBy: readonly SQL[]
}

export interface PathList {
  readonly paths: readonly AccessPath[]
  readonly source: Source
  /** The condition on a row of the source. */
  readonly condition: SQL
  /** The condition without the part that an access path with a count already guarantees. */
  readonly conditionOnPath: SQL
}

/** Returns the keys of a page's rows, as an array. `walked` replaces the source for the scan in list order. */
export function selectPageKeys(
  { paths, source, condition, conditionOnPath }: PathList,
  window: Pick<Window<never>, 'limited'>,
  walked: { readonly source: Source; readonly condition: SQL } = { source, condition },
): SQL {
  const page = (from: Source, gate: SQL, meant: SQL) =>
    sql`(${window.limited(
      sql`select ${from.key} from ${from.table} where ${gate} and ${from.within} and ${opaque(meant)}
      order by ${sql.join([...from.orderBy], sql`, `)}`,
      1,
    )})`
  const branches = paths.map((way, i) => {
    const { from, gate } = branchOf(paths, i, source)
    return page(from, gate, way.count ? conditionOnPath : condition)
  })
  const walk = page(walked.source, noneIsChosen(paths), walked.condition)
  return sql`array(${materializePaths(paths)} ${sql.join([...branches, walk], sql` union all `)})`
}

/**
 * Returns the number of matching rows, as a query of one value. `otherwise` counts them if no access path is chosen.
 */
export function countRows({ paths, source, condition }: PathList, otherwise: SQL): SQL {
  const [only] = paths
  if (only?.count) return only.count
  if (!only) return otherwise
  const branches = paths.map((_, i) => {
    const { from, gate } = branchOf(paths, i, source)
    return sql`when ${isChosen(paths, i)} then
      (select count(*) from ${from.table} where ${gate} and ${from.within} and ${opaque(condition)})`
  })
  return sql`${materializePaths(paths)} select case ${sql.join(branches, sql` `)} else (${otherwise}) end`
}

const nameOf = (index: number): SQL => sql.raw(`way_${index + 1}`)
const found = ({ rows }: AccessPath, index: number): SQL =>
  rows ? sql`(select number from ${nameOf(index)})` : sql`(select count(*) from ${nameOf(index)})`

/** The candidates of an access path, and the condition under which they are read. */
function branchOf(paths: readonly AccessPath[], index: number, source: Source): { from: Source; gate: SQL } {
  const [path, chosen] = [paths[index], isChosen(paths, index)]
  if (path?.rows) return { from: { ...source, table: sql`(${path.rows}) ${source.table}` }, gate: chosen }
  return { from: source, gate: sql`${chosen} and ${source.id} = any(array(select id from ${nameOf(index)}))` }
}

/**
 * Each access path stops after one candidate more than its maximum, and is not executed unless a branch uses it. Of a
 * path that can read its rows, only the number of candidates is kept.
 */
function materializePaths(paths: readonly AccessPath[]): SQL {
  if (paths.length === 0) return sql``
  const parts = paths.map(({ ids, rows, few }, i) => {
    const most = sql`from (${ids}) way limit ${constant(few + 1)}`
    return rows
      ? sql`${nameOf(i)} (number) as materialized (select count(*) from (select ${most}) few)`
      : sql`${nameOf(i)} (id) as materialized (select * ${most})`
  })
  return sql`with ${sql.join(parts, sql`, `)}`
}

function isChosen(paths: readonly AccessPath[], index: number): SQL {
  const own = paths.slice(index, index + 1).map((path) => sql`${found(path, index)} <= ${constant(path.few)}`)
  return sql.join([noneIsChosen(paths.slice(0, index)), ...own], sql` and `)
}

function noneIsChosen(paths: readonly AccessPath[]): SQL {
  if (paths.length === 0) return sql`true`
  return sql.join(
    paths.map((path, i) => sql`${found(path, i)} > ${constant(path.few)}`),
    sql` and `,
  )
}

const constant = (number: number): SQL => sql.raw(String(number))

/** Wraps the condition so that the planner does not estimate its selectivity. */
export function opaque(condition: SQL): SQL {
  return sql`case when ${condition} then true else false end`
}
