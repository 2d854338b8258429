/** The text of objects that the caller or JavaScript names: by IDs, or by the keys of a federated graph. */
import { type SQL, sql } from 'drizzle-orm'
import { type FieldNode, GraphQLError, type GraphQLObjectType, type GraphQLSchema, isObjectType } from 'graphql'
import { array } from '../db/pg-array.ts'
import type { Compiler } from './compiler.ts'
import type { Given } from './given.ts'
import { errorText, listText, literal, orNull, typeKey, unansweredIf } from './json-text.ts'
import type { Ref, RefSource } from './read.ts'

const kindOf = ({ type, by }: Pick<Ref, 'type' | 'by'>) => `${type} ${by}`

/** The distinct kinds, found without building a text for each reference. */
function kindsOf(refs: readonly Ref[]): string[] {
  const kinds = new Map<string, Set<string>>()
  for (const { type, by } of refs) {
    const own = kinds.get(type) ?? new Set()
    kinds.set(type, own.add(by))
  }
  return [...kinds].flatMap(([type, keys]) => [...keys].map((by) => kindOf({ type, by })))
}

/** The reference, or for the executor the error in its place. An answer as text has none. */
export function refOrError(isText: boolean, refOf: () => Ref): Ref {
  try {
    return refOf()
  } catch (error) {
    if (isText || !(error instanceof GraphQLError)) throw error
    return { type: '', by: 'error', id: null, name: errorText(error), scope: null }
  }
}

/** A list of one text for each reference; the types and kinds of keys that occur are part of the plan's key. */
export function refsText(
  compilation: Compiler,
  refs: Given<readonly Ref[]>,
  nodes: readonly FieldNode[],
): { readonly list: SQL; readonly first: SQL } {
  const chosen = refs.choose((all) => kindsOf(all).sort().join())
  const kinds = chosen === '' ? [] : chosen.split(',')
  const name = compilation.nextName('r')
  const column = (own: string) => sql.raw(`${name}.${own}`)
  const values = <T extends string | number | null>(value: (ref: Ref) => T) => refs.map((all) => array(all.map(value)))
  // Postgres extends a shorter list with nulls.
  const someText = (value: (ref: Ref) => string | null) =>
    refs.map((all) => array(all.some((ref) => value(ref) !== null) ? all.map(value) : []))
  const own = kinds.length > 1 ? values(kindOf) : sql`null`
  const from = sql`unnest(${own}::text[], ${values(({ id }) => id)}::bigint[], ${someText((one) => one.name)}::text[],
    ${someText(({ scope }) => scope)}::text[]) with ordinality ${sql.raw(name)} (kind, id, name, scope, place)`
  const text = textOf(kinds)
  return {
    list: listText(sql`select ${text} from ${from} order by ${column('place')}`),
    first: sql`(select ${text} from ${from})`,
  }

  function textOf([kind, ...others]: readonly string[]): SQL {
    if (kind === undefined) return sql`'null'`
    if (others.length === 0) return orNull(rowOf(kind))
    const cases = [kind, ...others].map((one) => sql`when ${literal(one)} then ${rowOf(one)}`)
    return orNull(sql`case ${column('kind')} ${sql.join(cases, sql` `)} end`)
  }

  function rowOf(kind: string): SQL {
    const [typeName = '', by = ''] = kind.split(' ')
    if (by === 'error') return column('name')
    const { type, source } = sourcesIn(compilation.schema).get(typeName) ?? {}
    const condition = source?.by[by]
    if (!type || !condition) {
      if (compilation.isText) return compilation.notPlanned()
      return sql`${literal(`{"${typeKey}":"${typeName}","key":`)} || to_json(${column('name')})::text || '}'`
    }
    const ref = { id: column('id'), name: column('name'), scope: column('scope') }
    const { row, from: table } = compilation.rowsOf(source.table, ref)
    const brand = compilation.isText ? undefined : source.type
    const text = compilation.rowText(type, nodes, row, brand)
    const rows = sql`from ${table} where ${condition(row as never, ref, compilation.env)}`
    if (by !== 'name' || !source.ambiguous) return sql`(select ${text} ${rows})`
    const several = sql`count(*) > 1`
    if (compilation.isText) return sql`(select ${unansweredIf(several, sql`min(${text})`)} ${rows})`
    const error = literal(errorText(source.ambiguous()))
    return sql`(select case when ${several} then ${error} else min(${text}) end ${rows})`
  }
}

type Sources = ReadonlyMap<string, { readonly type: GraphQLObjectType; readonly source: RefSource }>

const known = new WeakMap<GraphQLSchema, Sources>()

/** The types whose rows references find, by their names without a prefix. */
function sourcesIn(schema: GraphQLSchema): Sources {
  const sources =
    known.get(schema) ?? new Map(Object.values(schema.getTypeMap()).filter(isObjectType).flatMap(sourceOf))
  known.set(schema, sources)
  return sources
}

function sourceOf(type: GraphQLObjectType) {
  const source = type.extensions.refs as RefSource | undefined
  return source ? [[source.type, { type, source }] as const] : []
}
