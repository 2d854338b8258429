/** Converts the vendor's values to the mirror's. Pure. An absent field stays absent: it is unknown, not empty. */

import { identifyingCreation } from '../mirror/accounts/account-creation.ts'
import type { ObservedGroup, ObservedUser } from '../mirror/observation.ts'
import { roleName } from '../mirror/role-name.ts'
import { type Profile, type ProfileField, profileFields } from '../mirror/users/profile.ts'
import type { WireGroup, WireUser } from '../vendor/wire/wire.ts'

const types = { User: 'USER', Alias: 'ALIAS' } as const
const statuses = { active: 'ACTIVE', inactive: 'INACTIVE' } as const

/** The fields that the vendor and the mirror represent in the same way. */
const plainFields = profileFields.filter(
  (field): field is Exclude<ProfileField, 'primaryEmail' | 'type' | 'status' | 'createdAt'> =>
    !['primaryEmail', 'type', 'status', 'createdAt'].includes(field),
)

export function convertUser(user: WireUser): ObservedUser {
  const plain = plainFields.flatMap((field) => (user[field] === undefined ? [] : [[field, user[field]]]))
  const profile: Partial<Profile> & Pick<Profile, 'primaryEmail'> = {
    ...Object.fromEntries(plain),
    primaryEmail: user.primaryEmail,
  }
  if (user.type !== undefined) profile.type = types[user.type]
  if (user.status !== undefined) profile.status = user.status && statuses[user.status]
  const createdAt = identifyingCreation(user.raw.createdAt, user.createdAt)
  if (createdAt !== undefined) profile.createdAt = createdAt
  return {
    profile,
    ...(user.vendorId !== undefined && { vendorId: user.vendorId }),
    ...(user.roles && { roles: [...new Set(user.roles.map(roleName))] }),
    ...(user.aliases && { aliases: user.aliases }),
    ...(user.groups && { groups: user.groups }),
    ...(user.unrecognized && { unrecognized: user.unrecognized }),
  }
}

export function convertGroup(group: WireGroup): ObservedGroup {
  return {
    groupId: group.id,
    name: group.name,
    ...(group.memberCount !== undefined && { memberCount: group.memberCount }),
  }
}
