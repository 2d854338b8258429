/** How a field is read in SQL. Each field of a mirror type declares it as `sql`; compile.ts compiles it. */
import type { Column, SQL } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { GraphQLError } from 'graphql'
import type { Given, Ref, Value } from './given.ts'

export type { Ref }

/** The plan that a read is compiled into. */
export interface Env {
  /** In the form in which conditions on visibility take the caller from a resolver's context. */
  readonly viewer: { readonly organizations: 'all' | Given<readonly string[]> }
  /** The moment as of which the operation answers; undefined: now. */
  readonly moment: Given<string> | undefined
  /** The current time of the process, in ISO 8601. */
  readonly now: Given<string>
  /**
   * The statement has no answer for the field if this holds: the operation is then executed by resolvers, which report
   * the error at its path. Conditions with the same key are the same.
   */
  unless(condition: SQL, key: unknown): void
  /** Returns the value of a query, which the statement executes once. Queries with the same key are the same. */
  shared(key: unknown, query: SQL): SQL
  /**
   * Returns the answer of a query for one JSON value, as text. It is cached until the organization's mirror changes
   * (count-cache.ts). For queries that refer to nothing outside of them.
   */
  cached(organizationId: SQL, question: SQL): SQL
}

/** The parameter types are never, so that a field can declare its own types of row and arguments. */
export type FieldRead = ((row: never, args: never, env: Env) => SQL | Column | Value<string>) | Read

interface Related<Rows, Parent, Args> {
  readonly table: Rows
  readonly where?: (rows: Rows, parent: Parent, args: Args, env: Env) => SQL | undefined
}

/** From the rows to the nodes. */
interface Via<Rows, Node> {
  readonly table: Node
  readonly on: (node: Node, rows: Rows) => SQL
}

export interface ListRead<Rows, Node, Parent, Args> extends Related<Rows, Parent, Args> {
  readonly via?: Via<Rows, Node>
  readonly orderBy: (rows: Rows, node: Node, parent: Parent) => (SQL | Column)[]
  /** The field is null if this does not hold of the parent. */
  readonly known?: (parent: Parent) => SQL
}

/** The name of a table in a query, and the order of its rows. */
export interface OrderedRows {
  readonly name: SQL
  readonly orderBy: readonly SQL[]
}

/** A page's rows: its position, size and order. Made by the module for pagination. */
export interface Window<Rows> {
  readonly size: Given<number>
  readonly backward: boolean
  readonly follows: boolean
  readonly precedes: boolean
  readonly where: (rows: Rows) => SQL | undefined
  readonly orderBy: (rows: Rows) => SQL[]
  /** Adds the limit to a query: the size, plus `extra` rows. `rows`: the query's rows stay in order. */
  readonly limited: (query: SQL, extra: 0 | 1, rows?: OrderedRows) => SQL
  /** The opaque cursor of a row, as text. */
  readonly cursor: (rows: Rows) => SQL
}

/**
 * An array of keys of a table's rows. `ctid`, the place of a row, is found faster than its id. It stays the same within
 * a statement; the views of the past have none.
 */
export interface Keys {
  readonly column: 'id' | 'ctid'
  readonly array: SQL
}

export interface PageRead<Rows, Node, Parent, Args> extends Related<Rows, Parent, Args> {
  readonly via?: Via<Rows, Node>
  readonly window: (args: Args) => Window<Rows>
  readonly known?: (parent: Parent) => SQL
  /** The keys of the page's rows, in place of `where` and the window's condition. Undefined: not needed. */
  readonly keys?: (args: Args, parent: Parent, env: Env, window: Window<Rows>) => Keys | undefined
  /** A query for the number of rows. By default all rows are counted. */
  readonly count?: (args: Args, parent: Parent, env: Env) => SQL
  /** The parent of the connection's own fields. */
  readonly shown?: (args: Args, parent: Parent, env: Env) => unknown
}

/** Returns the reference to a row by its id. */
export function ref(type: string, id: number): Ref {
  return { type, by: 'id', id, name: null, scope: null }
}

/** How a type's rows are found by references. The parameters are columns of the list of references. */
export interface RefSource {
  /** The name of the type, without a prefix. */
  readonly type: string
  readonly table: PgTable | QueryRead<RefColumns, unknown>
  /** The condition for each kind of key. */
  readonly by: Readonly<Record<string, (row: never, ref: RefColumns, env: Env) => SQL>>
  /** For a key of the kind `name` that several organizations may have. */
  readonly ambiguous?: () => GraphQLError
}

export interface RefColumns {
  readonly id: SQL
  readonly name: SQL
  readonly scope: SQL
}

export interface Read {
  readonly kind: 'one' | 'list' | 'page' | 'refs' | 'oneRef' | 'same' | 'query'
  readonly spec: object
}

/** A query, and the columns that fields are read from. */
export interface QueryRead<Parent, Args> {
  readonly columns: readonly string[]
  readonly of: (parent: Parent, args: Args, env: Env) => SQL
}

/** One related row, or null. */
export function one<Rows extends PgTable, Parent, Args>(spec: Related<Rows, Parent, Args>): Read {
  return { kind: 'one', spec }
}

export function list<Rows extends PgTable, Parent, Args, Node extends PgTable = Rows>(
  spec: ListRead<Rows, Node, Parent, Args>,
): Read {
  return { kind: 'list', spec }
}

export function page<Rows extends PgTable, Parent, Args, Node extends PgTable = Rows>(
  spec: PageRead<Rows, Node, Parent, Args>,
): Read {
  return { kind: 'page', spec }
}

/** The names that the caller gives, and how one of them is read. Throws bad input for a name that no object can have. */
export interface RefsRead<Args, Name> {
  readonly names: (args: Args) => Given<readonly Name[]>
  readonly refOf: (name: Name, env: Env) => Ref
}

/** Objects that the caller names, in order. The executor reports an invalid name in its place. */
export function refs<Args, Name>(spec: RefsRead<Args, Name>): Read {
  return { kind: 'refs', spec }
}

/** The object that the caller names. */
export function oneRef<Args, Name>(spec: RefsRead<Args, Name>): Read {
  return { kind: 'oneRef', spec }
}

/** An object whose fields are read from the parent's own row, or from what `view` makes of it. */
export function same<Parent>(view?: (parent: Parent) => unknown): Read {
  return { kind: 'same', spec: { view } }
}

/** The rows of a query, in order, as a list. The fields are read from its columns. */
export function query<Parent, Args>(
  columns: readonly string[],
  of: (parent: Parent, args: Args, env: Env) => SQL,
): Read {
  return { kind: 'query', spec: { columns, of } satisfies QueryRead<Parent, Args> }
}
