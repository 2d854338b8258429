import type { Account, Directory, GroupRecord } from './directory.ts'
import type { Switches } from './switches.ts'
import type { Profile } from './user.ts'

/** What `GET /users/{primaryEmail}` shows. */
export function wholeUser(profile: Profile, groups: Iterable<GroupRecord>, switches: Switches): object {
  const { primaryEmail, firstName, lastName, type, roles, aliases, mailboxSize, spamPolicy } = profile
  const shown = {
    primaryEmail,
    firstName,
    lastName,
    type,
    status: shownStatus(profile, switches),
    roles,
    aliases,
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
  const { primaryEmail, type, firstName, lastName } = profile
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

export function listedGroup({ id, name }: GroupRecord, memberCount: number, switches: Switches): object {
  if (switches.memberCount === 'absent') return { id, name }
  const off = switches.memberCount === 'right' ? 0 : switches.memberCount
  return { id, name, memberCount: Math.max(0, memberCount + off) }
}

function listedUser({ profile, groups }: Account, switches: Switches): object {
  const { primaryEmail, firstName, lastName, type } = profile
  const row: Record<string, unknown> = { primaryEmail, firstName, lastName, type }
  for (const section of switches.listCarries) {
    if (section === 'status') row.status = shownStatus(profile, switches)
    if (section === 'roles') row.roles = profile.roles
    if (section === 'aliases') row.aliases = profile.aliases
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

function shownStatus({ status }: Profile, { clearedStatus }: Switches) {
  return status === null && clearedStatus === 'absent' ? undefined : status
}

function shownGroups(groups: Iterable<GroupRecord>, switches: Switches): string[] {
  return Array.from(groups, (group) => (switches.userGroups === 'ids' ? group.id : group.name))
}
