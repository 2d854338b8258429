/** The writes of callers: drawn as numbers, and fitted to the objects at the vendor. */

import type { WriteService } from '../../../src/operations/write-service.ts'
import type { User } from '../../../src/simulator/data/user.ts'
import type { SimulatedOrganization } from '../../../src/simulator/organization.ts'
import type { CreateUserInput, ListPatch, UserPatch } from '../../../src/writes/inputs.ts'
import {
  accountEffect,
  type Effect,
  leftEffect,
  memberEffect,
  passwordEffect,
  patchEffects,
  reinstatedEffects,
  safeSendersEffect,
} from '../checks/effects.ts'
import { keyOf } from '../checks/truth.ts'
import { mayReplace } from '../schedule/edits.ts'
import type { Api } from '../world/api.ts'

export const writeVerbs = ['createUser', 'updateUser', 'addUserToGroup', 'removeUserFromGroup', 'deleteUser'] as const
/** Over the API v1. */
export const interfaceVerbs = ['createUser', 'updateUser', 'deleteUser', 'updateSenderLists', 'reinstateUser'] as const
export type WriteVerb = (typeof writeVerbs)[number] | (typeof interfaceVerbs)[number]
export const operationNames = ['onboard', 'delete', 'deactivate', 'changeEmail'] as const
export const interfaceOperations = [...operationNames, 'functional'] as const
export type OperationName = (typeof interfaceOperations)[number]

/** `who` and `what` are arbitrary numbers. */
export interface WriteChoice {
  readonly verb: WriteVerb
  readonly who: number
  readonly what: number
}

export interface OperationChoice {
  readonly operation: OperationName
  readonly who: number
  readonly what: number
}

/** One write, however often it is retried. */
export interface PlannedWrite {
  readonly verb: WriteVerb
  readonly input: Parameters<WriteService[WriteVerb]>[0]['input']
  readonly idempotencyKey: string | undefined
  readonly effects: readonly Effect[]
}

export interface PlannedItem {
  readonly primaryEmail: string
  readonly effects: readonly Effect[]
}

export type PlannedOperation = { readonly items: readonly PlannedItem[] } & (
  | { readonly operation: 'onboard'; readonly users: readonly CreateUserInput[] }
  | { readonly operation: 'delete' | 'deactivate' | 'functional'; readonly primaryEmails: readonly string[] }
  | { readonly operation: 'changeEmail'; readonly from: string; readonly to: string; readonly keeps: boolean }
)

export const temporaryPassword = 'Planted!'

const roles = ['USER', 'ADMINISTRATOR', 'HELPDESK', 'AUDITOR']

/**
 * `serial` is the number of the write, for addresses that were never used. Undefined if there is nothing to write to.
 */
export function planWrite(
  organization: SimulatedOrganization,
  serial: number,
  { verb, who, what }: WriteChoice,
  isKeyed: boolean,
  api: Api = 'v2',
): PlannedWrite | undefined {
  const idempotencyKey = isKeyed ? `${organization.apiKey} ${serial}` : undefined
  if (verb === 'createUser') {
    const input = inputOf(api, newUser(organization, serial, who, what))
    return { verb, input, idempotencyKey, effects: creationEffects(input) }
  }
  if (verb === 'reinstateUser') {
    const functional = organization.users().filter((one) => one.ofInterface?.type === 'functional_account')
    const former = functional[who % functional.length] ?? pickUser(organization, who)
    if (!former) return undefined
    const { primaryEmail } = former
    return { verb, input: { primaryEmail }, idempotencyKey, effects: reinstatedEffects(primaryEmail) }
  }
  const user = pickUser(organization, who)
  if (!user) return undefined
  const { primaryEmail } = user
  if (verb === 'deleteUser') {
    return { verb, input: { primaryEmail }, idempotencyKey, effects: [accountEffect(primaryEmail, false)] }
  }
  if (verb === 'updateUser') {
    const set = api === 'v1' ? interfacePatchOf(user, serial, what) : patchOf(user, serial, what)
    return {
      verb,
      input: { primaryEmail, set, allowUnknownRole: true },
      idempotencyKey,
      effects: patchEffects(primaryEmail, set),
    }
  }
  if (verb === 'updateSenderLists') {
    const safe = sendersOf(user, serial, what)
    return { verb, input: { primaryEmail, safe }, idempotencyKey, effects: [safeSendersEffect(primaryEmail, safe)] }
  }
  const groups = verb === 'removeUserFromGroup' && user.groups.length > 0 ? user.groups : idsOf(organization)
  const groupId = groups[what % groups.length]
  if (groupId === undefined) return undefined
  const effects = [memberEffect(primaryEmail, groupId, verb === 'addUserToGroup')]
  return { verb, input: { primaryEmail, groupId }, idempotencyKey, effects }
}

export function planOperation(
  organization: SimulatedOrganization,
  serial: number,
  { operation, who, what }: OperationChoice,
  api: Api = 'v2',
): PlannedOperation | undefined {
  if (operation === 'onboard') {
    const users = Array.from({ length: 1 + (what % 3) }, (_, i) =>
      inputOf(api, newUser(organization, serial, who + i, what + i, `.${i}`)),
    )
    const items = users.map((user) => ({ primaryEmail: user.primaryEmail, effects: creationEffects(user) }))
    return { operation, users, items }
  }
  const user = pickUser(organization, who)
  if (!user) return undefined
  if (operation === 'changeEmail') {
    const [from, to] = [user.primaryEmail, `Changed.${serial}@example.com`]
    const effects = [accountEffect(from, false), accountEffect(to, true), passwordEffect(to, temporaryPassword)]
    return { operation, from, to, keeps: what % 2 === 0, items: [{ primaryEmail: from, effects }] }
  }
  const others = [user, pickUser(organization, who + 1 + (what % 5)) ?? user].slice(0, 1 + (what % 2))
  const primaryEmails = [...new Map(others.map((one) => [keyOf(one.primaryEmail), one.primaryEmail])).values()]
  const effectsOf = (primaryEmail: string) => {
    if (operation === 'delete') return [accountEffect(primaryEmail, false)]
    if (operation === 'functional') return patchEffects(primaryEmail, { roles: { set: ['FUNCTIONAL_ACCOUNT'] } })
    return [...patchEffects(primaryEmail, { status: 'INACTIVE' }), leftEffect(primaryEmail)]
  }
  const items = primaryEmails.map((primaryEmail) => ({ primaryEmail, effects: effectsOf(primaryEmail) }))
  return { operation, primaryEmails, items }
}

/** One of ten new users gets an unavailable address: in use by another user, or of an unregistered domain. */
function newUser(
  organization: SimulatedOrganization,
  serial: number,
  who: number,
  what: number,
  part = '',
): CreateUserInput {
  const { removed } = organization.directory
  const former = removed[who % Math.max(1, removed.length)]
  const isAgain = what % 6 === 0 && former !== undefined && mayReplace(organization)
  const fresh = `New.${serial}${part}@${what % 20 === 1 ? 'elsewhere.example' : 'example.org'}`
  const taken = pickUser(organization, who)
  const groups = idsOf(organization)
  const group = groups[who % Math.max(1, groups.length)]
  return {
    primaryEmail: isAgain && part === '' ? former.profile.primaryEmail : fresh,
    firstName: `First ${what}`,
    ...(what % 4 > 0 && { lastName: `Last ${who}` }),
    ...(what % 3 === 0 && {
      roles:
        what % 27 === 0
          ? ['WIZARD']
          : ['USER', roles[who % roles.length] ?? 'USER'].slice(who % roles.length === 0 ? 1 : 0),
    }),
    ...(what % 5 < 2 && { aliases: [what % 15 === 0 && taken ? taken.primaryEmail : `n${serial}${part}@example.com`] }),
    ...(group !== undefined && what % 2 === 0 && { groups: [group] }),
    ...(what % 7 === 0 && { password: `Planted-${serial}` }),
    mailboxSize: what,
  }
}

function creationEffects({ primaryEmail, type: _type, groups, ...rest }: CreateUserInput): Effect[] {
  const { roles: given, aliases, ...scalars } = rest
  const patch = { ...scalars, ...(given && { roles: { set: given } }), ...(aliases && { aliases: { set: aliases } }) }
  return [
    accountEffect(primaryEmail, true),
    ...patchEffects(primaryEmail, patch),
    ...(groups ?? []).map((groupId) => memberEffect(primaryEmail, groupId, true)),
  ]
}

/** What the API v1 offers of a new user: one kind, and neither groups nor mailbox sizes. */
function inputOf(api: Api, input: CreateUserInput): CreateUserInput {
  if (api === 'v2') return input
  const { groups: _groups, mailboxSize: _size, roles: given, ...rest } = input
  return { ...rest, ...(given && { roles: ['SILENT_USER'] }) }
}

function interfacePatchOf(user: User, serial: number, what: number): UserPatch {
  const patch = patchOf(user, serial, what)
  if ('roles' in patch) return { roles: { set: [what % 3 === 0 ? 'SILENT_USER' : 'END_USER'] } }
  return 'mailboxSize' in patch || patch.status === null ? { lastName: `Renamed ${serial}` } : patch
}

function sendersOf({ ofInterface }: User, serial: number, what: number): ListPatch {
  const [first] = ofInterface?.safe ?? []
  if (what % 3 === 0 && first !== undefined) return { remove: [first] }
  return what % 3 === 1 ? { set: [`only.${serial}.example`] } : { add: [`also.${serial}.example`] }
}

function patchOf({ aliases, status }: User, serial: number, what: number): UserPatch {
  const [alias] = aliases
  switch (what % 10) {
    case 0:
      return { firstName: `Renamed ${serial}` }
    case 1:
      return { lastName: `Renamed ${serial}`, aliases: { add: [`also.${serial}@example.com`] } }
    case 2:
      return { status: status === 'active' ? 'INACTIVE' : 'ACTIVE' }
    case 3:
      return alias === undefined ? { mailboxSize: serial } : { aliases: { remove: [alias] } }
    case 4:
      return { roles: { set: ['USER', 'HELPDESK'] } }
    case 5:
      return { firstName: null }
    case 6:
      return { mailboxSize: serial, spamPolicy: { level: serial } }
    case 7:
      return { lastName: `Renamed ${serial}`, status: null }
    case 8:
      return { aliases: { set: [`only.${serial}@example.org`] } }
    default:
      return { lastName: `Renamed ${serial}`, password: `Planted-${serial}` }
  }
}

function pickUser(organization: SimulatedOrganization, who: number): User | undefined {
  const account = organization.directory.accounts[who % organization.userCount]
  return account && organization.user(account.key)
}

function idsOf(organization: SimulatedOrganization): string[] {
  return organization.groups().map(({ id }) => id)
}
