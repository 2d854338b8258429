/** What the parts of the compiler share. */
import type { Column, SQL } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { FieldNode, GraphQLField, GraphQLObjectType, SelectionNode } from 'graphql'
import type { Given } from './given.ts'
import type { Env } from './read.ts'
import type { Fields, Operation } from './selection.ts'

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
  readonly operation: Operation
  /** The numbers of objects that the caller names. */
  readonly lookups: Given<number>[]
  alias(table: PgTable): Aliased
  nextName(prefix: string): string
  fieldsOf(type: GraphQLObjectType, selections: readonly SelectionNode[]): Fields
  /** The text of an object: its fields in the order of the document. */
  objectText(type: GraphQLObjectType, fields: Fields, textOf: (field: Field, nodes: FieldNode[]) => SQL | string): SQL
  /** The text of everything that is selected on a row. */
  rowText(type: GraphQLObjectType, nodes: readonly FieldNode[], parent: unknown): SQL
  /** The text of a field, which declares in its extensions how it is read. */
  fieldText(field: Field, nodes: readonly FieldNode[], parent: unknown): SQL
  /** The text of a related object that may be missing. */
  oneOrNull(field: Field, text: SQL): SQL
  objectTypeOf(field: Field): GraphQLObjectType
  /** Ends the compilation: resolvers have to execute the operation. */
  notPlanned(): never
}
