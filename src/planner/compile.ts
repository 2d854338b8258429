/**
 * Compiles an operation into one SQL statement that returns the text of the answer (docs/architecture.md, "The
 * planner"). An operation with a field that has no `sql` is not planned.
 */
import { aliasedTable, type Column, getTableName, or, type SQL, sql } from 'drizzle-orm'
import { PgDialect, type PgTable } from 'drizzle-orm/pg-core'
import { type FieldNode, type GraphQLObjectType, getNamedType, isAbstractType, isNonNullType } from 'graphql'
import { isoOf } from '../db/timestamps.ts'
import { pageText } from './compile-page.ts'
import { type RefsSpec, refsText } from './compile-refs.ts'
import type { Aliased, Compiler, Field, Row } from './compiler.ts'
import { type Choice, type Compiling, Given, type Run } from './given.ts'
import { concat, ifKnown, listText, orNull, orUnanswered, printsAlike, unansweredIf, valueText } from './json-text.ts'
import type { Env, FieldRead, ListRead, PageRead, Read } from './read.ts'
import { argumentsOf, below, type Fields, fieldsOf, type Operation } from './selection.ts'

export interface Plan {
  readonly text: string
  readonly params: readonly unknown[]
  /** The values that a run must evaluate, because they may be invalid. */
  readonly derived: readonly Given<unknown>[]
  /** The answers that are cached, in the order of the statement's further columns. */
  readonly cached: readonly Given<string>[]
  /** The numbers of objects that the caller names. */
  readonly lookups: readonly Given<number>[]
  /** Whether a value in the text may look different in JavaScript, so that the text must be printed again. */
  readonly reprints: boolean
}

/** The plan, or undefined if the operation has fields that are not planned, and the choices that it depends on. */
export interface Compiled {
  readonly plan: Plan | undefined
  readonly choices: readonly Choice[]
}

class NotPlanned extends Error {}

const dialect = new PgDialect()

/** Throws bad input if an argument is known to be invalid. */
export function compile(operation: Operation, run: Run): Compiled {
  const compilation = new Compilation(operation, run)
  try {
    return { plan: compilation.plan(), choices: compilation.compiling.choices }
  } catch (error) {
    if (!(error instanceof NotPlanned)) throw error
    return { plan: undefined, choices: compilation.compiling.choices }
  } finally {
    compilation.compiling.run = undefined
  }
}

class Compilation implements Compiler {
  readonly compiling: Compiling
  readonly env: Env
  readonly operation: Operation
  readonly lookups: Given<number>[] = []
  readonly #run: Run
  readonly #caches: { readonly key: Given<string>; readonly table: SQL }[] = []
  #aliases = 0
  #reprints = false
  /** The conditions under which the field that is compiled has no answer. */
  #unless = new Map<unknown, SQL>()

  constructor(operation: Operation, run: Run) {
    this.operation = operation
    this.#run = run
    this.compiling = { choices: [], derived: [], run }
    const of = <T>(read: (now: Run) => T) => new Given(read, this.compiling)
    this.env = {
      viewer: {
        organizations: run.organizations === null ? 'all' : of(({ organizations }) => organizations ?? []),
      },
      moment: run.moment === undefined ? undefined : of(({ moment }) => moment ?? ''),
      now: of(({ moment }) => moment ?? new Date().toISOString().replace('Z', '999Z')),
      unless: (condition, key) => void this.#unless.set(key, condition),
      cached: (organizationId, question) => this.#cached(organizationId, question),
    }
  }

  plan(): Plan {
    const { schema, operation } = this.operation
    const type = schema.getQueryType() as GraphQLObjectType
    const data = this.objectText(type, this.fieldsOf(type, operation.selectionSet.selections), (field, nodes) =>
      this.fieldText(field, nodes, undefined),
    )
    const columns = [
      concat(['{"data":', data, '}']),
      ...this.#caches.map(
        (
          _,
          i,
        ) => sql`(select json_build_array(id, learnt_at::text, is_known, case when not is_known then answer end)::text
          from ${cacheName(i)})`,
      ),
    ]
    const tables = this.#caches.map(({ table }) => table)
    const prelude = tables.length > 0 ? sql`with ${sql.join(tables, sql`, `)} ` : sql``
    const { sql: text, params } = dialect.sqlToQuery(sql`${prelude}select ${sql.join(columns, sql`, `)}`)
    return {
      text,
      params,
      derived: this.compiling.derived,
      cached: this.#caches.map(({ key }) => key),
      lookups: this.lookups,
      reprints: this.#reprints,
    }
  }

  alias(table: PgTable): Aliased {
    const name = this.nextName('t')
    return {
      row: aliasedTable(table, name) as unknown as Row,
      name: sql.identifier(name) as unknown as SQL,
      from: sql`${sql.identifier(getTableName(table))} ${sql.identifier(name)}`,
    }
  }

  nextName(prefix: string): string {
    this.#aliases += 1
    return `${prefix}${this.#aliases}`
  }

  fieldsOf(type: GraphQLObjectType, selections: Parameters<typeof fieldsOf>[1]): Fields {
    return fieldsOf(type, selections, this.operation, this.#run.variables)
  }

  objectText(type: GraphQLObjectType, fields: Fields, textOf: (field: Field, nodes: FieldNode[]) => SQL | string): SQL {
    const parts: (string | SQL)[] = ['{']
    for (const [key, nodes] of fields) {
      const name = nodes[0]?.name.value as string
      parts.push(`${parts.length > 1 ? ',' : ''}"${key}":`)
      if (name === '__typename') {
        parts.push(`"${type.name}"`)
        continue
      }
      const field = type.getFields()[name]
      if (!field) throw new NotPlanned()
      parts.push(textOf(field, nodes))
    }
    return concat([...parts, '}'])
  }

  rowText(type: GraphQLObjectType, nodes: readonly FieldNode[], parent: unknown): SQL {
    return this.objectText(type, this.fieldsOf(type, below(nodes)), (field, own) => this.fieldText(field, own, parent))
  }

  fieldText(field: Field, nodes: readonly FieldNode[], parent: unknown): SQL {
    const read = field.extensions.sql as FieldRead | undefined
    if (!read) throw new NotPlanned()
    const outer = this.#unless
    this.#unless = new Map()
    const args = argumentsOf(field, nodes[0] as FieldNode, { ...this.compiling, run: this.#run })
    const text =
      typeof read === 'function'
        ? this.#valueText(field, read(parent as never, args as never, this.env))
        : this.#readText(read, field, nodes, parent, args)
    const conditions = [...this.#unless.values()]
    this.#unless = outer
    const [first] = conditions
    return first ? unansweredIf(or(...conditions) ?? first, text) : text
  }

  oneOrNull(field: Field, text: SQL): SQL {
    return isNonNullType(field.type) ? orUnanswered(text) : orNull(text)
  }

  objectTypeOf(field: Field): GraphQLObjectType {
    const type = getNamedType(field.type)
    if (isAbstractType(type)) throw new NotPlanned()
    return type as GraphQLObjectType
  }

  notPlanned(): never {
    throw new NotPlanned()
  }

  #valueText(field: Field, value: SQL | Column | Given<string> | string): SQL {
    if (!printsAlike(field.type)) this.#reprints = true
    const isText = typeof value === 'string' || value instanceof Given
    return valueText(field.type, isText ? sql`${value}::text` : value)
  }

  #readText(read: Read, field: Field, nodes: readonly FieldNode[], parent: unknown, args: object): SQL {
    switch (read.kind) {
      case 'one':
      case 'list':
        return this.#relatedText(read, field, nodes, parent, args)
      case 'page':
        return pageText(this, read.spec as PageRead<Row, Row, unknown, unknown>, { field, nodes, parent, args })
      case 'refs':
        return refsText(this, read.spec as RefsSpec, { field, nodes, parent, args })
      case 'same': {
        const { view } = read.spec as { view?: (parent: unknown) => unknown }
        return this.rowText(this.objectTypeOf(field), nodes, view ? view(parent) : parent)
      }
      case 'query': {
        const { columns, of } = read.spec as QuerySpec
        const name = sql.identifier(this.nextName('q'))
        const row = Object.fromEntries(columns.map((column) => [column, sql`${name}.${sql.identifier(column)}`]))
        const rows = sql`(${of(parent, args, this.env)}) ${name}`
        return listText(sql`select ${this.rowText(this.objectTypeOf(field), nodes, row)} from ${rows}`)
      }
    }
  }

  #relatedText({ kind, spec }: Read, field: Field, nodes: readonly FieldNode[], parent: unknown, args: object): SQL {
    const { table, via, where, orderBy, known } = spec as ListRead<Row, Row, unknown, unknown>
    const rows = this.alias(table)
    const node = via ? this.alias(via.table) : rows
    const join = via ? sql` join ${node.from} on ${via.on(node.row, rows.row)}` : sql``
    const condition = where?.(rows.row, parent, args, this.env) ?? sql`true`
    const text = this.rowText(this.objectTypeOf(field), nodes, node.row)
    const found = sql`select ${text} from ${rows.from}${join} where ${condition}`
    if (kind === 'one') return this.oneOrNull(field, sql`(${found} limit 1)`)
    const ordered = sql`${found} order by ${sql.join(orderBy(rows.row, node.row), sql`, `)}`
    return ifKnown(known?.(parent), listText(ordered))
  }

  /** Adds a table of one row: the cached answer if it is still valid, and otherwise the answer. */
  #cached(organizationId: SQL, question: SQL): SQL {
    const asked = dialect.sqlToQuery(sql`${organizationId} ${question}`)
    const key = new Given((run) => {
      const values = asked.params.map((param) => (param instanceof Given ? param.of(run) : param))
      return JSON.stringify([run.moment ?? null, asked.sql, values])
    }, this.compiling)
    const recalled = new Given((run) => run.recall(key.of(run)), this.compiling)
    const stays = new Given((run) => {
      const learntAt = recalled.of(run)?.learntAt
      return String(run.moment !== undefined && learntAt !== undefined && run.moment <= isoOf(learntAt))
    }, this.compiling)
    const name = cacheName(this.#caches.length)
    const table = sql`${name} as materialized (
      select o.id, o.learnt_at, k.is_known,
        case when k.is_known then ${recalled.map((one) => one?.answer ?? null)}::text else (select to_json((${question}))::text) end as answer
      from organizations o cross join lateral (
        select coalesce(o.id = ${recalled.map((one) => one?.organizationId ?? null)}::bigint
          and (${stays}::text::boolean or o.learnt_at = ${recalled.map((one) => one?.learntAt ?? null)}::timestamptz), false) as is_known) k
      where o.id = ${organizationId})`
    this.#caches.push({ key, table })
    return sql`(select answer from ${name})`
  }
}

interface QuerySpec {
  readonly columns: readonly string[]
  readonly of: (parent: unknown, args: unknown, env: Env) => SQL
}

function cacheName(index: number): SQL {
  return sql.raw(`cached_${index + 1}`)
}
