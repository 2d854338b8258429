/**
 * Collects everything that one transaction writes, row by row, and writes it table by table with one `insert … select
 * from unnest` each. Sends nothing before `write`.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import type { Observation } from '../observation.ts'
import type { LockedOrganization } from '../organization-lock.ts'
import { insertRows, type Row, type TableName, tableNames } from '../users/insert-rows.ts'
import { beginnings, type ChangeKind, objectKinds } from './change-kind.ts'
import { FeedPlaces } from './feed-places.ts'
import { wakeChannel } from './notifications.ts'

export interface Change {
  readonly kind: ChangeKind
  readonly object?: number
  readonly field?: string
  readonly before?: unknown
  readonly after?: unknown
  /** The change happened after this. Null: unknown. */
  readonly notBefore: string | null
  /** The mirror reads for the first time what had been there before (baseline.ts). */
  readonly baseline?: boolean
}

export class ChangeWriter {
  readonly organizationId: number
  /** The transaction time of all rows: when the mirror records them. */
  readonly now: string
  /** No pull has been complete yet (baseline.ts). */
  readonly isFirstPull: boolean
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
    this.isFirstPull = organization.baselineAt === null
    this.#observation = observation
  }

  add<T extends Exclude<TableName, 'changeSets' | 'changePlaces'>>(table: T, row: Row<T>): void {
    const rows: Row<T>[] = this.#rows[table]
    rows.push(row)
  }

  /** Records the changes of a subject, in the order in which readers see them. */
  record(subjectId: number, changes: readonly Change[]): void {
    let set: Change[] = []
    for (const change of changes) {
      const [first = change] = set
      if (change.notBefore !== first.notBefore || (change.baseline ?? false) !== (first.baseline ?? false)) {
        this.#recordSet(subjectId, set, first)
        set = []
      }
      set.push(change)
    }
    const [first] = set
    if (first) this.#recordSet(subjectId, set, first)
  }

  #recordSet(subjectId: number, changes: readonly Change[], { notBefore, baseline = false }: Change): void {
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
      baseline,
    })
    this.#addPlaces(subjectId, changes, baseline)
  }

  #addPlaces(subjectId: number, changes: readonly Change[], baseline: boolean): void {
    const begins = beginnings.some((kind) => kind === changes[0]?.kind)
    for (const { kind, object } of changes) {
      this.#places.add(this.organizationId, kind, this.#position, baseline)
      if (!begins) this.#places.add(subjectId, kind, this.#position, baseline)
      if (object !== undefined && objectKinds.has(kind)) this.#places.add(object, kind, this.#position, baseline)
    }
  }

  /** Marks the mirror as changed by a write that the change writer does not contain. */
  touch(): void {
    this.#isTouched = true
  }

  /**
   * Writes all rows and advances the organization's feed. Does nothing if there is nothing to write. The caller must
   * hold the organization's lock.
   */
  async write(tx: Transaction): Promise<void> {
    const isEmpty = Object.values(this.#rows).every((rows) => rows.length === 0)
    if (isEmpty && !this.#isTouched) return
    const sent: Promise<unknown>[] = []
    for (const table of tableNames) {
      const rows = table === 'changePlaces' ? this.#places.rows() : this.#rows[table]
      if (rows.length === 0) continue
      const insert = insertRows(tx, table, rows)
      // Attaching the handler sends the statement. Its result is awaited below, so it runs while the next rows are
      // prepared.
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

/** A JSON array of the changes' values, up to the last change that has one. Null if none has. */
function valuesOf(changes: readonly Change[], side: 'before' | 'after'): string | null {
  const last = changes.findLastIndex((change) => change[side] != null)
  return last < 0 ? null : JSON.stringify(changes.slice(0, last + 1).map((change) => change[side] ?? null))
}
