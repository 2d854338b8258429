import { addressKey } from '../../addresses/address-key.ts'
import { domainOf } from '../../addresses/spellings.ts'
import { textArrayOrNull } from '../../db/pg-array.ts'
import type { Change, ChangeWriter } from '../feed/change-writer.ts'
import type { AnswerKind, Observation } from '../observation.ts'
import { type ResolvedUser, uniqueAddresses } from './diff-user.ts'
import { fieldObservedAt, type StoredUser } from './load-stored-users.ts'
import { emptyProfile, knownBits, type Profile, profileRow } from './profile.ts'
import { addAlias } from './record-difference.ts'

/** Inserts a new account: its row, its relationships and its changes. */
export function insertUser(
  writer: ChangeWriter,
  nextId: () => number,
  seen: ResolvedUser,
  answer_digest: string | null,
  previous: StoredUser | undefined,
  { sentAt, arrivedAt }: Observation,
  answer: AnswerKind,
  wantsRead: boolean,
  baseline: boolean,
): number {
  const id = nextId()
  const organization_id = writer.organizationId
  const valid_from = writer.now
  const profile: Profile = { ...emptyProfile, ...definedOf(seen.profile) }
  writer.add('users', {
    id,
    organization_id,
    ...profileRow(profile),
    address_key: addressKey(profile.primaryEmail),
    domain: domainOf(profile.primaryEmail),
    profile_known: knownBits(seen.profile),
    profile_at: sentAt,
    roles_at: seen.roles ? sentAt : null,
    aliases_at: seen.aliases ? sentAt : null,
    groups_at: seen.groups ? sentAt : null,
    vendor_id: seen.vendorId ?? null,
    read_at: answer === 'READ' ? sentAt : null,
    list_fields: answer === 'LIST' ? knownBits(seen.profile) : 0,
    unresolved_groups: textArrayOrNull(seen.unresolvedGroups),
    answer_digest,
    relations_wanted_at: wantsRead ? writer.now : null,
    valid_from,
    version_from: valid_from,
  })
  // Absence from a list proves nothing, so the start of an account is unknown unless the address was known to be free.
  // A 404 proves that of one spelling only: a vendor may regard the case of the addresses in its paths.
  // An account with a number may have been at another address before, so its address proves nothing either.
  const isSpelledAlike = previous?.profile.primaryEmail === profile.primaryEmail
  const freeAt = isSpelledAlike ? previous.goneAt : null
  const isBound = previous !== undefined && seen.vendorId === undefined
  const notBefore = isBound ? (freeAt ?? fieldObservedAt(previous, 'createdAt')) : null
  const known = { notBefore, baseline }
  const changes: Change[] = [{ kind: previous ? 'USER_RECREATED' : 'USER_CREATED', after: profile, ...known }]
  for (const role_id of seen.roles ?? []) {
    writer.add('grants', { user_id: id, role_id, organization_id, valid_from })
    changes.push({ kind: 'ROLE_GRANTED', object: role_id, ...known })
  }
  for (const address of uniqueAddresses(seen.aliases ?? [])) {
    changes.push({ kind: 'ALIAS_ADDED', object: addAlias(writer, nextId, id, address), after: address, ...known })
  }
  for (const group_id of seen.groups ?? []) {
    writer.add('memberships', { user_id: id, group_id, organization_id, happened_by: arrivedAt, valid_from })
    changes.push({ kind: 'MEMBER_ADDED', object: group_id, ...known })
  }
  writer.record(id, changes)
  return id
}

function definedOf(profile: ResolvedUser['profile']): ResolvedUser['profile'] {
  const defined = Object.entries(profile).filter(([, value]) => value !== undefined)
  return Object.fromEntries(defined) as ResolvedUser['profile']
}
