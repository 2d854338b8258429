import { shownCreation } from './creation-styles.ts'
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
    roles: shownEntries(roles, 'name', switches),
    aliases: shownEntries(aliases, 'address', switches),
    groups: shownGroups(groups, switches),
  }
  return {
    ...shown,
    mailboxSize: shownNumber(mailboxSize, switches),
    spamPolicy,
    ...profile.undocumented,
    createdAt: shownCreation(profile.createdAt, switches.readCreation, switches.activity),
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

export function listedGroup(group: GroupRecord, switches: Switches): object {
  const { id, name, members } = group
  if (switches.memberCount === 'absent') return { id, name }
  const off = switches.memberCount === 'right' ? 0 : switches.memberCount
  return { id, name, memberCount: shownNumber(Math.max(0, members.size + off), switches) }
}

function listedUser({ profile, groups }: Account, switches: Switches): object {
  const { primaryEmail, firstName, lastName, type } = profile
  const row: Record<string, unknown> = { primaryEmail, firstName, lastName, type }
  for (const section of switches.listCarries) {
    if (section === 'status') row.status = shownStatus(profile, switches)
    if (section === 'roles') row.roles = shownEntries(profile.roles, 'name', switches)
    if (section === 'aliases') row.aliases = shownEntries(profile.aliases, 'address', switches)
    if (section === 'groups') row.groups = shownGroups(groups, switches)
    if (section === 'profile') {
      Object.assign(
        row,
        { mailboxSize: shownNumber(profile.mailboxSize, switches), spamPolicy: profile.spamPolicy },
        profile.undocumented,
      )
    }
    if (section === 'timestamps') {
      row.createdAt = shownCreation(profile.createdAt, switches.listCreation, switches.activity)
      row.updatedAt = profile.updatedAt
    }
  }
  return row
}

function shownStatus({ status }: Profile, { clearedStatus }: Switches) {
  return status === null && clearedStatus === 'absent' ? undefined : status
}

function shownGroups(groups: Iterable<GroupRecord>, switches: Switches): unknown[] {
  const byId = switches.userGroups === 'ids'
  const entries = Array.from(groups, (group) => (byId ? group.id : group.name))
  return shownEntries(entries, byId ? 'id' : 'name', switches)
}

function shownEntries(entries: readonly string[], member: string, { listEntries }: Switches): unknown[] {
  if (listEntries === 'strings') return [...entries]
  return entries.map((entry, i) =>
    listEntries === 'unreadable' && i === entries.length - 1 ? { href: '/unknown' } : { [member]: entry },
  )
}

function shownNumber(number: number | undefined, { numbers }: Switches): number | string | undefined {
  return number === undefined || numbers === 'numbers' ? number : String(number)
}
