/** I1: the mirror equals the vendor in every field. */
import { isDeepStrictEqual } from 'node:util'
import type { CreationStyle } from '../../../src/simulator/data/creation-styles.ts'
import type { Account } from '../../../src/simulator/data/directory.ts'
import { shownAddress, shownStatus, shownType } from '../../../src/simulator/data/spelling.ts'
import type { SimulatedOrganization } from '../../../src/simulator/organization.ts'
import { isSpelled } from '../schedule/spellings.ts'
import { type Api, shownProfile, subjectOf } from '../world/api.ts'
import { isLive, type Mirror, type UserRow } from '../world/mirror.ts'

export function checkMirror(
  mirror: Mirror,
  vendor: SimulatedOrganization,
  styles: ReadonlySet<CreationStyle>,
  api: Api = 'v2',
): string[] {
  const live = new Map(mirror.users.filter(isLive).map((user) => [user.key, user]))
  const there = new Map(vendor.directory.accounts.map((account) => [subjectOf(api, account), account]))
  return [
    ...[...live.keys()]
      .filter((key) => !there.has(key))
      .map((key) => `I1: ${key} is in the mirror, but not at the vendor`),
    ...[...there].flatMap(([key, account]) => {
      const mirrored = live.get(key)
      return mirrored
        ? compareUser(mirror, vendor, mirrored, account, styles, api)
        : [`I1: ${key} is at the vendor, but not in the mirror`]
    }),
    ...(api === 'v2' ? compareGroups(mirror, vendor) : []),
  ]
}

function compareUser(
  mirror: Mirror,
  vendor: SimulatedOrganization,
  { id, key, fields }: UserRow,
  account: Account,
  styles: ReadonlySet<CreationStyle>,
  api: Api,
): string[] {
  const { roles, aliases, undocumented: _undocumented, ...rest } = shownProfile(api, account)
  const groups = [...account.groups].map(({ id }) => id)
  const user = account.profile
  const ofV2 = {
    ...rest,
    primaryEmail: shownAddress(user.primaryEmail, vendor.switches),
    // An unknown type keeps the known value, and an unknown status is null. A value that is not shown is unknown.
    type: shownType(user, vendor.switches) === user.type ? user.type.toUpperCase() : undefined,
    status: statusOf(user, vendor),
    createdAt: isSpelled(fields.createdAt, user.createdAt, styles) ? fields.createdAt : microseconds(user.createdAt),
    updatedAt: microseconds(user.updatedAt),
  }
  const ofV1 = {
    ...rest,
    firstName: rest.firstName ?? null,
    lastName: rest.lastName ?? null,
    type: 'USER',
    status: rest.status?.toUpperCase(),
    createdAt: null,
    updatedAt: null,
    mailboxSize: null,
    spamPolicy: null,
  }
  const expected: Record<string, unknown> = api === 'v1' ? ofV1 : ofV2
  // If users name groups, a name that two groups have proves no membership.
  const names = Map.groupBy(vendor.groups(), (group) =>
    vendor.switches.userGroups === 'names' ? group.name : group.id,
  )
  const ambiguous = new Set([...names.values()].flatMap((same) => (same.length > 1 ? same.map(({ id }) => id) : [])))
  const told = (ids: readonly string[]) => ids.filter((id) => !ambiguous.has(id))
  const groupIds = new Map(mirror.groups.map((group) => [group.id, group.groupId]))
  const held = <T extends { userId: number; validTo: string | null }>(ties: readonly T[], name: (tie: T) => string) =>
    ties
      .filter((tie) => tie.userId === id && tie.validTo === null)
      .map(name)
      .sort()
  const lists: [string, string[], readonly string[]][] = [
    ['roles', held(mirror.grants, (tie) => mirror.roleNames.get(tie.objectId) ?? '?'), roles],
    [
      'aliases',
      held(mirror.aliases, (alias) => alias.address),
      aliases.map((address) => shownAddress(address, vendor.switches)),
    ],
    [
      'groups',
      told(held(mirror.memberships, (tie) => groupIds.get(tie.objectId) ?? '?')),
      told(api === 'v1' ? [] : groups),
    ],
  ]
  return [
    ...Object.entries(expected)
      // A field that the vendor does not show is unknown, regardless of its earlier value.
      .filter(([field, value]) => value !== undefined && !isDeepStrictEqual(fields[field], value))
      .map(
        ([field, value]) =>
          `I1: ${key} ${field} is ${JSON.stringify(fields[field])}, at the vendor ${JSON.stringify(value)}`,
      ),
    ...lists
      .filter(([, mirrored, truly]) => !isDeepStrictEqual(mirrored, truly.toSorted()))
      .map(([list, mirrored, truly]) => `I1: ${key} ${list} are [${mirrored}], at the vendor [${truly.toSorted()}]`),
  ]
}

function statusOf(user: Account['profile'], { switches }: SimulatedOrganization): string | null | undefined {
  const shown = shownStatus(user, switches)
  if (shown === undefined) return undefined
  return shown === user.status ? (user.status?.toUpperCase() ?? null) : null
}

function compareGroups(mirror: Mirror, vendor: SimulatedOrganization): string[] {
  const counted = vendor.switches.memberCount === 'right'
  const shown = ({ id, name, memberCount }: { id: string; name: string; memberCount: number | null }) =>
    `${id} "${name}"${counted ? ` of ${memberCount}` : ''}`
  const mirrored = mirror.groups.filter(isLive).map(({ groupId, ...group }) => shown({ ...group, id: groupId }))
  const truly = vendor.groups().map(shown)
  const [ours, theirs] = [mirrored.sort().join(', '), truly.sort().join(', ')]
  return ours === theirs ? [] : [`I1: groups are ${ours}; at the vendor ${theirs}`]
}

/** The vendor's milliseconds, as the mirror stores them. */
function microseconds(time: string): string {
  return time.replace('Z', '000Z')
}
