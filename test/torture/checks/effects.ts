/** The intended effects of a write on an account at the vendor. */
import { isDeepStrictEqual } from 'node:util'
import type { ListPatch, UserPatch } from '../../../src/writes/inputs.ts'
import type { AccountState } from '../world/vendor-log.ts'
import { keyOf } from './truth.ts'

export interface Effect {
  readonly key: string
  /** The fact about the account: `account`, a field, or `group …`. */
  readonly fact: string
  /** For the fact `account`: whether the account is to exist. */
  readonly isThere?: boolean
  holds(state: AccountState | undefined): boolean
}

/** The value of one fact, for comparisons. */
export function factIn(state: AccountState | undefined, fact: string): unknown {
  if (fact === 'account' || !state) return state?.serial
  if (fact.startsWith('group ')) return state.groups.has(fact.slice('group '.length))
  if (fact === 'password') return state.password
  if (fact === 'groups') return [...state.groups].sort()
  return listOrValue(state, fact)
}

/**
 * Whether the write with the effect `meant` may have made the other effect true (SAME), or may have undone it (OTHER).
 */
export function mayChange(meant: Effect, { key, fact, isThere }: Effect, how: 'SAME' | 'OTHER'): boolean {
  if (meant.key !== key || !sameFact(meant.fact, fact)) return false
  return isThere === undefined || meant.isThere === undefined || (meant.isThere === isThere) === (how === 'SAME')
}

/** Whether a change of one fact may change the other fact. */
export function sameFact(one: string, other: string): boolean {
  const isGroups = [one, other].includes('groups') && one.startsWith('group') && other.startsWith('group')
  return one === other || one === 'account' || other === 'account' || isGroups
}

export function accountEffect(primaryEmail: string, isThere: boolean): Effect {
  return { key: keyOf(primaryEmail), fact: 'account', isThere, holds: (state) => (state !== undefined) === isThere }
}

/** A password is in no response, so only the vendor can tell. */
export function passwordEffect(primaryEmail: string, password: string): Effect {
  return { key: keyOf(primaryEmail), fact: 'password', holds: (state) => state?.password === password }
}

/** The kind and the billing of before the conversion come back, which the plan does not know. */
export function reinstatedEffects(primaryEmail: string): Effect[] {
  const key = keyOf(primaryEmail)
  return [
    { key, fact: 'roles', holds: (state) => state !== undefined && state.profile.accountKind !== 'FUNCTIONAL_ACCOUNT' },
    { key, fact: 'billable', holds: (state) => state !== undefined },
  ]
}

export function safeSendersEffect(primaryEmail: string, { set, add = [], remove = [] }: ListPatch): Effect {
  return {
    key: keyOf(primaryEmail),
    fact: 'senderLists',
    holds(state) {
      const safe = state?.profile.senderLists?.safe
      if (!safe) return false
      if (set) return isDeepStrictEqual([...safe].sort(), [...set].sort())
      return (add ?? []).every((one) => safe.includes(one)) && !(remove ?? []).some((one) => safe.includes(one))
    },
  }
}

export function memberEffect(primaryEmail: string, groupId: string, isIn: boolean): Effect {
  return {
    key: keyOf(primaryEmail),
    fact: `group ${groupId}`,
    holds: (state) => state !== undefined && state.groups.has(groupId) === isIn,
  }
}

/** The effect of leaving all groups. */
export function leftEffect(primaryEmail: string): Effect {
  return { key: keyOf(primaryEmail), fact: 'groups', holds: (state) => state !== undefined && state.groups.size === 0 }
}

/** The effects of a patch. */
export function patchEffects(primaryEmail: string, patch: UserPatch): Effect[] {
  const { password, roles, aliases, status, ...scalars } = patch
  const key = keyOf(primaryEmail)
  const values = { ...scalars, ...(status != null && { status: status.toLowerCase() }) }
  return [
    ...Object.entries(values).map(([fact, wanted]) => ({
      key,
      fact,
      holds: (state: AccountState | undefined) =>
        state !== undefined && isDeepStrictEqual(listOrValue(state, fact) ?? null, wanted ?? null),
    })),
    ...(status === null ? [clearedStatus(key)] : []),
    ...(password == null ? [] : [passwordEffect(primaryEmail, password)]),
    ...listEffects(key, 'roles', roles),
    ...listEffects(key, 'aliases', aliases),
  ]
}

/** A vendor may replace a removed status by its default. */
function clearedStatus(key: string): Effect {
  return { key, fact: 'status', holds: (state) => state !== undefined && state.profile.status !== 'inactive' }
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
