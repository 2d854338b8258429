/**
 * Chooses between rows of a list that have one address in different case. An address has one account, so one row is
 * chosen: the one that shows the known account, else the newest. The others are skipped and reported.
 */

import { addressKey } from '../../addresses/address-key.ts'
import type { Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import type { ObservedUser } from '../observation.ts'
import type { StoredUser } from '../users/load-stored-users.ts'
import { compareCreations } from './account-creation.ts'

interface KnownRow {
  readonly key: string
  readonly primaryEmail: string
  readonly createdAt: string | null
}

export interface ChosenRows {
  /** By address key, in the order of the response. */
  readonly rows: ReadonlyMap<string, ObservedUser>
  /** The addresses of the skipped rows, as the response spells them. */
  readonly twins: readonly string[]
}

/** Chooses one row for each address of a response. */
export async function chooseRows(
  tx: Transaction,
  organizationId: number,
  observed: readonly ObservedUser[],
): Promise<ChosenRows> {
  const byKey = Map.groupBy(observed, (row) => addressKey(row.profile.primaryEmail))
  const doubled = [...byKey].filter(([, rows]) => rows.length > 1)
  const known = await loadKnown(
    tx,
    organizationId,
    doubled.map(([key]) => key),
  )
  const twins: string[] = []
  const rows = new Map<string, ObservedUser>()
  for (const [key, same] of byKey) {
    const chosen = same.length === 1 ? same[0] : choose(same, known.get(key))
    if (!chosen) continue
    rows.set(key, chosen)
    const spelled = new Set(same.map((row) => row.profile.primaryEmail))
    spelled.delete(chosen.profile.primaryEmail)
    twins.push(...spelled)
  }
  return { rows, twins }
}

function choose(rows: readonly ObservedUser[], known: KnownRow | undefined): ObservedUser | undefined {
  const ofKnown = rows.filter(({ profile }) => compareCreations(known?.createdAt ?? null, profile.createdAt) === 'SAME')
  const withKnownSpelling = (candidates: readonly ObservedUser[]) =>
    candidates.find(({ profile }) => profile.primaryEmail === known?.primaryEmail)
  if (ofKnown.length > 0) return withKnownSpelling(ofKnown) ?? ofKnown.at(-1)
  const dated = rows.filter(({ profile }) => profile.createdAt != null)
  if (dated.length === 0) return withKnownSpelling(rows) ?? rows.at(-1)
  return dated.reduce((newest, row) =>
    (row.profile.createdAt ?? '') >= (newest.profile.createdAt ?? '') ? row : newest,
  )
}

async function loadKnown(
  tx: Transaction,
  organizationId: number,
  keys: readonly string[],
): Promise<Map<string, KnownRow>> {
  if (keys.length === 0) return new Map()
  const rows = await tx<KnownRow[]>`
    select address_key as key, primary_email as "primaryEmail", created_at as "createdAt" from users
    where organization_id = ${organizationId} and deleted_at is null and address_key = any(${array(keys)}::text[])`
  return new Map(rows.map((row) => [row.key, row]))
}

export interface RowOfKnown {
  readonly key: string
  readonly spelled: string
  readonly createdAt: string | null | undefined
  readonly before: StoredUser
}

/**
 * Returns the rows of a page that do not belong to their known user, by address key: the pull has already shown the
 * user in another row, or previous pulls skipped this row as a twin. The value is true if the row is spelled
 * differently, which makes it a twin.
 */
export async function rowsOfOthers(
  tx: Transaction,
  organizationId: number,
  pullId: number | undefined,
  rows: readonly RowOfKnown[],
): Promise<Map<string, boolean>> {
  const others = rows.flatMap(({ key, spelled, createdAt, before }) => {
    if (before.goneAt !== null) return []
    const order = compareCreations(before.profile.createdAt, createdAt)
    const isTwin = spelled !== before.profile.primaryEmail
    return isTwin || order === 'LATER' || order === 'EARLIER' ? [{ key, spelled, order, isTwin, id: before.id }] : []
  })
  if (others.length === 0 || pullId === undefined) return new Map()
  const [found] = await tx<{ shown: number[]; twins: string[] }[]>`
    select array(
        select distinct id from pull_pages, unnest(ids) as id
        where pull_id = ${pullId} and kind = 'USERS' and id = any(${array(others.map(({ id }) => id))}::bigint[])) as shown,
      array(select distinct twin from pull_pages, unnest(twins) as twin
        where organization_id = ${organizationId} and kind = 'USERS' and pull_pages.twins is not null) as twins`
  const shown = new Set(found?.shown)
  const twins = new Set(found?.twins)
  const isOthers = (row: (typeof others)[number]) =>
    shown.has(row.id) || (row.isTwin && row.order === 'UNKNOWN' && twins.has(row.spelled))
  return new Map(others.filter(isOthers).map(({ key, isTwin }) => [key, isTwin]))
}
