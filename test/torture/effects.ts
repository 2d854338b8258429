/** What a write is to make true of an account at the vendor. */
import { isDeepStrictEqual } from 'node:util'
import type { ListPatch, UserPatch } from '../../src/writes/inputs.ts'
import { keyOf } from './truth.ts'
import type { AccountState } from './vendor-log.ts'

export interface Effect {
  readonly key: string
  /** What of the account it is about: `account`, a field, or `group …`. */
  readonly fact: string
  /** Of an account: whether there is to be one. */
  readonly isThere?: boolean
  holds(state: AccountState | undefined): boolean
}

/** The state of one fact, to be compared. */
export function factIn(state: AccountState | undefined, fact: string): unknown {
  if (fact === 'account' || !state) return state?.serial
  if (fact.startsWith('group ')) return state.groups.has(fact.slice('group '.length))
  if (fact === 'groups') return [...state.groups].sort()
  return listOrValue(state, fact)
}

/** Whether who means the one may have made the other true (SAME), or have ended it (OTHER). */
export function mayChange(meant: Effect, { key, fact, isThere }: Effect, how: 'SAME' | 'OTHER'): boolean {
  if (meant.key !== key || !sameFact(meant.fact, fact)) return false
  return isThere === undefined || meant.isThere === undefined || (meant.isThere === isThere) === (how === 'SAME')
}

/** Whether who changes the one may change the other. */
export function sameFact(one: string, other: string): boolean {
  const isGroups = [one, other].includes('groups') && one.startsWith('group') && other.startsWith('group')
  return one === other || one === 'account' || other === 'account' || isGroups
}

export function accountEffect(primaryEmail: string, isThere: boolean): Effect {
  return { key: keyOf(primaryEmail), fact: 'account', isThere, holds: (state) => (state !== undefined) === isThere }
}

export function memberEffect(primaryEmail: string, groupId: string, isIn: boolean): Effect {
  return {
    key: keyOf(primaryEmail),
    fact: `group ${groupId}`,
    holds: (state) => state !== undefined && state.groups.has(groupId) === isIn,
  }
}

/** Of no groups at all. */
export function leftEffect(primaryEmail: string): Effect {
  return { key: keyOf(primaryEmail), fact: 'groups', holds: (state) => state !== undefined && state.groups.size === 0 }
}

/** Of all that a patch names, but a password. */
export function patchEffects(primaryEmail: string, patch: UserPatch): Effect[] {
  const { password: _password, roles, aliases, status, ...scalars } = patch
  const key = keyOf(primaryEmail)
  // Of a status that is taken away, a vendor may have a default.
  const values = { ...scalars, ...(status != null && { status: status.toLowerCase() }) }
  return [
    ...Object.entries(values).map(([fact, wanted]) => ({
      key,
      fact,
      holds: (state: AccountState | undefined) =>
        state !== undefined && isDeepStrictEqual(listOrValue(state, fact) ?? null, wanted ?? null),
    })),
    ...listEffects(key, 'roles', roles),
    ...listEffects(key, 'aliases', aliases),
  ]
}

function listEffects(key: string, fact: 'roles' | 'aliases', patch: ListPatch | null | undefined): Effect[] {
  if (patch === undefined) return []
  const { set, add = [], remove = [] } = patch ?? { set: [] }
  const holds = (state: AccountState | undefined) => {
    if (!state) return false
    const held = listOrValue(state, fact) as string[]
    const keys = (entries: readonly string[] | null) => (entries ?? []).map(keyOf)
    if (set != null) return isDeepStrictEqual(held, keys(set).sort())
    return keys(add).every((entry) => held.includes(entry)) && !keys(remove).some((entry) => held.includes(entry))
  }
  return [{ key, fact, holds }]
}

function listOrValue({ profile }: AccountState, fact: string): unknown {
  const value: unknown = profile[fact as keyof typeof profile]
  return Array.isArray(value) ? value.map((entry) => keyOf(String(entry))).sort() : value
}
