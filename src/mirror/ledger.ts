/**
 * What one transaction is going to write, gathered row by row and written table by table: one `insert … select from unnest` a table,
 * whatever the number of rows. Nothing is sent before `write`.
 */
import { array } from './array.ts'
import type { Transaction } from './database.ts'
import type { Observation } from './observation.ts'
import type { LockedOrganization } from './organization-lock.ts'
import { feedChannel } from './wakes.ts'

type ColumnType = 'bigint' | 'int' | 'uuid' | 'smallint' | 'text' | 'timestamptz' | 'boolean'
/** A column whose values go over the wire as text and are cast: enums, JSON and arrays, which unnest would flatten. */
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

const tables = {
  users: {
    name: 'users',
    columns: {
      id: 'bigint',
      organization_id: 'bigint',
      primary_email: 'text',
      address_key: 'text',
      domain: 'text',
      first_name: 'text',
      last_name: 'text',
      type: 'user_type',
      status: 'user_status',
      mailbox_size: 'int',
      spam_policy: 'jsonb',
      created_at: 'timestamptz',
      updated_at: 'timestamptz',
      profile_known: 'smallint',
      profile_at: 'timestamptz',
      roles_at: 'timestamptz',
      aliases_at: 'timestamptz',
      groups_at: 'timestamptz',
      read_at: 'timestamptz',
      list_fields: 'smallint',
      unresolved_groups: 'text[]',
      answer_digest: 'uuid',
      relations_wanted_at: 'timestamptz',
      asked_at: 'timestamptz',
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
    },
  },
  changePlaces: {
    name: 'change_places',
    columns: { node_id: 'bigint', kind: 'change_kind', last_position: 'bigint' },
  },
} as const satisfies Record<string, Table>

type TableName = keyof typeof tables
type Value = string | number | boolean | null
export type Row<T extends TableName> = Record<keyof (typeof tables)[T]['columns'], Value>

export type ChangeKind =
  | 'USER_CREATED'
  | 'USER_DELETED'
  | 'USER_RECREATED'
  | 'FIELD_CHANGED'
  | 'MEMBER_ADDED'
  | 'MEMBER_REMOVED'
  | 'ROLE_GRANTED'
  | 'ROLE_REVOKED'
  | 'ALIAS_ADDED'
  | 'ALIAS_REMOVED'
  | 'GROUP_CREATED'
  | 'GROUP_DELETED'
  | 'GROUP_RENAMED'

/** The kinds that stand first in the set with which a subject begins. */
export const beginnings = ['USER_CREATED', 'USER_RECREATED', 'GROUP_CREATED'] as const satisfies readonly ChangeKind[]

/** Those whose object, a group or a role, has a place in `change_places`. */
const objectKinds: ReadonlySet<ChangeKind> = new Set(['MEMBER_ADDED', 'MEMBER_REMOVED', 'ROLE_GRANTED', 'ROLE_REVOKED'])

export interface Change {
  readonly kind: ChangeKind
  readonly object?: number
  readonly field?: string
  readonly before?: unknown
  readonly after?: unknown
  /** It happened after this; null: unknown. */
  readonly notBefore: string | null
}

export class Ledger {
  readonly organizationId: number
  /** When the mirror learns all of this. */
  readonly now: string
  readonly #observation: Observation
  readonly #rows: { [T in TableName]: Row<T>[] } = {
    users: [],
    aliases: [],
    memberships: [],
    grants: [],
    groups: [],
    changeSets: [],
    changePlaces: [],
  }
  #position: number
  #reachedAt: string

  constructor(organization: LockedOrganization, observation: Observation) {
    this.organizationId = organization.id
    this.#position = organization.feedPosition
    this.#reachedAt = organization.feedReachedAt
    this.now = organization.now
    this.#observation = observation
  }

  add<T extends Exclude<TableName, 'changeSets' | 'changePlaces'>>(table: T, row: Row<T>): void {
    const rows: Row<T>[] = this.#rows[table]
    rows.push(row)
  }

  /** The subject's changes, in the order in which readers shall see them. */
  record(subjectId: number, changes: readonly Change[]): void {
    let from = 0
    while (from < changes.length) {
      const notBefore = changes[from]?.notBefore ?? null
      let to = from + 1
      while (to < changes.length && (changes[to]?.notBefore ?? null) === notBefore) to += 1
      this.#recordSet(subjectId, changes.slice(from, to), notBefore)
      from = to
    }
  }

  #recordSet(subjectId: number, changes: readonly Change[], notBefore: string | null): void {
    const { arrivedAt } = this.#observation
    this.#position += changes.length
    if (arrivedAt > this.#reachedAt) this.#reachedAt = arrivedAt
    this.#rows.changeSets.push({
      organization_id: this.organizationId,
      last_position: this.#position,
      subject_id: subjectId,
      kinds: array(changes.map((change) => change.kind)),
      object_ids: array(changes.map((change) => change.object)),
      fields: changes.some((change) => change.field) ? array(changes.map((change) => change.field)) : null,
      befores: valuesOf(changes, 'before'),
      afters: valuesOf(changes, 'after'),
      origin: this.#observation.origin,
      not_before: notBefore,
      not_after: arrivedAt,
      reached_at: this.#reachedAt,
      applied_at: this.now,
      actor: this.#observation.actor ?? null,
      pull_id: this.#observation.pullId ?? null,
    })
    this.#addPlaces(subjectId, changes)
  }

  #addPlaces(subjectId: number, changes: readonly Change[]): void {
    const last_position = this.#position
    const begins = beginnings.some((kind) => kind === changes[0]?.kind)
    const kinds = begins ? [] : new Set(changes.map((change) => change.kind))
    for (const kind of kinds) this.#rows.changePlaces.push({ node_id: subjectId, kind, last_position })
    for (const { kind, object } of changes) {
      if (object !== undefined && objectKinds.has(kind)) {
        this.#rows.changePlaces.push({ node_id: object, kind, last_position })
      }
    }
  }

  /** Writes everything, and moves the organization's feed to its new end. The caller holds the organization's lock. */
  async write(tx: Transaction): Promise<void> {
    const inserts = (Object.keys(tables) as TableName[])
      .filter((table) => this.#rows[table].length > 0)
      .map((table) => insert(tx, tables[table], this.#rows[table]))
    await Promise.all([
      ...inserts,
      tx`
        with moved as (
          update organizations set feed_position = ${this.#position}, feed_reached_at = ${this.#reachedAt},
            learnt_at = ${this.now}
          where id = ${this.organizationId}
          returning id
        )
        select pg_notify(${feedChannel}, id::text) from moved`,
    ])
  }
}

/** JSON of the values beside the changes: as long as the last that has one; null where none has. */
function valuesOf(changes: readonly Change[], side: 'before' | 'after'): string | null {
  const last = changes.findLastIndex((change) => change[side] != null)
  return last < 0 ? null : JSON.stringify(changes.slice(0, last + 1).map((change) => change[side] ?? null))
}

/** What all rows have alike (most times are, and the organization) is sent once: parsing it for each would cost more than the rest. */
function insert(tx: Transaction, table: Table, rows: readonly Record<string, Value>[]): Promise<unknown> {
  const columns = Object.entries(table.columns).map(([name, type], i) => {
    const values = rows.map((row) => row[name])
    const isAlike = values.every((value) => value === values[0])
    const value = isPlain(type) ? name : `${name}::${type}`
    return isAlike
      ? { name, select: `$${i + 1}::text::${type}`, parameter: values[0] == null ? null : String(values[0]) }
      : { name, select: value, from: `$${i + 1}::${isPlain(type) ? type : 'text'}[]`, parameter: array(values) }
  })
  const varying = columns.filter((column) => column.from !== undefined)
  return tx.unsafe(
    `insert into ${table.name} (${columns.map(({ name }) => name).join(', ')})
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

function isPlain(type: ColumnType | CastType): type is ColumnType {
  return ['bigint', 'int', 'uuid', 'smallint', 'text', 'timestamptz', 'boolean'].includes(type)
}
