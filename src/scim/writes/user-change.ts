/** What a request changes at the vendor: the difference between a user and what a client asks for. Pure. */
import { addressKey } from '../../addresses/address-key.ts'
import type { UserPatch } from '../../writes/inputs.ts'
import { functionalRole } from '../../writes/not-offered.ts'
import type { Capabilities } from '../capabilities.ts'
import { badValue, ScimError } from '../protocol/scim-error.ts'
import type { DesiredState } from '../protocol/user-state.ts'
import type { UserRow } from '../resources/resource-rows.ts'

export interface UserChange {
  /** Empty: nothing is to be sent. */
  readonly set: UserPatch
  /** The account is to be turned on or off. Undefined: neither. */
  readonly turn: 'ON' | 'OFF' | undefined
  /** The aliases that clients have set, afterwards. Undefined: unchanged. */
  readonly managedAliases: readonly string[] | undefined
  /** Undefined: unchanged. */
  readonly externalId: string | null | undefined
}

/**
 * A value that the client did not name, or that equals the mirror's, is left out. While the vendor does not show an
 * earlier write, the mirror proves nothing, so everything that the client named is sent to the write, which compares it
 * with the vendor's copy. Turning an account off is always compared with the vendor's copy.
 */
export function changeOf(
  user: UserRow,
  desired: DesiredState,
  { roles, leaving }: { readonly roles: readonly string[]; readonly leaving: Capabilities['leaving'] },
): UserChange {
  checkWork(user, desired)
  const differs = <Value>(wanted: Value | undefined, held: Value) =>
    wanted !== undefined && (user.isUnsettled || wanted !== held)
  const { givenName, familyName, active, externalId } = desired
  const isActive = user.status === null ? undefined : user.status === 'ACTIVE'
  const turn =
    active === false ? 'OFF' : active === true && differs<boolean | undefined>(active, isActive) ? 'ON' : undefined
  const aliases = aliasChange(user, desired.aliases)
  return {
    set: {
      ...(differs(givenName, user.firstName) && { firstName: givenName }),
      ...(differs(familyName, user.lastName) && { lastName: familyName }),
      ...aliases?.patch,
      ...roleChange(user, desired.roles, roles),
      ...(turn && turned(user, turn, leaving)),
    },
    turn,
    managedAliases: aliases?.managed,
    externalId: externalId !== undefined && externalId !== user.externalId ? externalId : undefined,
  }
}

/** Turns an account on or off. One that is off in another way stays so. */
export function turned(
  { status, formerRole }: Pick<UserRow, 'status' | 'formerRole'>,
  turn: 'ON' | 'OFF',
  leaving: Capabilities['leaving'],
): UserPatch {
  if (turn === 'ON') return { status: 'ACTIVE', ...(formerRole !== null && { roles: { set: [formerRole] } }) }
  const isFunctional = formerRole !== null || (leaving === 'FUNCTIONAL' && status !== 'INACTIVE')
  return isFunctional ? { roles: { set: [functionalRole] } } : { status: 'INACTIVE' }
}

/** Only aliases that clients have set are removed. An alias that the user has anyway stays unmanaged. */
function aliasChange(user: UserRow, wanted: readonly string[] | undefined) {
  if (wanted === undefined) return undefined
  const held = user.aliases ?? []
  const own = new Set(held.map(({ address }) => addressKey(address)))
  const managed = held.filter(({ isManaged }) => isManaged).map(({ address }) => address)
  const keys = new Set(wanted.map(addressKey))
  const added = wanted.filter((address) => user.isUnsettled || !own.has(addressKey(address)))
  const removed = managed.filter((address) => !keys.has(addressKey(address)))
  if (added.length === 0 && removed.length === 0) return undefined
  const kept = managed.filter((address) => keys.has(addressKey(address)))
  const patch = { aliases: { add: added, remove: removed } }
  return {
    patch,
    managed: [...kept, ...added.filter((one) => !kept.some((other) => addressKey(other) === addressKey(one)))],
  }
}

/** Clients add and remove only the roles of the setting SCIM_ROLES. */
function roleChange(user: UserRow, wanted: readonly string[] | undefined, allowed: readonly string[]) {
  if (wanted === undefined || allowed.length === 0) return {}
  const held = user.roles ?? []
  const isKnown = user.roles !== null && !user.isUnsettled
  const add = allowed.filter((role) => wanted.includes(role) && !(isKnown && held.includes(role)))
  const remove = allowed.filter((role) => !wanted.includes(role) && (!isKnown || held.includes(role)))
  if (add.length === 0 && remove.length === 0) return {}
  return { roles: { ...(add.length > 0 && { add }), ...(remove.length > 0 && { remove }) } }
}

/** Entries of type work, and the primary entry, must be addresses of the user. */
function checkWork({ aliases }: Pick<UserRow, 'aliases'>, { userName, work, aliases: wanted }: DesiredState): void {
  const known = new Set([userName, ...(wanted ?? []), ...(aliases ?? []).map(({ address }) => address)].map(addressKey))
  const stranger = work.find((address) => !known.has(addressKey(address)))
  if (stranger === undefined) return
  throw badValue(
    `The primary entry and the entry of type work of emails must equal userName, or an alias of the user; ${stranger} is neither`,
  )
}

export function checkNewWork(desired: DesiredState): void {
  checkWork({ aliases: [] }, desired)
}

/** Roles that are not in the setting SCIM_ROLES are refused if clients may set roles, and ignored otherwise. */
export function checkRoles(
  wanted: readonly string[] | undefined,
  held: readonly string[],
  allowed: readonly string[],
): void {
  if (allowed.length === 0) return
  const refused = wanted?.find((role) => !allowed.includes(role) && !held.includes(role))
  if (refused === undefined) return
  throw badValue(`The role ${refused} cannot be set by SCIM; allowed: ${allowed.join(', ')}`)
}

export function isSameAddress(one: string, other: string): boolean {
  return addressKey(one) === addressKey(other)
}

export function addressRefused(): ScimError {
  return new ScimError(400, 'The address of an account cannot be changed here; use startEmailChange', {
    type: 'mutability',
  })
}
