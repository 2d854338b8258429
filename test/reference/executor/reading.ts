/** What one operation reads, and the parts that every resolver needs. */
import type { OrganizationRow, State } from './rows.ts'

export interface Reading {
  readonly state: State
  /** The organizations that the caller sees, by slug. */
  readonly visible: readonly OrganizationRow[]
  /** The moment as of which the operation answers; undefined: now. */
  readonly moment: string | undefined
  readonly scopes: readonly string[]
  /** Asks the server a plain question as the same caller at the same moment. Throws its first error. */
  ask(question: string, variables: object): Promise<Record<string, unknown>>
}

// biome-ignore lint/suspicious/noExplicitAny: the schema determines the types of a field's source and arguments.
export type Resolver = (source: any, args: any, reading: Reading) => unknown
/** The fields of a type. */
export type Fields = Readonly<Record<string, Resolver>>

export const column =
  (name: string): Resolver =>
  (row: object) =>
    Reflect.get(row, name)

export const columns = (...names: readonly string[]): Fields =>
  Object.fromEntries(names.map((name) => [name, column(name)]))

/** The relationships that have not ended. */
export const standing = <Row extends { readonly valid_to: string | null }>(rows: readonly Row[]): Row[] =>
  rows.filter(({ valid_to }) => valid_to === null)

const indexes = new WeakMap<object, Map<string, Map<unknown, unknown[]>>>()

/** The rows with a value in a column. */
export function where<Row extends object>(
  rows: readonly Row[],
  name: keyof Row & string,
  value: unknown,
): readonly Row[] {
  const index = indexes.get(rows) ?? new Map<string, Map<unknown, unknown[]>>()
  indexes.set(rows, index)
  const groups = index.get(name) ?? Map.groupBy(rows, (row) => row[name] as unknown)
  index.set(name, groups)
  return (groups.get(value) ?? []) as Row[]
}

export const byId = <Row extends { readonly id: number }>(rows: readonly Row[], id: number): Row => {
  const [row] = where(rows, 'id', id)
  if (!row) throw new Error(`The dump lacks the row ${id}`)
  return row
}

/** The row of a node that the caller sees. */
export function rowOf({ state, visible }: Reading, type: string, key: number): object | null {
  if (type === 'Organization') return visible.find((one) => one.id === key) ?? null
  const tables: Record<string, readonly { id: number; organization_id: number }[]> = {
    User: state.users,
    Group: state.groups,
    Role: state.roles,
    Alias: state.aliases,
    Pull: state.pulls,
    Finding: state.findings,
    Operation: state.operations,
  }
  const [row] = where(tables[type] ?? [], 'id', key)
  return row && visible.some((one) => one.id === row.organization_id) ? row : null
}
