import { shownCreation } from '../data/creation-styles.ts'
import type { Account, Directory, GroupRecord } from '../data/directory.ts'
import { shownAddress, shownAliases, shownRoles, shownStatus, shownType } from '../data/spelling.ts'
import type { Profile } from '../data/user.ts'
import type { Switches } from '../options.ts'

/** The response of `GET /users/{primaryEmail}`. */
export function wholeUser(profile: Profile, groups: Iterable<GroupRecord>, switches: Switches): object {
  const { primaryEmail, firstName, lastName, roles, mailboxSize, spamPolicy } = profile
  const shown = {
    primaryEmail: shownAddress(primaryEmail, switches),
    firstName,
    lastName,
    type: shownType(profile, switches),
    status: shownStatus(profile, switches),
    roles: shownEntries(shownRoles(roles, switches), 'name', switches),
    aliases: shownEntries(shownAliases(profile, switches), 'address', switches),
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

/** The response to a POST or PUT. */
export function writtenUser(profile: Profile, groups: Iterable<GroupRecord>, switches: Switches): object {
  const { firstName, lastName } = profile
  const primaryEmail = shownAddress(profile.primaryEmail, switches)
  const type = shownType(profile, switches)
  if (switches.writeAnswer === 'whole') return wholeUser(profile, groups, switches)
  return switches.writeAnswer === 'key' ? { primaryEmail, type } : { primaryEmail, type, firstName, lastName }
}

/** JSON; rebuilt only if the account or the fields of rows have changed since. */
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
  return { id, name, memberCount: shownNumber(Math.max(0, memberCount + off), switches) }
}

function listedUser({ profile, groups }: Account, switches: Switches): object {
  const { firstName, lastName } = profile
  const primaryEmail = shownAddress(profile.primaryEmail, switches)
  const type = switches.listTypes === 'other' ? otherType(profile.type) : profile.type
  const row: Record<string, unknown> = {
    primaryEmail,
    firstName,
    lastName,
    type: shownType({ ...profile, type }, switches),
  }
  for (const section of switches.listCarries) {
    if (section === 'status') row.status = shownStatus(profile, switches)
    if (section === 'roles') row.roles = shownEntries(shownRoles(profile.roles, switches), 'name', switches)
    if (section === 'aliases') row.aliases = shownEntries(shownAliases(profile, switches), 'address', switches)
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

function otherType(type: Profile['type']): Profile['type'] {
  return type === 'User' ? 'Alias' : 'User'
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
