/** The text of objects that the caller names: by IDs, or by the keys of a federated graph. */
import { type SQL, sql } from 'drizzle-orm'
import { type GraphQLObjectType, isObjectType } from 'graphql'
import { array } from '../db/pg-array.ts'
import type { Compiler, Place } from './compiler.ts'
import type { Given } from './given.ts'
import { listText, literal, orNull, unansweredIf } from './json-text.ts'
import type { Ref, RefSource } from './read.ts'

export interface RefsSpec {
  readonly of: (args: never) => Given<readonly Ref[]>
  readonly isOne: boolean
}

const kindOf = ({ type, by }: Ref) => `${type} ${by}`

/** The types and kinds of keys that occur are part of the plan's key. */
export function refsText(compilation: Compiler, { of, isOne }: RefsSpec, { field, nodes, args }: Place): SQL {
  const refs = of(args as never)
  if (!isOne) compilation.lookups.push(refs.map(({ length }) => length))
  const kinds = refs.choose((all) => [...new Set(all.map(kindOf))].sort().join())
  const name = compilation.nextName('r')
  const column = (own: string) => sql.raw(`${name}.${own}`)
  const cases = kinds === '' ? [] : kinds.split(',').map((kind) => sql`when ${literal(kind)} then ${rowOf(kind)}`)
  const values = <T extends string | number | null>(value: (ref: Ref) => T) => refs.map((all) => array(all.map(value)))
  const from = sql`unnest(${values(kindOf)}::text[], ${values(({ id }) => id)}::bigint[], ${values((one) => one.name)}::text[],
    ${values(({ scope }) => scope)}::text[]) with ordinality ${sql.raw(name)} (kind, id, name, scope, place)`
  const found = cases.length === 0 ? sql`'null'` : orNull(sql`case ${column('kind')} ${sql.join(cases, sql` `)} end`)
  if (isOne) return compilation.oneOrNull(field, sql`(select ${found} from ${from})`)
  return listText(sql`select ${found} from ${from} order by ${column('place')}`)

  function rowOf(kind: string): SQL {
    const [typeName = '', by = ''] = kind.split(' ')
    const type = compilation.operation.schema.getType(typeName)
    const source = isObjectType(type) ? (type.extensions.refs as RefSource | undefined) : undefined
    const condition = source?.by[by]
    if (!source || !condition) return compilation.notPlanned()
    const { row, from: table } = compilation.alias(source.table)
    const text = compilation.rowText(type as GraphQLObjectType, nodes, row)
    const ref = { id: column('id'), name: column('name'), scope: column('scope') }
    const rows = sql`from ${table} where ${condition(row as never, ref, compilation.env)}`
    // Several organizations may have an object of the name.
    return by === 'name'
      ? sql`(select ${unansweredIf(sql`count(*) > 1`, sql`min(${text})`)} ${rows})`
      : sql`(select ${text} ${rows})`
  }
}
