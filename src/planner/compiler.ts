/** What the parts of the compiler share. */
import type { Column, SQL } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { FieldNode, GraphQLField, GraphQLObjectType, GraphQLSchema, SelectionNode } from 'graphql'
import type { Env, QueryRead } from './read.ts'
import type { Fields } from './selection.ts'

export type Field = GraphQLField<unknown, unknown>
export type Row = PgTable & Record<string, Column>

export interface Aliased {
  readonly row: Row
  readonly name: SQL
  /** The table with its alias, for a list of tables. */
  readonly from: SQL
}

/** A field in the document, and what its read is given. */
export interface Place {
  readonly field: Field
  readonly nodes: readonly FieldNode[]
  readonly parent: unknown
  readonly args: unknown
}

export interface Compiler {
  readonly env: Env
  readonly schema: GraphQLSchema
  /** Whether the statement's text is the answer, or holds the parents for the executor of graphql-js. */
  readonly isText: boolean
  alias(table: PgTable): Aliased
  /** A table, or a query about `parent`, whose columns are the row. */
  rowsOf(source: PgTable | QueryRead<never, never>, parent: unknown, args?: unknown): { row: unknown; from: SQL }
  nextName(prefix: string): string
  fieldsOf(type: GraphQLObjectType, selections: readonly SelectionNode[]): Fields
  /** The text of an object: its fields in the order of the document. `brand`: its type, for the executor. */
  objectText(
    type: GraphQLObjectType,
    fields: Fields,
    textOf: (field: Field, nodes: FieldNode[]) => SQL | string,
    brand?: string,
  ): SQL
  /** The text of everything that is selected on a row. */
  rowText(type: GraphQLObjectType, nodes: readonly FieldNode[], parent: unknown, brand?: string): SQL
  /** The text of a field, which declares in its extensions how it is read. */
  fieldText(field: Field, nodes: readonly FieldNode[], parent: unknown): SQL
  objectTypeOf(field: Field): GraphQLObjectType
  /** Ends the compilation: the executor of graphql-js has to answer the operation. */
  notPlanned(): never
}
