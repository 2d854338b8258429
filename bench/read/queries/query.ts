/** What a query of the comparison consists of: its parameters, and how each contender is asked for the same answer. */

/** One request's parameters, by name. */
export type Parameters = Readonly<Record<string, string | readonly string[]>>

export interface GraphQLRequest {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

export type Ask = (parameters: Parameters) => GraphQLRequest

export interface Query {
  readonly name: string
  /**
   * SQL that returns the parameters of one request per row. `$1` is the number of rows. It must return the same rows
   * for the same data.
   */
  readonly parameters: string
  /** Requests of this project's API. */
  readonly ours: Ask
  /** A request of this project's API whose answer supplies further parameters, such as a cursor. Sent once per row. */
  readonly before?: { readonly ask: Ask; readonly parameters: (data: unknown) => Parameters }
  /** Null if the contender cannot answer it. */
  readonly mercurius: Ask | null
  /** `data` converts an answer into the shape of ours. */
  readonly postgraphile: { readonly ask: Ask; readonly data: (data: never) => unknown } | null
  /** One statement that returns the text of the answer's `data` in the column `json`. */
  readonly limit: { readonly sql: string; readonly values: (parameters: Parameters) => readonly unknown[] }
}

/** SQL that returns `$1` live users in an order that looks random and is always the same. */
export const someUsers = `(select * from users where deleted_at is null order by hashint8(id), id limit $1)`

/** A user as PostGraphile nests it: each relation is a connection of rows that refer to an object. */
export interface NestedUser {
  readonly aliases: { readonly nodes: readonly unknown[] }
  readonly roles: { readonly nodes: readonly { readonly role: unknown }[] }
  readonly groups: { readonly nodes: readonly { readonly group: unknown }[] }
}

export function globalIdOf(type: string, id: unknown): string {
  return Buffer.from(`${type}:${id}`).toString('base64')
}
