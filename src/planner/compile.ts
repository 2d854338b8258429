/**
 * Compiles an operation, or what it selects of objects that JavaScript names, into one SQL statement
 * (docs/architecture.md, "The planner"). The statement's text is either the whole answer, or holds the parents for the
 * executor of graphql-js.
 */
import { aliasedTable, type Column, getTableName, is, or, type SQL, sql } from 'drizzle-orm'
import { PgDialect, PgTable } from 'drizzle-orm/pg-core'
import {
  type FieldNode,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isNonNullType,
} from 'graphql'
import { type CachedAnswer, CachedAnswers } from './cached-answers.ts'
import { pageText } from './compile-page.ts'
import { refOrError, refsText } from './compile-refs.ts'
import type { Aliased, Compiler, Field, Row } from './compiler.ts'
import { type Choice, type Compiling, Given, type Run } from './given.ts'
import {
  checkKey,
  concat,
  errorText,
  ifKnown,
  listText,
  literal,
  orNull,
  orUnanswered,
  printsAlike,
  typeKey,
  unansweredIf,
  valueText,
} from './json-text.ts'
import type { Env, ListRead, PageRead, QueryRead, Read, RefsRead } from './read.ts'
import { argumentsOf, below, type Fields, fieldsOf, type Operation } from './selection.ts'
import type { PlannedField } from './sql-plugin.ts'

export interface Plan {
  readonly text: string
  readonly params: readonly unknown[]
  /** The values that a run must evaluate, because they may be invalid. */
  readonly derived: readonly Given<unknown>[]
  /** The answers that are cached, in the order of the statement's further columns. */
  readonly cached: readonly CachedAnswer[]
  /** The numbers of objects that the caller names. */
  readonly lookups: readonly Given<number>[]
  /** Whether a value in the text may look different in JavaScript, so that the text must be printed again. */
  readonly reprints: boolean
  /** Whether the text has an error in the place of a field: then the plan is for this run only. */
  readonly isFaulty: boolean
}

/** The plan, or undefined if the operation has fields that are not planned, and the choices that it depends on. */
export interface Compiled {
  readonly plan: Plan | undefined
  readonly choices: readonly Choice[]
}

/** What a plan answers: fields of Query, or what is selected of objects that JavaScript names (`Run.refs`). */
export type Question = Operation & {
  /** Whether the text is the whole answer. */
  readonly isText: boolean
} & ({ readonly fields: Fields } | { readonly nodes: readonly FieldNode[] })

class NotPlanned extends Error {}

const dialect = new PgDialect()

/** An error of a field takes its place, unless the text is the whole answer: then it is thrown. */
export function compile(question: Question, run: Run): Compiled {
  const compilation = new Compilation(question, run)
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
  readonly isText: boolean
  readonly schema: GraphQLSchema
  readonly #question: Question
  readonly #run: Run
  readonly #cached: CachedAnswers
  readonly #lookups: Given<number>[] = []
  #lookupsLeft: number
  #aliases = 0
  #reprints = false
  #isFaulty = false
  /** The conditions under which the field that is compiled has no answer. */
  #unless = new Map<unknown, SQL>()

  constructor(question: Question, run: Run) {
    this.#question = question
    this.isText = question.isText
    this.schema = question.schema
    this.#run = run
    this.#lookupsLeft = run.lookupsLeft
    this.compiling = { choices: [], derived: [], run }
    this.#cached = new CachedAnswers(this.compiling)
    const of = <T>(read: (now: Run) => T) => new Given(read, this.compiling)
    this.env = {
      viewer: {
        organizations: run.organizations === null ? 'all' : of(({ organizations }) => organizations ?? []),
      },
      moment: run.moment === undefined ? undefined : of(({ moment }) => moment ?? ''),
      now: of(({ moment }) => moment ?? new Date().toISOString().replace('Z', '999Z')),
      unless: (condition, key) => void this.#unless.set(key, condition),
      shared: (key, query) => this.#cached.shared.add(key, query),
      cached: (organizationId, question) => this.#cached.add(organizationId, question),
    }
  }

  plan(): Plan {
    const data = this.#dataText()
    const columns = [this.isText ? concat(['{"data":', data, '}']) : data, ...this.#cached.columns]
    const query = sql`select ${sql.join(columns, sql`, `)}`
    const { sql: text, params } = dialect.sqlToQuery(this.#cached.before(query))
    return {
      text,
      params,
      derived: this.#isFaulty ? [] : this.compiling.derived,
      cached: this.#cached.answers,
      lookups: this.#lookups,
      reprints: this.#reprints,
      isFaulty: this.#isFaulty,
    }
  }

  #dataText(): SQL {
    if ('nodes' in this.#question) {
      const named = new Given(({ refs }) => refs, this.compiling)
      return refsText(this, named, this.#question.nodes).list
    }
    const type = this.schema.getQueryType() as GraphQLObjectType
    return this.objectText(type, this.#question.fields, (field, nodes) => this.fieldText(field, nodes, undefined))
  }

  alias(table: PgTable): Aliased {
    const name = this.nextName('t')
    return {
      row: aliasedTable(table, name) as unknown as Row,
      name: sql.identifier(name) as unknown as SQL,
      from: sql`${sql.identifier(getTableName(table))} ${sql.identifier(name)}`,
    }
  }

  rowsOf(source: PgTable | QueryRead<never, never>, parent: unknown, args: unknown = {}): { row: unknown; from: SQL } {
    if (is(source, PgTable)) return this.alias(source)
    const name = sql.identifier(this.nextName('q'))
    const row = Object.fromEntries(source.columns.map((column) => [column, sql`${name}.${sql.identifier(column)}`]))
    return { row, from: sql`(${source.of(parent as never, args as never, this.env)}) ${name}` }
  }

  nextName(prefix: string): string {
    this.#aliases += 1
    return `${prefix}${this.#aliases}`
  }

  fieldsOf(type: GraphQLObjectType, selections: Parameters<typeof fieldsOf>[1]): Fields {
    return fieldsOf(type, selections, this.#question, this.#run.variables)
  }

  objectText(
    type: GraphQLObjectType,
    fields: Fields,
    textOf: (field: Field, nodes: FieldNode[]) => SQL | string,
    brand?: string,
  ): SQL {
    const parts: (string | SQL)[] = brand === undefined ? [] : [`"${typeKey}":"${brand}"`]
    for (const [key, nodes] of fields) {
      const name = nodes[0]?.name.value as string
      const start = `${parts.length > 0 ? ',' : ''}"${key}":`
      if (name === '__typename') {
        parts.push(`${start}"${type.name}"`)
        continue
      }
      const field = type.getFields()[name]
      if (!field) throw new NotPlanned()
      parts.push(start, textOf(field, nodes))
    }
    return concat(['{', ...parts, '}'])
  }

  rowText(type: GraphQLObjectType, nodes: readonly FieldNode[], parent: unknown, brand?: string): SQL {
    const fields = this.fieldsOf(type, below(nodes))
    return this.objectText(type, fields, (field, own) => this.fieldText(field, own, parent), brand)
  }

  fieldText(field: Field, nodes: readonly FieldNode[], parent: unknown): SQL {
    const outer = this.#unless
    this.#unless = new Map()
    try {
      return this.#checked(this.#fieldText(field, nodes, parent))
    } catch (error) {
      if (this.isText || !(error instanceof GraphQLError)) throw error
      this.#isFaulty = true
      return literal(errorText(error))
    } finally {
      this.#unless = outer
    }
  }

  #fieldText(field: Field, nodes: readonly FieldNode[], parent: unknown): SQL {
    const { sql: read, compute, refs } = field.extensions as PlannedField<unknown>
    const isForJavaScript = typeof read === 'function' && (compute ?? refs) !== undefined
    if (!read || (this.isText && isForJavaScript)) throw new NotPlanned()
    const args = argumentsOf(field, nodes[0] as FieldNode, this.compiling)
    if (typeof read !== 'function') return this.#readText(read, field, nodes, parent, args)
    const value = read(parent as never, args as never, this.env)
    return isForJavaScript ? orNull(sql`to_json(${value})::text`) : this.#valueText(field, value)
  }

  /** In a text, a field without an answer is unanswered. The executor checks it, and shows the value otherwise. */
  #checked(text: SQL): SQL {
    const [first, ...others] = this.#unless.values()
    if (!first) return text
    const condition = or(first, ...others) ?? first
    if (this.isText) return unansweredIf(condition, text)
    return sql`${literal(`{"${checkKey}":`)} || (${condition})::text || ',"value":' || ${text} || '}'`
  }

  /** The text of a related object that may be missing. The executor reports a null in the place of a non-null field. */
  #oneOrNull(field: Field, text: SQL): SQL {
    return this.isText && isNonNullType(field.type) ? orUnanswered(text) : orNull(text)
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
    return valueText(field.type, isText ? sql`${value}::text` : value, !this.isText)
  }

  #readText(read: Read, field: Field, nodes: readonly FieldNode[], parent: unknown, args: object): SQL {
    switch (read.kind) {
      case 'one':
      case 'list':
        return this.#relatedText(read, field, nodes, parent, args)
      case 'page':
        return pageText(this, read.spec as PageRead<Row, Row, unknown, unknown>, { field, nodes, parent, args })
      case 'refs':
      case 'oneRef':
        return this.#refsText(read, field, nodes, args)
      case 'same': {
        const { view } = read.spec as { view?: (parent: unknown) => unknown }
        return this.rowText(this.objectTypeOf(field), nodes, view ? view(parent) : parent)
      }
      case 'query': {
        const { row, from } = this.rowsOf(read.spec as QueryRead<never, never>, parent, args)
        return listText(sql`select ${this.rowText(this.objectTypeOf(field), nodes, row)} from ${from}`)
      }
    }
  }

  #refsText({ kind, spec }: Read, field: Field, nodes: readonly FieldNode[], args: object): SQL {
    const { names, refOf } = spec as RefsRead<unknown, unknown>
    const named = names(args)
    if (kind === 'oneRef') {
      const ref = named.map((all) => all.map((one) => refOf(one, this.env)))
      return this.#oneOrNull(field, refsText(this, ref, nodes).first)
    }
    // Before any name is read: an operation can repeat a long list of wrong names.
    const count = named.map(({ length }) => length)
    this.#lookupsLeft -= count.of(this.#run)
    if (this.#lookupsLeft < 0) throw this.#run.tooManyLookups()
    this.#lookups.push(count)
    const refs = named.map((all) => all.map((one) => refOrError(this.isText, () => refOf(one, this.env))))
    return refsText(this, refs, nodes).list
  }

  #relatedText({ kind, spec }: Read, field: Field, nodes: readonly FieldNode[], parent: unknown, args: object): SQL {
    const { table, via, where, orderBy, known } = spec as ListRead<Row, Row, unknown, unknown>
    const rows = this.alias(table)
    const node = via ? this.alias(via.table) : rows
    const join = via ? sql` join ${node.from} on ${via.on(node.row, rows.row)}` : sql``
    const condition = where?.(rows.row, parent, args, this.env) ?? sql`true`
    const text = this.rowText(this.objectTypeOf(field), nodes, node.row)
    const found = sql`select ${text} from ${rows.from}${join} where ${condition}`
    if (kind === 'one') return this.#oneOrNull(field, sql`(${found} limit 1)`)
    const ordered = sql`${found} order by ${sql.join(orderBy(rows.row, node.row, parent), sql`, `)}`
    return ifKnown(known?.(parent), listText(ordered))
  }
}
