/**
 * Filters as SQL, in SQL's own logic of three values: what is not known is null, and so is what is said of it; `not` of null is null.
 * Outside of any `not`, null selects as little as false does. There a predicate may say false for unknown, in a form that Postgres can
 * follow along an index; within a `not` it must keep the two apart.
 */
import { and, type Column, or, type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { array } from '../mirror/array.ts'
import { badInput, checkedText } from './bad-input.ts'
import { builder } from './builder.ts'
import { inputCosts } from './cost.ts'

const deepest = 10
const mostFilters = 200
const mostValues = 500

interface Logic<Filter> {
  and?: Filter[] | null | undefined
  or?: Filter[] | null | undefined
  not?: Filter | null | undefined
}

/** The filter's condition. `predicates` gives those of one filter's own fields; undefined asks nothing. Throws bad input where it is too large. */
export function filterCondition<Filter extends Logic<Filter>>(
  filter: Filter | null | undefined,
  predicates: (filter: Filter, negated: boolean) => (SQL | undefined)[],
): SQL | undefined {
  if (filter == null) return undefined
  let filters = 0
  const build = (part: Filter, depth: number, negated: boolean): SQL => {
    filters += 1
    if (depth > deepest) throw badInput(`\`filter\` exceeds the limit of ${deepest} levels`)
    if (filters > mostFilters) throw badInput(`\`filter\` exceeds the limit of ${mostFilters} filters`)
    const inner = (one: Filter) => build(one, depth + 1, negated)
    const conditions = [
      ...predicates(part, negated),
      ...(part.and ?? []).map(inner),
      part.or == null ? undefined : (or(...part.or.map(inner)) ?? sql`false`),
      part.not == null ? undefined : sql`not (${build(part.not, depth + 1, true)})`,
    ]
    return and(...conditions) ?? sql`true`
  }
  return build(filter, 1, false)
}

/** A predicate about what is only known where `stamp` is not null. */
export function whereKnown(stamp: Column, predicate: SQL | null | undefined, negated: boolean): SQL | undefined {
  if (predicate == null) return undefined
  return negated
    ? sql`case when ${stamp} is not null then (${predicate}) end`
    : sql`(${stamp} is not null and (${predicate}))`
}

/** The predicate or its opposite, as the caller wants it; undefined asks nothing. */
export function wanted(want: boolean | null | undefined, predicate: SQL): SQL | undefined {
  if (want == null) return undefined
  return want ? sql`(${predicate})` : sql`not (${predicate})`
}

type IsThere = (tables: PgTable | SQL, ...conditions: (SQL | undefined)[]) => SQL

/** Whether the tables, which may be joined, have a row for which all of this holds. */
export const isThere: IsThere = (tables, ...conditions) =>
  sql`exists (select 1 from ${tables} where ${and(...conditions)})`

/** The same in a form that Postgres answers for each row of the outer query by itself, and never for all of them together. */
export const isThereByItself: IsThere = (tables, ...conditions) =>
  sql`coalesce((select true from ${tables} where ${and(...conditions)} limit 1), false)`

export const StringFilter = builder.inputType('StringFilter', {
  description: 'All that is given must hold; none of it regards case. What is left out, or null, asks nothing.',
  fields: (t) => ({
    eq: t.string({ description: 'Is this.', extensions: inputCosts({ compares: 'exact' }) }),
    in: t.stringList({
      description: `Is one of these, ${mostValues} at most; of none, nothing is.`,
      extensions: inputCosts({ compares: 'pattern', perValue: 10 }),
    }),
    startsWith: t.string({ description: 'Begins with this.', extensions: inputCosts({ compares: 'pattern' }) }),
    endsWith: t.string({ description: 'Ends with this.', extensions: inputCosts({ compares: 'pattern' }) }),
    contains: t.string({ description: 'Has this in it.', extensions: inputCosts({ compares: 'pattern' }) }),
  }),
})

export type StringFilterInput = typeof StringFilter.$inferInput

/** How a column is compared without regard to case. */
export interface FoldedColumn {
  readonly folded: SQL | Column
  readonly fold: (text: string) => SQL
  /** Of a list, an array: one parameter, however long it is. */
  readonly foldEach: (texts: readonly string[]) => SQL
}

/** A column in which Postgres is to fold the letters. */
export function foldedByPostgres(column: Column): FoldedColumn {
  return {
    folded: sql`fold_case(${column})`,
    fold: (text) => sql`fold_case(${text}::text)`,
    foldEach: (texts) => sql`array(select fold_case(one) from unnest(${array(texts)}::text[]) as one)`,
  }
}

/** A column that was written through `fold`. */
export function foldedAlready(column: Column, fold: (text: string) => string): FoldedColumn {
  return {
    folded: column,
    fold: (text) => sql`${fold(text)}::text`,
    foldEach: (texts) => sql`${array(texts.map(fold))}::text[]`,
  }
}

export function matchesString(column: FoldedColumn, filter: StringFilterInput | null | undefined): SQL | undefined {
  if (filter == null) return undefined
  const { folded, fold } = column
  const { eq, in: values, startsWith, endsWith, contains } = filter
  return and(
    eq == null ? undefined : sql`${folded} = ${fold(checkedText('eq', eq))}`,
    values == null ? undefined : isOneOf(column, values),
    startsWith == null ? undefined : sql`${folded} like ${fold(`${literally('startsWith', startsWith)}%`)}`,
    endsWith == null ? undefined : sql`${folded} like ${fold(`%${literally('endsWith', endsWith)}`)}`,
    contains == null ? undefined : sql`${folded} like ${fold(`%${literally('contains', contains)}%`)}`,
  )
}

export const DateTimeFilter = builder.inputType('DateTimeFilter', {
  description: 'A span of time; a side that is left out, or null, is open.',
  fields: (t) => ({
    gte: t.field({ type: 'DateTime', description: 'At this time or later.' }),
    lt: t.field({ type: 'DateTime', description: 'Before this time.' }),
  }),
})

export type DateTimeFilterInput = typeof DateTimeFilter.$inferInput

export function matchesMoment(column: Column, filter: DateTimeFilterInput | null | undefined): SQL | undefined {
  if (filter == null) return undefined
  return and(
    filter.gte == null ? undefined : sql`${column} >= ${filter.gte}::timestamptz`,
    filter.lt == null ? undefined : sql`${column} < ${filter.lt}::timestamptz`,
  )
}

function isOneOf({ folded, foldEach }: FoldedColumn, values: readonly string[]): SQL {
  if (values.length > mostValues) throw badInput(`\`in\` exceeds the limit of ${mostValues} values`)
  // False where the column is known, null where it is not: as it is for a list that holds something.
  if (values.length === 0) return sql`${folded} <> ${folded}`
  for (const value of values) checkedText('in', value)
  return sql`${folded} = any(${foldEach(values)})`
}

/** The text as a pattern that matches it and nothing else. */
function literally(name: string, text: string): string {
  return checkedText(name, text).replace(/[\\%_]/g, '\\$&')
}
