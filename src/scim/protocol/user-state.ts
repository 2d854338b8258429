/** The attributes of a user that clients can set, and how PUT, POST and PATCH change them. Pure. */
import { addressKey } from '../../addresses/address-key.ts'
import { type Attributes, attributesOf, textOf, truthOf } from './attributes.ts'
import type { Filter } from './filter-parser.ts'
import type { PatchOperation } from './patch.ts'
import { badValue, ScimError } from './scim-error.ts'

/** What the operations of a PATCH start from. */
export interface UserState {
  readonly userName: string
  /** The aliases that clients of SCIM have set. */
  readonly aliases: readonly string[]
  readonly roles: readonly string[]
}

/** What a client asks for. Undefined: nothing. Null: no value. */
export interface DesiredState {
  readonly userName: string
  readonly externalId: string | null | undefined
  readonly givenName: string | null | undefined
  readonly familyName: string | null | undefined
  readonly active: boolean | undefined
  readonly aliases: readonly string[] | undefined
  readonly roles: readonly string[] | undefined
  /** Values of entries of type work, or marked as primary. Each must be an address of the user. */
  readonly work: readonly string[]
  readonly password: string | undefined
}

/** The most entries of a list that are read. */
const mostEntries = 1_000
const longestExternalId = 512
const longestAddress = 320

/** Reads the body of a POST or PUT, which names everything: what it lacks is to be empty. */
export function stateOfBody(body: Attributes): DesiredState {
  const name = attributesOf(body.get('name'))
  const userName = textOf(body.get('username'), 'userName', longestAddress)
  if (userName === null) throw badValue('userName is required')
  const externalId = textOf(body.get('externalid'), 'externalId', longestExternalId)
  const { aliases, work } = emailsOf(body.get('emails'), userName)
  return {
    userName,
    // Without one, the stored one is kept.
    externalId: externalId ?? undefined,
    givenName: textOf(name?.get('givenname') ?? body.get('name.givenname'), 'name.givenName'),
    familyName: textOf(name?.get('familyname') ?? body.get('name.familyname'), 'name.familyName'),
    active: body.get('active') == null ? true : truthOf(body.get('active'), 'active'),
    aliases,
    work,
    roles: body.get('roles') === undefined ? undefined : rolesOf(body.get('roles')),
    password: textOf(body.get('password'), 'password') ?? undefined,
  }
}

/** Applies the operations in order. Throws if one of them is invalid. */
export function patchedState(before: UserState, operations: readonly PatchOperation[]): DesiredState {
  let state: DesiredState = {
    userName: before.userName,
    externalId: undefined,
    givenName: undefined,
    familyName: undefined,
    active: undefined,
    aliases: undefined,
    roles: undefined,
    work: [],
    password: undefined,
  }
  for (const operation of operations) state = patched(state, operation, before)
  return state
}

const readOnly = ['id', 'meta', 'groups', 'schemas']

function patched(state: DesiredState, operation: PatchOperation, before: UserState): DesiredState {
  const { op, path, isByPath } = operation
  const value = op === 'remove' ? null : operation.value
  const [main = '', sub] = path.attribute.startsWith('urn:') ? [path.attribute] : path.attribute.split('.')
  if (readOnly.includes(main)) {
    if (!isByPath) return state
    throw new ScimError(400, `${main} is read-only`, { type: 'mutability' })
  }
  switch (main) {
    case 'username': {
      const userName = textOf(value, 'userName', longestAddress)
      if (userName === null) throw badValue('userName cannot be removed')
      return { ...state, userName }
    }
    case 'externalid':
      return { ...state, externalId: textOf(value, 'externalId', longestExternalId) }
    case 'active':
      return { ...state, active: op === 'remove' ? true : truthOf(value, 'active') }
    case 'password':
      return { ...state, password: textOf(value, 'password') ?? undefined }
    case 'name':
      return withName(state, sub, value)
    case 'emails':
      return withEmails(state, operation, sub ?? path.sub, before)
    case 'roles':
      return withRoles(state, operation, before)
    default:
      // Unknown attributes, and derived ones, are accepted and ignored.
      return state
  }
}

function withName(state: DesiredState, sub: string | undefined, value: unknown): DesiredState {
  if (sub === 'givenname') return { ...state, givenName: textOf(value, 'name.givenName') }
  if (sub === 'familyname') return { ...state, familyName: textOf(value, 'name.familyName') }
  if (sub !== undefined) return state
  if (value === null) return { ...state, givenName: null, familyName: null }
  const name = attributesOf(value)
  if (!name) throw badValue('name must be an object')
  return {
    ...state,
    ...(name.has('givenname') && { givenName: textOf(name.get('givenname'), 'name.givenName') }),
    ...(name.has('familyname') && { familyName: textOf(name.get('familyname'), 'name.familyName') }),
  }
}

function withEmails(
  state: DesiredState,
  { op, path, value }: PatchOperation,
  sub: string | undefined,
  before: UserState,
): DesiredState {
  const held = state.aliases ?? before.aliases
  if (path.filter) {
    if (sub !== undefined && sub !== 'value') return state
    return withEmailsLike(state, held, path.filter, op === 'remove' ? null : value)
  }
  if (sub !== undefined) return sub === 'value' && op !== 'remove' ? withWork(state, value) : state
  if (op === 'remove') {
    // Entra ID names the entries to remove in the value.
    const removed = new Set(value == null ? [] : emailsOf(value, state.userName).aliases.map(addressKey))
    return { ...state, aliases: value == null ? [] : held.filter((one) => !removed.has(addressKey(one))) }
  }
  const given = emailsOf(value, state.userName)
  const aliases = op === 'add' ? unique([...held, ...given.aliases]) : given.aliases
  return { ...state, aliases, work: [...state.work, ...given.work] }
}

/** Entries that a filter selects, by their type or by their value. */
function withEmailsLike(state: DesiredState, held: readonly string[], filter: Filter, value: unknown): DesiredState {
  const selected = selectionOf(filter)
  const entry = attributesOf(value)
  const address = textOf(entry ? entry.get('value') : value, 'emails.value', longestAddress)
  if (selected.value !== undefined) {
    const key = addressKey(selected.value)
    const others = held.filter((alias) => addressKey(alias) !== key)
    if (others.length === held.length) return address === null ? state : withWork(state, address)
    return { ...state, aliases: address === null ? others : unique([...others, address]) }
  }
  if (selected.isWork) return address === null ? state : withWork(state, address)
  return { ...state, aliases: address === null ? [] : [address] }
}

function withWork(state: DesiredState, value: unknown): DesiredState {
  const address = textOf(value, 'emails.value', longestAddress)
  return address === null ? state : { ...state, work: [...state.work, address] }
}

/** Understands comparisons by `eq`, and several of them with `and`. */
function selectionOf(filter: Filter): { readonly isWork: boolean; readonly value?: string } {
  const parts = filter.kind === 'and' ? filter.all : [filter]
  let isWork = false
  let value: string | undefined
  for (const part of parts) {
    if (part.kind !== 'compare' || part.operator !== 'eq')
      throw new ScimError(400, 'This path supports only eq and and', { type: 'invalidPath' })
    const text = part.value.text
    if (part.attribute === 'type') isWork ||= text.toLowerCase() === 'work'
    else if (part.attribute === 'primary') isWork ||= text.toLowerCase() === 'true'
    else if (part.attribute === 'value') value = text
  }
  return value === undefined ? { isWork } : { isWork, value }
}

/** An entry of type work, or the primary one, is the user's address. All others are aliases. */
function emailsOf(value: unknown, userName: string): { readonly aliases: string[]; readonly work: string[] } {
  const entries = value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]
  if (entries.length > mostEntries) throw badValue(`emails exceeds the limit of ${mostEntries} entries`)
  const aliases: string[] = []
  const work: string[] = []
  for (const entry of entries) {
    const attributes = attributesOf(entry)
    const address = textOf(attributes ? attributes.get('value') : entry, 'emails.value', longestAddress)
    if (address === null || addressKey(address) === addressKey(userName)) continue
    const type = textOf(attributes?.get('type'), 'emails.type')?.toLowerCase()
    const primary = attributes?.get('primary')
    const isWork = type === 'work' || (primary != null && truthOf(primary, 'emails.primary'))
    if (isWork) work.push(address)
    else aliases.push(address)
  }
  return { aliases: unique(aliases), work }
}

function withRoles(state: DesiredState, { op, path, value }: PatchOperation, before: UserState): DesiredState {
  const held = state.roles ?? before.roles
  if (op === 'remove') {
    const named = path.filter ? [selectionOf(path.filter).value ?? ''] : value == null ? held : rolesOf(value)
    return { ...state, roles: held.filter((role) => !named.includes(role)) }
  }
  const given = rolesOf(value)
  return { ...state, roles: op === 'add' ? [...new Set([...held, ...given])] : given }
}

/** Entra ID sends each role as a string with JSON in it. */
function rolesOf(value: unknown): string[] {
  const entries = value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]
  if (entries.length > mostEntries) throw badValue(`roles exceeds the limit of ${mostEntries} entries`)
  return [...new Set(entries.flatMap((entry) => roleOf(entry) ?? []))]
}

function roleOf(entry: unknown): string | null {
  const attributes = attributesOf(entry)
  const value = attributes ? attributes.get('value') : entry
  const text = textOf(value, 'roles.value')
  if (text === null || !text.trimStart().startsWith('{')) return text
  try {
    return textOf(attributesOf(JSON.parse(text))?.get('value'), 'roles.value')
  } catch {
    throw badValue('roles.value is not valid JSON')
  }
}

function unique(addresses: readonly string[]): string[] {
  return [...new Map(addresses.map((address) => [addressKey(address), address])).values()]
}
