/** The text of objects that the caller or JavaScript names: by IDs, or by the keys of a federated graph. */
import { type SQL, sql } from 'drizzle-orm'
import { type FieldNode, GraphQLError, type GraphQLObjectType, type GraphQLSchema, isObjectType } from 'graphql'
import { array } from '../db/pg-array.ts'
import type { Compiler } from './compiler.ts'
import type { Given } from './given.ts'
import { errorText, listText, literal, orNull, typeKey, unansweredIf } from './json-text.ts'
import type { Env, Ref, RefSource } from './read.ts'

export interface RefsSpec {
  readonly names: (args: never) => Given<readonly unknown[]>
  /** Throws bad input for a name that no object can have. */
  readonly refOf: (name: never, env: Env) => Ref
  readonly isOne: boolean
}

const kindOf = ({ type, by }: Ref) => `${type} ${by}`

/** A list of one text for each reference; the types and kinds of keys that occur are part of the plan's key. */
export function refsText(
  compilation: Compiler,
  found: Given<readonly (Ref | GraphQLError)[]>,
  nodes: readonly FieldNode[],
): { readonly list: SQL; readonly first: SQL } {
  const refs = found.map((all) => all.map((one) => (one instanceof GraphQLError ? placed(one) : one)))
  const kinds = refs.choose((all) => [...new Set(all.map(kindOf))].sort().join())
  const name = compilation.nextName('r')
  const column = (own: string) => sql.raw(`${name}.${own}`)
  const cases = kinds === '' ? [] : kinds.split(',').map((kind) => sql`when ${literal(kind)} then ${rowOf(kind)}`)
  const values = <T extends string | number | null>(value: (ref: Ref) => T) => refs.map((all) => array(all.map(value)))
  const from = sql`unnest(${values(kindOf)}::text[], ${values(({ id }) => id)}::bigint[], ${values((one) => one.name)}::text[],
    ${values(({ scope }) => scope)}::text[]) with ordinality ${sql.raw(name)} (kind, id, name, scope, place)`
  const text = cases.length === 0 ? sql`'null'` : orNull(sql`case ${column('kind')} ${sql.join(cases, sql` `)} end`)
  return {
    list: listText(sql`select ${text} from ${from} order by ${column('place')}`),
    first: sql`(select ${text} from ${from})`,
  }

  /** The executor reports the error in its place. An answer as text has none. */
  function placed(error: GraphQLError): Ref {
    if (compilation.isText) throw error
    return { type: '', by: 'error', id: null, name: errorText(error), scope: null }
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

/**
 * Returns a function from names to references, or to bad input in their places. A text has no place for an error: the
 * first one ends it.
 */
export function refIn({ env, isText }: Compiler, refOf: RefsSpec['refOf'], isOne: boolean) {
  return (name: unknown): Ref | GraphQLError => {
    try {
      return refOf(name as never, env)
    } catch (error) {
      if (isOne || isText || !(error instanceof GraphQLError)) throw error
      return error
    }
  }
}
