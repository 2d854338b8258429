/**
 * JSON as text, built by concatenation in SQL. The text must equal what `JSON.stringify` makes of the value that a
 * resolver returns.
 */
import { Column, is, type SQL, sql } from 'drizzle-orm'
import { type GraphQLError, type GraphQLOutputType, getNamedType, isEnumType, isListType, isNonNullType } from 'graphql'

/**
 * Takes the place of a part that the statement cannot answer. JSON never contains this character, so an answer that
 * does is discarded. Postgres would otherwise make a whole object null without a trace, because a part of it is null.
 */
export const unanswered = '\u0001'
const noAnswer = sql.raw('chr(1)')

export function orUnanswered(text: SQL): SQL {
  return sql`coalesce(${text}, ${noAnswer})`
}

export function orNull(text: SQL): SQL {
  return sql`coalesce(${text}, 'null')`
}

export function unansweredIf(condition: SQL, text: SQL): SQL {
  return sql`case when ${condition} then ${noAnswer} else ${text} end`
}

/** Returns the text of a field's value: null, or unanswered if the field cannot be null and `mayBeNull` is false. */
export function valueText(type: GraphQLOutputType, value: SQL | Column, mayBeNull = false): SQL {
  const named = getNamedType(type)
  const isList = isListType(isNonNullType(type) ? type.ofType : type)
  const text = isList ? sql`array_to_json(${value})::text` : scalarText(isEnumType(named) ? 'Enum' : named.name, value)
  if (mayBeNull || !isNonNullType(type)) return orNull(text)
  return is(value, Column) && value.notNull ? text : orUnanswered(text)
}

/** Numbers with decimals, and stored JSON, look different in Postgres and in JavaScript (`printsAlike`). */
function scalarText(name: string, value: SQL | Column): SQL {
  switch (name) {
    case 'ID':
      return sql`'"' || (${value}) || '"'`
    case 'Enum':
      return sql`'"' || (${value})::text || '"'`
    case 'DateTime':
      return sql`'"' || to_char((${value}) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"'`
    case 'Int':
    case 'Boolean':
    case 'JSON':
      return sql`(${value})::text`
    default:
      return sql`to_json(${value})::text`
  }
}

/** Whether Postgres prints every value of the type like JavaScript. */
export function printsAlike(type: GraphQLOutputType): boolean {
  const { name } = getNamedType(type)
  return name !== 'JSON' && name !== 'Float'
}

/** Joins pieces of text: strings are constants, and become one with their neighbors. */
export function concat(parts: readonly (string | SQL)[]): SQL {
  const merged: (string | SQL)[] = []
  for (const part of parts) {
    const last = merged.at(-1)
    if (typeof part === 'string' && typeof last === 'string') merged[merged.length - 1] = last + part
    else merged.push(part)
  }
  return joined(merged.map((part) => (typeof part === 'string' ? literal(part) : part)))
}

const longestChain = 32

/** Postgres nests a chain of operators as deep as it is long, and its stack is limited. */
function joined(parts: readonly SQL[]): SQL {
  if (parts.length <= longestChain) return sql.join([...parts], sql` || `)
  const half = Math.ceil(parts.length / 2)
  return sql`(${joined(parts.slice(0, half))}) || (${joined(parts.slice(half))})`
}

export function literal(text: string): SQL {
  return sql.raw(`'${text.replaceAll("'", "''")}'`)
}

/** Null unless something is known of the parent. */
export function ifKnown(known: SQL | undefined, text: SQL): SQL {
  return known ? sql`case when ${known} then ${text} else 'null' end` : text
}

/**
 * Keys that no field of GraphQL has. They describe a part of the answer to the executor of graphql-js: the type
 * of an object, an error in its place, and a value whose field must make sure that the organization exists.
 */
export const typeKey = '#type'
const errorKey = '#error'
export const checkKey = '#check'

/** What the planner reports of an error. */
export type PlacedError = Pick<GraphQLError, 'message' | 'extensions'>

export function errorText({ message, extensions }: PlacedError): string {
  return JSON.stringify({ [errorKey]: { message, extensions } })
}

/** Returns the error in the place of a value, if any. */
export function errorIn(value: unknown): PlacedError | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return (value as { readonly [errorKey]?: PlacedError })[errorKey]
}

/** A JSON object of expressions on a row, with times as Postgres prints them. */
export function columns(values: Readonly<Record<string, SQL | Column>>): SQL {
  const pairs = Object.entries(values).map(([name, value]) => {
    const isTime = is(value, Column) && value.getSQLType().startsWith('timestamp')
    return sql`${literal(name)}, ${isTime ? sql`${value}::text` : value}`
  })
  return sql`json_build_object(${sql.join(pairs, sql`, `)})`
}

/** Joins the texts that a query returns, in its order. */
export function listText(query: SQL): SQL {
  return sql`'[' || array_to_string(array(${query}), ',') || ']'`
}
