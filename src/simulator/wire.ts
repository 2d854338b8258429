import type { Account, Directory, GroupRecord } from './directory.ts'
import { shownAddress, shownAliases, shownRoles, shownStatus, shownType } from './spelling.ts'
import type { Switches } from './switches.ts'
import type { Profile } from './user.ts'

/** What `GET /users/{primaryEmail}` shows. */
export function wholeUser(profile: Profile, groups: Iterable<GroupRecord>, switches: Switches): object {
  const { primaryEmail, firstName, lastName, roles, mailboxSize, spamPolicy } = profile
  const shown = {
    primaryEmail: shownAddress(primaryEmail, switches),
    firstName,
    lastName,
    type: shownType(profile, switches),
    status: shownStatus(profile, switches),
    roles: shownRoles(roles, switches),
    aliases: shownAliases(profile, switches),
    groups: shownGroups(groups, switches),
  }
  return {
    ...shown,
    mailboxSize,
    spamPolicy,
    ...profile.undocumented,
    createdAt: profile.createdAt,
    updatedAt: profile.updatedAt,
  }
}

/** What a POST or PUT answers. */
export function writtenUser(profile: Profile, groups: Iterable<GroupRecord>, switches: Switches): object {
  const { firstName, lastName } = profile
  const primaryEmail = shownAddress(profile.primaryEmail, switches)
  const type = shownType(profile, switches)
  if (switches.writeAnswer === 'whole') return wholeUser(profile, groups, switches)
  return switches.writeAnswer === 'key' ? { primaryEmail, type } : { primaryEmail, type, firstName, lastName }
}

/** JSON; made anew only where the account or what rows carry has changed since. */
export function listRow(account: Account, directory: Directory, switches: Switches): string {
  if (account.rowEpoch !== directory.epoch) {
    account.row = JSON.stringify(listedUser(account, switches))
    account.rowEpoch = directory.epoch
  }
  return account.row
}

export function listedGroup(group: GroupRecord, switches: Switches): object {
  const { id, name, members } = group
  if (switches.memberCount === 'absent') return { id, name }
  const off = switches.memberCount === 'right' ? 0 : switches.memberCount
  return { id, name, memberCount: Math.max(0, members.size + off) }
}

function listedUser({ profile, groups }: Account, switches: Switches): object {
  const { firstName, lastName } = profile
  const primaryEmail = shownAddress(profile.primaryEmail, switches)
  const row: Record<string, unknown> = { primaryEmail, firstName, lastName, type: shownType(profile, switches) }
  for (const section of switches.listCarries) {
    if (section === 'status') row.status = shownStatus(profile, switches)
    if (section === 'roles') row.roles = shownRoles(profile.roles, switches)
    if (section === 'aliases') row.aliases = shownAliases(profile, switches)
    if (section === 'groups') row.groups = shownGroups(groups, switches)
    if (section === 'profile') {
      Object.assign(row, { mailboxSize: profile.mailboxSize, spamPolicy: profile.spamPolicy }, profile.undocumented)
    }
    if (section === 'timestamps') {
      row.createdAt = profile.createdAt
      row.updatedAt = profile.updatedAt
    }
  }
  return row
}

function shownGroups(groups: Iterable<GroupRecord>, switches: Switches): string[] {
  return Array.from(groups, (group) => (switches.userGroups === 'ids' ? group.id : group.name))
}
