/**
 * Filters as SQL with three-valued logic: an unknown value is null, a predicate on it is null, and `not` of null is
 * null.
 *
 * Outside of any `not`, null and false both select nothing. There a predicate may return false for unknown, in a form
 * that Postgres can match to an index; within a `not` it must keep the two apart.
 */
import { and, type Column, or, type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { array } from '../../db/pg-array.ts'
import { type Given, given, type Value, type Values } from '../../planner/given.ts'
import { builder } from '../builder.ts'
import { inputCosts } from '../core/cost.ts'
import { checkedText, userInputError } from '../core/user-input-error.ts'

const deepest = 10
const mostFilters = 200
const mostValues = 500

interface Logic<Filter> {
  and?: readonly Filter[] | null | undefined
  or?: readonly Filter[] | null | undefined
  not?: Filter | null | undefined
}

/**
 * Builds the condition of a filter. `predicates` returns those of one filter's own fields; undefined means no
 * restriction. Throws bad input if the filter is too large.
 */
export function filterCondition<Filter extends Logic<Filter>>(
  filter: Filter | null | undefined,
  predicates: (filter: Filter, negated: boolean) => (SQL | undefined)[],
): SQL | undefined {
  if (filter == null) return undefined
  let filters = 0
  const build = (part: Filter, depth: number, negated: boolean): SQL => {
    filters += 1
    if (depth > deepest) throw userInputError(`\`filter\` exceeds the limit of ${deepest} levels`)
    if (filters > mostFilters) throw userInputError(`\`filter\` exceeds the limit of ${mostFilters} filters`)
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

/** Returns a predicate on data that is known only if `stamp` is not null. */
export function ifKnown(stamp: Column, predicate: SQL | null | undefined, negated: boolean): SQL | undefined {
  if (predicate == null) return undefined
  return negated
    ? sql`case when ${stamp} is not null then (${predicate}) end`
    : sql`(${stamp} is not null and (${predicate}))`
}

/** Returns the predicate or its negation, as the caller wants it; undefined means no restriction. */
export function wanted(want: boolean | null | undefined, predicate: SQL): SQL | undefined {
  if (want == null) return undefined
  return want ? sql`(${predicate})` : sql`not (${predicate})`
}

type IsThere = (tables: PgTable | SQL, ...conditions: (SQL | undefined)[]) => SQL

/** Tests whether the tables, which may be joined, have a row that meets all conditions. */
export const isThere: IsThere = (tables, ...conditions) =>
  sql`exists (select 1 from ${tables} where ${and(...conditions)})`

/** Like `isThere`, in a form that Postgres does not make a join of. */
export const isThereUnjoined: IsThere = (tables, ...conditions) => sql`(${isThere(tables, ...conditions)} is true)`

/**
 * Like `isThere`, in a form that Postgres evaluates separately for each row of the outer query, never for all rows at
 * once.
 */
export const existsPerRow: IsThere = (tables, ...conditions) =>
  sql`coalesce((select true from ${tables} where ${and(...conditions)} limit 1), false)`

export const StringFilter = builder.inputType('StringFilter', {
  description:
    'Compares a string, ignoring case. All given operators must match (logical AND). Omitted and null ' +
    'operators are ignored.',
  fields: (t) => ({
    eq: t.string({ description: 'Equals this string.', extensions: inputCosts({ compares: 'exact' }) }),
    in: t.stringList({
      description: `Equals one of these strings, at most ${mostValues}. An empty list matches nothing.`,
      extensions: inputCosts({ compares: 'pattern', perValue: 10 }),
    }),
    startsWith: t.string({ description: 'Starts with this string.', extensions: inputCosts({ compares: 'pattern' }) }),
    endsWith: t.string({ description: 'Ends with this string.', extensions: inputCosts({ compares: 'pattern' }) }),
    contains: t.string({ description: 'Contains this string.', extensions: inputCosts({ compares: 'pattern' }) }),
  }),
})

export type StringFilterInput = Values<typeof StringFilter.$inferInput>

/** How a column is compared, ignoring case. */
export interface FoldedColumn {
  readonly folded: SQL | Column
  readonly fold: (text: Given<string>) => SQL
  /** The array of a list: one parameter for any number of values. */
  readonly foldEach: (texts: Given<readonly string[]>) => SQL
  /** The text that a pattern for `like` starts with, folded: the pattern ends with its only wildcard. */
  readonly startOf: (pattern: Given<string>) => SQL
}

/** A column that Postgres folds to one case. */
export function foldedByPostgres(column: Column): FoldedColumn {
  return {
    folded: sql`fold_case(${column})`,
    // The text is a parameter, which Postgres would otherwise fold again for each row.
    fold: (text) => sql`(select fold_case(${text}::text))`,
    foldEach: (texts) => sql`array(select fold_case(one) from unnest(${texts.map(array)}::text[]) as one)`,
    startOf: (pattern) => sql`(select regexp_replace(left(fold_case(${pattern}::text), -1), '\\\\(.)', '\\1', 'g'))`,
  }
}

/** A column that was stored after `fold`. */
export function preFolded(column: Column, fold: (text: string) => string): FoldedColumn {
  return {
    folded: column,
    fold: (text) => sql`${text.map(fold)}::text`,
    foldEach: (texts) => sql`${texts.map((all) => array(all.map(fold)))}::text[]`,
    startOf: (pattern) => sql`${pattern.map((text) => fold(text).slice(0, -1).replace(/\\(.)/g, '$1'))}::text`,
  }
}

export function matchesString(column: FoldedColumn, filter: StringFilterInput | null | undefined): SQL | undefined {
  if (filter == null) return undefined
  const { folded, fold } = column
  const { eq, in: values, startsWith, endsWith, contains } = filter
  const like = (name: string, text: Value<string>, before: string, after: string) =>
    sql`${folded} like ${fold(given(text).map((own) => `${before}${escapeLike(name, own)}${after}`))}`
  return and(
    eq == null ? undefined : sql`${folded} = ${fold(given(eq).map((text) => checkedText('eq', text)))}`,
    values == null ? undefined : isOneOf(column, given(values)),
    startsWith == null ? undefined : startsWithText(column, startsWith),
    endsWith == null ? undefined : like('endsWith', endsWith, '%', ''),
    contains == null ? undefined : like('contains', contains, '%', '%'),
  )
}

/**
 * For a parameter, Postgres does not derive the range of an index from the pattern, so the range is added, if texts are
 * sorted by their bytes. Postgres evaluates that condition when it plans.
 */
function startsWithText({ folded, fold, startOf }: FoldedColumn, text: Value<string>): SQL {
  const pattern = given(text).map((own) => `${escapeLike('startsWith', own)}%`)
  const matches = sql`${folded} like ${fold(pattern)}`
  const start = startOf(pattern)
  return sql`(${matches} and ${folded} >= case when 'a' > 'B' then ${start} else '' end
    and ${folded} <= case when 'a' > 'B' then ${start} || repeat(chr(1114111), 9) else ${folded} end)`
}

export const DateTimeFilter = builder.inputType('DateTimeFilter', {
  description: 'A time range. An omitted or null bound is open.',
  fields: (t) => ({
    gte: t.field({ type: 'DateTime', description: 'At or after this time.' }),
    lt: t.field({ type: 'DateTime', description: 'Before this time.' }),
  }),
})

export type DateTimeFilterInput = Values<typeof DateTimeFilter.$inferInput>

export function matchesMoment(column: Column, filter: DateTimeFilterInput | null | undefined): SQL | undefined {
  if (filter == null) return undefined
  return and(
    filter.gte == null ? undefined : sql`${column} >= ${given(filter.gte)}::timestamptz`,
    filter.lt == null ? undefined : sql`${column} < ${given(filter.lt)}::timestamptz`,
  )
}

function isOneOf({ folded, foldEach }: FoldedColumn, values: Given<readonly string[]>): SQL {
  const checked = values.map((all) => {
    if (all.length > mostValues) throw userInputError(`\`in\` exceeds the limit of ${mostValues} values`)
    for (const value of all) checkedText('in', value)
    return all
  })
  // False if the column is known, null if it is not, as for a non-empty list.
  if (checked.choose((all) => all.length === 0)) return sql`${folded} <> ${folded}`
  return sql`${folded} = any(${foldEach(checked)})`
}

/** Escapes the text as a pattern that matches only the text itself. */
function escapeLike(name: string, text: string): string {
  return checkedText(name, text).replace(/[\\%_]/g, '\\$&')
}
