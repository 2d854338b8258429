/** Lookups by global id, by the keys of other subgraphs, and by address. */
import { changeNode } from './analyses.ts'
import { type Fields, type Reading, rowOf, where } from './reading.ts'
import type { UserRow } from './rows.ts'
import {
  addressKey,
  badInput,
  checkAddress,
  checkText,
  compareText,
  noSuchId,
  numberIn,
  readGlobalId,
  roleNamed,
} from './text.ts'

/** All types with global ids, in the order in which messages list them. */
const nodeTypes = ['Organization', 'User', 'Alias', 'Role', 'Group', 'Finding', 'Pull', 'Change', 'Operation']
const withoutPast = ['Pull', 'Finding', 'Operation']

type Found = object | null | undefined

async function nodeOf(reading: Reading, id: string): Promise<unknown> {
  const place = readGlobalId(id, nodeTypes)
  const { type } = place
  if (type === 'Change') {
    if (!/^[1-9]\d*-[1-9]\d*$/.test(place.key)) throw noSuchId(type)
    return await changeNode(id, reading)
  }
  const key = numberIn(place)
  if (reading.moment !== undefined && withoutPast.includes(type)) {
    throw badInput(`The ID belongs to ${type === 'Operation' ? 'an' : 'a'} ${type}, which does not support @asOf`)
  }
  return rowOf(reading, type, key)
}

/** An invalid entry is an error at its own position. */
export const lookupRoots: Fields = {
  node: (_, { id }: { id: string }, reading) => nodeOf(reading, id),
  nodes: (_, { ids }: { ids: string[] }, reading) => {
    if (ids.length > 500) throw badInput('`ids` exceeds the limit of 500 IDs')
    return ids.map((id) => nodeOf(reading, id))
  },
  identity: (_, { address }: { address: string }, reading) => identityOf(reading, address),
  _entities: (_, { representations }: { representations: unknown[] }, reading) =>
    representations.map(async (one) => entityOf(reading, one)),
}

interface Key {
  readonly field: string
  readonly needsOrganization: boolean
  fold(text: string): string
}

const keys: Readonly<Record<string, Key>> = {
  User: {
    field: 'primaryEmail',
    needsOrganization: false,
    fold: (text) => addressKey(checkAddress(text, 'primaryEmail')),
  },
  Group: { field: 'groupId', needsOrganization: true, fold: (text) => checkText(text, 'groupId') },
  Role: { field: 'name', needsOrganization: true, fold: (text) => roleNamed(checkText(text, 'name')) },
  Organization: { field: 'slug', needsOrganization: false, fold: (text) => checkText(text, 'slug') },
  Identity: { field: 'address', needsOrganization: false, fold: (text) => addressKey(checkAddress(text, 'address')) },
}

function entityOf(reading: Reading, representation: unknown): Found {
  const given = (typeof representation === 'object' && representation ? representation : {}) as Record<string, unknown>
  const type = String(given.__typename)
  const key = Object.hasOwn(keys, type) && typeof given.__typename === 'string' ? keys[type] : undefined
  if (!key) {
    throw badInput(
      `A representation must be an object with a \`__typename\` that is one of: ${Object.keys(keys).join(', ')}`,
    )
  }
  if (typeof given.id === 'string' && type !== 'Identity') {
    return rowOf(reading, type, numberIn(readGlobalId(given.id, [type])))
  }
  const name = given[key.field]
  const slug = (given.organization as { slug?: unknown } | null | undefined)?.slug ?? null
  if (typeof name !== 'string' || !(typeof slug === 'string' || (slug === null && !key.needsOrganization))) {
    const expected = key.needsOrganization ? 'organization { slug } and ' : ''
    throw badInput(`The representation of a ${type} contains none of its keys; expected id, or ${expected}${key.field}`)
  }
  if (slug !== null) checkText(slug, 'organization.slug')
  const folded = key.fold(name)
  if (type === 'Identity') return identityOf(reading, name)
  const found = namedRows(reading, type, folded, typeof slug === 'string' ? slug : undefined)
  if (found.length > 1) {
    throw badInput('Several organizations have an object with this key; add `organization { slug }` to the key')
  }
  return found[0]
}

/** Deleted objects are found by id only. */
function namedRows({ state, visible }: Reading, type: string, name: string, slug: string | undefined): object[] {
  const places = visible.filter((one) => slug === undefined || one.slug === slug)
  if (type === 'Organization') return places.filter((one) => one.slug === name)
  const isThere = (row: { organization_id: number }) => places.some((one) => one.id === row.organization_id)
  if (type === 'Role') return state.roles.filter((one) => isThere(one) && one.name === name)
  return type === 'User'
    ? state.users.filter((one) => isThere(one) && one.deleted_at === null && one.address_key === name)
    : state.groups.filter((one) => isThere(one) && one.deleted_at === null && one.group_id === name)
}

/** The accounts behind an address. Null if no account has ever had it. */
function identityOf({ state, visible }: Reading, address: string): object | null {
  const key = addressKey(address)
  const users = state.users.filter((user) => visible.some(({ id }) => id === user.organization_id))
  const aliasesOf = (user: UserRow) =>
    where(state.aliases, 'user_id', user.id).filter((alias) => alias.address_key === key)
  const isPrimary = (user: UserRow) => user.address_key === key
  const hasAlias = (user: UserRow) => aliasesOf(user).some(({ valid_to }) => valid_to === null)
  const ever = users
    .filter((user) => isPrimary(user) || aliasesOf(user).length > 0)
    .sort((a, b) => compareText(a.address_key, b.address_key) || a.organization_id - b.organization_id || a.id - b.id)
  if (ever.length === 0) return null
  const live = ever.filter((user) => user.deleted_at === null && (isPrimary(user) || hasAlias(user)))
  const claimants = live.length > 0 ? live : ever.filter((user) => user.deleted_at !== null)
  const primary = claimants.filter(isPrimary)
  const strongest = primary.length > 0 ? primary : claimants
  return {
    __typename: 'Identity',
    address,
    user: live.length > 0 && strongest.length === 1 ? strongest[0] : null,
    kind: primary.length > 0 ? 'PRIMARY' : 'ALIAS',
    claimants: [...primary, ...claimants.filter((user) => !isPrimary(user))],
  }
}
