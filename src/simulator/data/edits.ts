import type { BetweenPages, SimulatedOrganization } from '../organization.ts'
import { lastNames } from './names.ts'
import type { Random } from './random.ts'
import { PeopleSource } from './seed-data.ts'
import type { Group, User } from './user.ts'

/** Returns a description of the edit; `undefined` if it does not apply and nothing was done. */
type Edit = (organization: SimulatedOrganization, random: Random) => string | undefined

/** Makes one small edit that an admin might make on any day, and returns a description. */
export function editALittle(
  organization: SimulatedOrganization,
  random: Random,
  edits: readonly Edit[] = frequentEdits,
): string {
  if (organization.userCount === 0) return createSomebody(organization, random)
  for (let attempt = 0; attempt < 20; attempt++) {
    const done = random.pick(edits)(organization, random)
    if (done !== undefined) return done
  }
  return rename(organization, random)
}

/**
 * For `organization.betweenPages`: before each page, this number of users is deleted, and the same number is created.
 */
export function driftBetweenPages(
  organization: SimulatedOrganization,
  random: Random,
  { creates, deletes }: { readonly creates: number; readonly deletes: number },
): BetweenPages {
  return () => {
    for (let done = 0; done < deletes && organization.userCount > 0; done++) deleteSomebody(organization, random)
    for (let done = 0; done < creates; done++) createSomebody(organization, random)
  }
}

function joinGroup(organization: SimulatedOrganization, random: Random): string | undefined {
  const user = organization.pickUser(random)
  const group = pickGroup(organization, random, (each) => !user.groups.includes(each.id))
  if (!group) return undefined
  organization.addMember(group.id, user.primaryEmail)
  return `${nameOf(user)} joined ${group.name}`
}

function leaveGroup(organization: SimulatedOrganization, random: Random): string | undefined {
  const user = organization.pickUser(random)
  const group = pickGroup(organization, random, (each) => user.groups.includes(each.id))
  if (!group) return undefined
  organization.removeMember(group.id, user.primaryEmail)
  return `${nameOf(user)} left ${group.name}`
}

function rename(organization: SimulatedOrganization, random: Random): string {
  const user = organization.pickUser(random)
  const lastName = random.pick(lastNames.filter((name) => name !== user.lastName))
  organization.updateUser(user.primaryEmail, { lastName })
  return `${nameOf(user)} is now called ${nameOf({ ...user, lastName })}`
}

function changeRole(organization: SimulatedOrganization, random: Random): string | undefined {
  const user = organization.pickUser(random)
  if (user.type === 'Alias') return undefined
  const role = random.pick(['ADMINISTRATOR', 'HELPDESK', 'AUDITOR', 'HELPDESK'])
  const held = user.roles.includes(role)
  const roles = held ? user.roles.filter((each) => each !== role) : [...user.roles, role]
  organization.updateUser(user.primaryEmail, { roles })
  return `${nameOf(user)} ${held ? 'is no longer' : 'is now'} ${role}`
}

function addAlias(organization: SimulatedOrganization, random: Random): string | undefined {
  const user = organization.pickUser(random)
  const [local = ''] = user.primaryEmail.split('@')
  const alias = `${local}.${random.pick(['team', 'mail', 'work', 'desk'])}@${random.pick(organization.domains)}`
  if (organization.directory.bears(alias)) return undefined
  organization.updateUser(user.primaryEmail, { aliases: [...user.aliases, alias] })
  return `${nameOf(user)} got the alias ${alias}`
}

function removeAlias(organization: SimulatedOrganization, random: Random): string | undefined {
  const user = organization.pickUser(random)
  if (user.aliases.length === 0) return undefined
  const alias = random.pick(user.aliases)
  organization.updateUser(user.primaryEmail, { aliases: user.aliases.filter((each) => each !== alias) })
  return `${nameOf(user)} lost the alias ${alias}`
}

function suspendOrReturn(organization: SimulatedOrganization, random: Random): string {
  const user = organization.pickUser(random)
  const status = user.status === 'active' ? 'inactive' : 'active'
  organization.updateUser(user.primaryEmail, { status })
  return `${nameOf(user)} is ${status} now`
}

function createSomebody(organization: SimulatedOrganization, random: Random): string {
  const people = new PeopleSource(organization.directory, organization.domains, random, 0)
  const { createdAt: _createdAt, updatedAt: _updatedAt, ...person } = people.draw()
  const group = pickGroup(organization, random, () => true)
  const user = organization.createUser({ ...person, status: 'active', groups: group ? [group.id] : [] })
  return `${nameOf(user)} was created as ${user.primaryEmail}`
}

function deleteSomebody(organization: SimulatedOrganization, random: Random): string {
  const user = organization.pickUser(random)
  organization.deleteUser(user.primaryEmail)
  return `${nameOf(user)} was deleted, with ${user.primaryEmail}`
}

const frequentEdits: readonly Edit[] = [
  ...Array<Edit>(5).fill(joinGroup),
  ...Array<Edit>(4).fill(leaveGroup),
  ...Array<Edit>(2).fill(rename),
  changeRole,
  ...Array<Edit>(2).fill(addAlias),
  removeAlias,
  suspendOrReturn,
  ...Array<Edit>(2).fill(createSomebody),
  deleteSomebody,
]

/** Edits that the interface API v1 shows. */
export const interfaceEdits: readonly Edit[] = [
  ...Array<Edit>(3).fill(rename),
  changeAddress,
  changeKind,
  allowSender,
  ...Array<Edit>(2).fill(addAlias),
  removeAlias,
  suspendOrReturn,
  createSomebody,
  deleteSomebody,
]

function changeAddress(organization: SimulatedOrganization, random: Random): string | undefined {
  const user = organization.pickUser(random)
  const [local = '', domain = ''] = user.primaryEmail.split('@')
  const address = `${local}${2 + random.below(8)}@${domain}`
  if (organization.directory.bears(address)) return undefined
  organization.renameUser(user.primaryEmail, address)
  return `${nameOf(user)} changed the address from ${user.primaryEmail} to ${address}`
}

function changeKind(organization: SimulatedOrganization, random: Random): string | undefined {
  const user = organization.pickUser(random)
  const type = random.pick(['silent_user', 'functional_account', 'organization_admin', 'end_user'])
  if (user.ofInterface?.type === type) return undefined
  organization.updateUser(user.primaryEmail, { ofInterface: { ...user.ofInterface, type } })
  return `${nameOf(user)} is now a ${type}`
}

function allowSender(organization: SimulatedOrganization, random: Random): string | undefined {
  const user = organization.pickUser(random)
  const sender = random.pick(['gmail.com', 'news@partner.example', 'partner.example', 'invoices@shop.example'])
  const safe = user.ofInterface?.safe ?? []
  if (safe.includes(sender)) return undefined
  organization.updateUser(user.primaryEmail, { ofInterface: { ...user.ofInterface, safe: [...safe, sender] } })
  return `${nameOf(user)} allows ${sender}`
}

function pickGroup(organization: SimulatedOrganization, random: Random, fits: (group: Group) => boolean) {
  const fitting = organization.groups().filter(fits)
  return fitting.length > 0 ? random.pick(fitting) : undefined
}

function nameOf({ firstName, lastName, primaryEmail }: Pick<User, 'firstName' | 'lastName' | 'primaryEmail'>): string {
  return [firstName, lastName].filter(Boolean).join(' ') || primaryEmail
}
