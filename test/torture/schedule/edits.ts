/**
 * What an administrator, or the connector of an identity provider, does at the vendor. Each edit always finds something
 * to do.
 */

import type { User } from '../../../src/simulator/data/user.ts'
import type { SimulatedOrganization } from '../../../src/simulator/organization.ts'
import type { Truth } from '../checks/truth.ts'

/** `who` and `what` are arbitrary numbers that select among the existing objects. */
export interface Edit {
  readonly edit: EditName
  readonly who: number
  readonly what: number
}

/** `then` records the changes so far, for an edit with two steps. */
type Do = (organization: SimulatedOrganization, who: number, what: number, then: () => void) => void

/** Creation times are far enough apart that no two can be spellings of the same time. */
const firstCreation = Date.parse('2020-01-01T00:00:00.123Z')
const creationStepMs = (15 * 60 + 2) * 60_000
/**
 * A vendor replaces few accounts at a time: many replacements in consecutive pulls are not trusted
 * (src/mirror/accounts/weigh-doubts.ts).
 */
const mostReplaced = 5

const statuses = ['active', 'inactive'] as const
const roles = ['USER', 'ADMINISTRATOR', 'HELPDESK', 'AUDITOR']
const domains = ['example.com', 'example.org']
const names = ['Ada', 'Bo', 'Cy', 'Di']
const groupNames = ['Sales', 'Staff', 'Board', 'Press', 'Labs']

const edits = {
  create(organization, who, what) {
    if (!mayReplace(organization)) return
    const primaryEmail = freeAddress(organization, who)
    organization.createUser({ primaryEmail, ...details(organization, who, what) })
  },
  delete(organization, who) {
    withUser(organization, who, (user) => organization.deleteUser(user.primaryEmail))
  },
  /** Another account at an address that was used before, sometimes in other letter case. */
  recreate(organization, who, what, then) {
    if (!mayReplace(organization)) return
    withUser(organization, who, (user) => {
      organization.deleteUser(user.primaryEmail)
      then()
      const primaryEmail = what % 3 === 0 ? otherCase(user.primaryEmail) : user.primaryEmail
      organization.createUser({ primaryEmail, ...details(organization, what, who) })
    })
  },
  rename(organization, who, what) {
    withUser(organization, who, (user) =>
      organization.updateUser(user.primaryEmail, { firstName: `${names[what % names.length]} ${what}` }),
    )
  },
  /** Fields that rows of a list may lack. */
  settings(organization, who, what) {
    withUser(organization, who, (user) =>
      organization.updateUser(user.primaryEmail, {
        status: statuses[what % 2] ?? 'active',
        mailboxSize: what,
        spamPolicy: { level: what % 5, b: { a: 1 } },
      }),
    )
  },
  roles(organization, who, what) {
    withUser(organization, who, (user) =>
      organization.updateUser(user.primaryEmail, { roles: roles.filter((_, i) => (what >> i) % 2 === 1) }),
    )
  },
  join(organization, who, what) {
    withUser(organization, who, (user) =>
      withGroup(organization, what, ({ id }) => organization.addMember(id, user.primaryEmail)),
    )
  },
  leave(organization, who, what) {
    withUser(organization, who, (user) => {
      const id = user.groups[what % user.groups.length]
      if (id !== undefined) organization.removeMember(id, user.primaryEmail)
    })
  },
  move(organization, who, what) {
    withUser(organization, who, (user) =>
      withGroup(organization, what, ({ id }) => organization.updateUser(user.primaryEmail, { groups: [id] })),
    )
  },
  addAlias(organization, who, what) {
    withUser(organization, who, (user) => {
      const alias = what % 7 === 6 ? `ä${who % 5}@bücher.example` : `a${what % 7}.${who % 5}@${domains[what % 2]}`
      if (organization.directory.bears(alias)) return
      organization.updateUser(user.primaryEmail, { aliases: [...user.aliases, alias] })
    })
  },
  removeAlias(organization, who) {
    withBearer(organization, who, (user) =>
      organization.updateUser(user.primaryEmail, { aliases: user.aliases.slice(1) }),
    )
  },
  respellAlias(organization, who) {
    withBearer(organization, who, (user) =>
      organization.updateUser(user.primaryEmail, { aliases: user.aliases.map(otherCase) }),
    )
  },
  /** Moves an alias from one user to another in one step. */
  moveAlias(organization, who, what, then) {
    withBearer(organization, who, (from) => {
      const [alias = '', ...rest] = from.aliases
      withUser(organization, what, (to) => {
        if (to.primaryEmail === from.primaryEmail) return
        organization.updateUser(from.primaryEmail, { aliases: rest })
        then()
        organization.updateUser(to.primaryEmail, { aliases: [...to.aliases, alias] })
      })
    })
  },
  createGroup(organization, _who, what) {
    if (organization.groups().length < 12)
      organization.createGroup(`${groupNames[what % groupNames.length]} ${what % 3}`)
  },
  deleteGroup(organization, _who, what) {
    withGroup(organization, what, ({ id }) => organization.deleteGroup(id))
  },
  renameGroup(organization, who, what) {
    withGroup(organization, what, ({ id }) => {
      // A name that another group has does not identify a group.
      const name = `${groupNames[who % groupNames.length]} ${who}`
      if (!organization.groups().some((group) => group.name === name)) organization.renameGroup(id, name)
    })
  },
  /** Replaces a group by another one with the same name. */
  replaceGroup(organization, _who, what, then) {
    withGroup(organization, what, ({ id, name }) => {
      const members = organization.users().filter((user) => user.groups.includes(id))
      organization.deleteGroup(id)
      then()
      const group = organization.createGroup(name, `${id}r`)
      for (const user of members) organization.addMember(group.id, user.primaryEmail)
    })
  },
} as const satisfies Record<string, Do>

const kinds = ['end_user', 'silent_user', 'functional_account', 'organization_admin', 'gate_keeper']

/** What only the API v1 tells. */
const interfaceEdits = {
  kind(organization, who, what) {
    withUser(organization, who, ({ primaryEmail, ofInterface }) =>
      organization.updateUser(primaryEmail, {
        ofInterface: { ...ofInterface, type: kinds[what % kinds.length], billable: what % 2 === 0 },
      }),
    )
  },
  senders(organization, who, what) {
    withUser(organization, who, ({ primaryEmail, ofInterface }) =>
      organization.updateUser(primaryEmail, {
        ofInterface: {
          ...ofInterface,
          safe: what % 3 === 0 ? [] : [`s${what}@out.example`],
          blocked: [`b${who}.example`],
        },
      }),
    )
  },
  /** The same account at another address: a free one, or one that another account had before. */
  readdress(organization, who, what) {
    withUser(organization, who, ({ primaryEmail }) => {
      const { removed } = organization.directory
      const former = what % 3 === 0 ? removed[what % Math.max(1, removed.length)]?.profile.primaryEmail : undefined
      const isFree = former !== undefined && !organization.directory.bears(former) && mayReplace(organization)
      organization.renameUser(primaryEmail, isFree ? former : freeAddress(organization, what))
    })
  },
  /** A directory sync, if there is one, makes the functional accounts again that are not exempt from it. */
  directorySync(organization) {
    const { syncFrequency } = organization.interfaceSwitches
    if ((syncFrequency ?? 0) > 0 && mayReplace(organization)) organization.syncDirectory()
  },
} as const satisfies Record<string, Do>

/** The edits after which an address has no account, or another one. */
export const endsAddress: ReadonlySet<string> = new Set(['delete', 'recreate', 'readdress', 'directorySync'])

export type EditName = keyof typeof edits | keyof typeof interfaceEdits
export const editNames = Object.keys(edits) as EditName[]
/** `join` and the like. */
const ofGroups: readonly EditName[] = [
  'join',
  'leave',
  'move',
  'createGroup',
  'deleteGroup',
  'renameGroup',
  'replaceGroup',
]
/** The edits of which the API v1 shows something. */
export const interfaceEditNames = [
  ...editNames.filter((name) => !ofGroups.includes(name)),
  ...(Object.keys(interfaceEdits) as EditName[]),
]

export function doEdit(organization: SimulatedOrganization, truth: Truth, { edit, who, what }: Edit): void {
  const act: Do = { ...edits, ...interfaceEdits }[edit]
  truth.edit(() => act(organization, who, what, () => truth.edit(() => {})))
}

/** Creates the initial organization. */
export function fill(organization: SimulatedOrganization, users: number, groups: number): void {
  for (let n = 0; n < groups; n++) organization.createGroup(`${groupNames[n % groupNames.length]} ${n}`)
  for (let n = 0; n < users; n++) {
    organization.createUser({ primaryEmail: addressOf(n), ...details(organization, n, n) })
  }
}

function details(organization: SimulatedOrganization, who: number, what: number): Partial<User> {
  const group = organization.groups()[what % Math.max(1, organization.groups().length)]
  return {
    firstName: names[what % names.length],
    lastName: `L${who}`,
    createdAt: nextCreation(organization),
    type: what % 11 === 0 ? 'Alias' : 'User',
    roles: ['USER'],
    status: 'active',
    mailboxSize: who,
    spamPolicy: { level: what % 5 },
    groups: group && what % 4 > 0 ? [group.id] : [],
  }
}

/** The creation time of the next account. */
export function nextCreation(organization: SimulatedOrganization): string {
  return new Date(firstCreation + accountsEver(organization) * creationStepMs).toISOString()
}

function accountsEver({ directory }: SimulatedOrganization): number {
  return directory.size + directory.removed.length
}

/** Whether another address may be given to another account. */
export function mayReplace(organization: SimulatedOrganization): boolean {
  const { removed, accounts } = organization.directory
  return accountsEver(organization) - new Set([...removed, ...accounts].map(({ key }) => key)).size < mostReplaced
}

function freeAddress(organization: SimulatedOrganization, who: number): string {
  for (let n = who % 60; ; n++) {
    const address = addressOf(n)
    if (!organization.directory.bears(address)) return address
  }
}

/** Some addresses have letters with several Unicode forms. */
function addressOf(n: number): string {
  return n % 6 === 5 ? `Ü${n}@bücher.example` : `U${n}@${domains[n % 2]}`
}

function otherCase(address: string): string {
  return address === address.toLowerCase() ? address.toUpperCase() : address.toLowerCase()
}

function withUser(organization: SimulatedOrganization, who: number, act: (user: User) => void): void {
  const account = organization.directory.accounts[who % organization.userCount]
  const user = account && organization.user(account.key)
  if (user) act(user)
}

function withBearer(organization: SimulatedOrganization, who: number, act: (user: User) => void): void {
  const bearers = organization.users().filter((user) => user.aliases.length > 0)
  const user = bearers[who % bearers.length]
  if (user) act(user)
}

function withGroup(
  organization: SimulatedOrganization,
  what: number,
  act: (group: { id: string; name: string }) => void,
): void {
  const groups = organization.groups()
  const group = groups[what % groups.length]
  if (group) act(group)
}
