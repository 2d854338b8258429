import type { Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { profileColumnTypes } from './profile.ts'

/** Bulk inserts into the mirror's tables. */

type ColumnType = 'bigint' | 'int' | 'uuid' | 'smallint' | 'text' | 'timestamptz' | 'boolean'
/** Column types whose values are sent as text and cast: enums, JSON, and arrays, which unnest would flatten. */
type CastType =
  | 'user_type'
  | 'user_status'
  | 'jsonb'
  | 'text[]'
  | 'bigint[]'
  | 'change_kind'
  | 'change_kind[]'
  | 'change_origin'

interface Table {
  readonly name: string
  readonly columns: Readonly<Record<string, ColumnType | CastType>>
}

/** The columns of a user that its earlier versions also have. */
export const versionedColumns = {
  ...profileColumnTypes,
  address_key: 'text',
  domain: 'text',
  profile_known: 'smallint',
  profile_at: 'timestamptz',
  roles_at: 'timestamptz',
  aliases_at: 'timestamptz',
  groups_at: 'timestamptz',
  unresolved_groups: 'text[]',
} as const satisfies Table['columns']

const tables = {
  users: {
    name: 'users',
    columns: {
      id: 'bigint',
      organization_id: 'bigint',
      ...versionedColumns,
      vendor_id: 'text',
      read_at: 'timestamptz',
      list_fields: 'smallint',
      answer_digest: 'uuid',
      relations_wanted_at: 'timestamptz',
      valid_from: 'timestamptz',
      version_from: 'timestamptz',
    },
  },
  aliases: {
    name: 'aliases',
    columns: {
      id: 'bigint',
      organization_id: 'bigint',
      user_id: 'bigint',
      address: 'text',
      address_key: 'text',
      domain: 'text',
      valid_from: 'timestamptz',
    },
  },
  memberships: {
    name: 'memberships',
    columns: {
      user_id: 'bigint',
      group_id: 'bigint',
      organization_id: 'bigint',
      happened_by: 'timestamptz',
      valid_from: 'timestamptz',
    },
  },
  grants: {
    name: 'role_grants',
    columns: { user_id: 'bigint', role_id: 'bigint', organization_id: 'bigint', valid_from: 'timestamptz' },
  },
  groups: {
    name: 'groups',
    columns: {
      id: 'bigint',
      organization_id: 'bigint',
      group_id: 'text',
      name: 'text',
      member_count: 'int',
      profile_at: 'timestamptz',
      valid_from: 'timestamptz',
      version_from: 'timestamptz',
    },
  },
  changeSets: {
    name: 'change_sets',
    columns: {
      organization_id: 'bigint',
      last_position: 'bigint',
      subject_id: 'bigint',
      kinds: 'change_kind[]',
      object_ids: 'bigint[]',
      fields: 'text[]',
      befores: 'jsonb',
      afters: 'jsonb',
      origin: 'change_origin',
      not_before: 'timestamptz',
      not_after: 'timestamptz',
      reached_at: 'timestamptz',
      applied_at: 'timestamptz',
      actor: 'text',
      pull_id: 'bigint',
      baseline: 'boolean',
    },
  },
  changePlaces: {
    name: 'change_places',
    columns: {
      node_id: 'bigint',
      kind: 'change_kind',
      last_position: 'bigint',
      positions: 'bigint[]',
      baseline: 'boolean',
    },
  },
} as const satisfies Record<string, Table>

export type TableName = keyof typeof tables
export const tableNames = Object.keys(tables) as TableName[]

type Value = string | number | boolean | null
export type Row<T extends TableName> = Record<keyof (typeof tables)[T]['columns'], Value>

/**
 * Inserts any number of rows with one `insert … select from unnest`. A value that all rows share (most times, and the
 * organization) is sent once: parsing it for each row would cost more than everything else.
 */
export function insertRows<T extends TableName>(
  tx: Transaction,
  table: T,
  rows: readonly Record<string, Value>[],
): Promise<unknown> {
  const { name: tableName, columns: types }: Table = tables[table]
  const columns = Object.entries(types).map(([name, type], i) => {
    const values = rows.map((row) => row[name])
    const isAlike = values.every((value) => value === values[0])
    const value = isPlain(type) ? name : `${name}::${type}`
    return isAlike
      ? { name, select: `$${i + 1}::text::${type}`, parameter: values[0] == null ? null : String(values[0]) }
      : { name, select: value, from: `$${i + 1}::${isPlain(type) ? type : 'text'}[]`, parameter: array(values) }
  })
  const varying = columns.filter((column) => column.from !== undefined)
  return tx.unsafe(
    `insert into ${tableName} (${columns.map(({ name }) => name).join(', ')})
    select ${columns.map(({ select }) => select).join(', ')}
    from ${
      varying.length === 0
        ? `generate_series(1, ${rows.length})`
        : `unnest(${varying.map(({ from }) => from).join(', ')}) as t(${varying.map(({ name }) => name).join(', ')})`
    }`,
    columns.map(({ parameter }) => parameter),
    { prepare: true },
  )
}

/**
 * Updates rows by their ids with one `update … from unnest`. `columns` are set to the values of `rows`. `more` are
 * further assignments as SQL text, which may use `t.NAME` for the columns in `helpers`, and `$1` for `parameter`.
 */
export function updateRows(
  tx: Transaction,
  table: string,
  { columns, helpers, more, parameter }: Update,
  rows: readonly Record<string, Value>[],
): Promise<unknown> {
  const sent = Object.entries<ColumnType | CastType>({ id: 'bigint', ...columns, ...helpers })
  const assigned = Object.entries(columns).map(
    ([name, type]) => `${name} = t.${isPlain(type) ? name : `${name}::${type}`}`,
  )
  const arrays = sent.map(([, type], i) => `$${i + 2}::${isPlain(type) ? type : 'text'}[]`)
  return tx.unsafe(
    `update ${table} u set ${[...assigned, ...more].join(', ')}
    from unnest(${arrays.join(', ')}) as t(${sent.map(([name]) => name).join(', ')})
    where u.id = t.id`,
    [parameter, ...sent.map(([name]) => array(rows.map((row) => row[name])))],
    { prepare: true },
  )
}

interface Update {
  readonly columns: Table['columns']
  readonly helpers: Table['columns']
  readonly more: readonly string[]
  readonly parameter: Value
}

function isPlain(type: ColumnType | CastType): type is ColumnType {
  return ['bigint', 'int', 'uuid', 'smallint', 'text', 'timestamptz', 'boolean'].includes(type)
}
