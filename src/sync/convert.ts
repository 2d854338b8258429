/** Converts the vendor's values to the mirror's. Pure. An absent field stays absent: it is unknown, not empty. */

import { identifyingCreation } from '../mirror/accounts/account-creation.ts'
import type { ObservedGroup, ObservedUser } from '../mirror/observation.ts'
import { roleName } from '../mirror/role-name.ts'
import type { Profile } from '../mirror/users/profile.ts'
import type { WireGroup, WireUser } from '../vendor/wire/wire.ts'

const types = { User: 'USER', Alias: 'ALIAS' } as const
const statuses = { active: 'ACTIVE', inactive: 'INACTIVE' } as const

export function convertUser(user: WireUser): ObservedUser {
  const profile: Partial<Profile> & Pick<Profile, 'primaryEmail'> = { primaryEmail: user.primaryEmail }
  if (user.firstName !== undefined) profile.firstName = user.firstName
  if (user.lastName !== undefined) profile.lastName = user.lastName
  if (user.type !== undefined) profile.type = types[user.type]
  if (user.status !== undefined) profile.status = user.status && statuses[user.status]
  if (user.mailboxSize !== undefined) profile.mailboxSize = user.mailboxSize
  if (user.spamPolicy !== undefined) profile.spamPolicy = user.spamPolicy
  const createdAt = identifyingCreation(user.raw.createdAt, user.createdAt)
  if (createdAt !== undefined) profile.createdAt = createdAt
  if (user.updatedAt !== undefined) profile.updatedAt = user.updatedAt
  return {
    profile,
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
