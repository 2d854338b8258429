/**
 * What one transaction is going to write, gathered row by row and written table by table: one `insert … select from unnest` a table,
 * whatever the number of rows. Nothing is sent before `write`.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { array } from './array.ts'
import { beginnings, type ChangeKind, objectKinds } from './change-kind.ts'
import type { Transaction } from './database.ts'
import { FeedPlaces } from './feed-places.ts'
import { insertRows, type Row, type TableName, tableNames } from './insert-rows.ts'
import type { Observation } from './observation.ts'
import type { LockedOrganization } from './organization-lock.ts'
import { wakeChannel } from './wakes.ts'

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
  readonly #rows: { [T in Exclude<TableName, 'changePlaces'>]: Row<T>[] } = {
    users: [],
    aliases: [],
    memberships: [],
    grants: [],
    groups: [],
    changeSets: [],
  }
  readonly #places = new FeedPlaces()
  #position: number
  #reachedAt: string
  #isTouched = false

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
    const begins = beginnings.some((kind) => kind === changes[0]?.kind)
    for (const { kind, object } of changes) {
      this.#places.add(this.organizationId, kind, this.#position)
      if (!begins) this.#places.add(subjectId, kind, this.#position)
      if (object !== undefined && objectKinds.has(kind)) this.#places.add(object, kind, this.#position)
    }
  }

  /** Something of the mirror is written at `now` that is not gathered here. */
  touch(): void {
    this.#isTouched = true
  }

  /**
   * Writes everything, and moves the organization's feed to its new end; where there is nothing, the mirror stays as old as it is. The
   * caller holds the organization's lock.
   */
  async write(tx: Transaction): Promise<void> {
    const isEmpty = Object.values(this.#rows).every((rows) => rows.length === 0)
    if (isEmpty && !this.#isTouched) return
    const sent: Promise<unknown>[] = []
    for (const table of tableNames) {
      const rows = table === 'changePlaces' ? this.#places.rows() : this.#rows[table]
      if (rows.length === 0) continue
      const insert = insertRows(tx, table, rows)
      // This sends it; whether it failed is asked below. It is on its way while the next is put together.
      insert.catch(() => {})
      sent.push(insert)
      await turn()
    }
    await Promise.all([
      ...sent,
      tx`
        with moved as (
          update organizations set feed_position = ${this.#position}, feed_reached_at = ${this.#reachedAt},
            learnt_at = ${this.now}
          where id = ${this.organizationId}
          returning id
        )
        select pg_notify(${wakeChannel}, id::text) from moved`,
    ])
  }
}

/** JSON of the values beside the changes: as long as the last that has one; null where none has. */
function valuesOf(changes: readonly Change[], side: 'before' | 'after'): string | null {
  const last = changes.findLastIndex((change) => change[side] != null)
  return last < 0 ? null : JSON.stringify(changes.slice(0, last + 1).map((change) => change[side] ?? null))
}
