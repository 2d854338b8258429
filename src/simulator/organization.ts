import { type Account, Directory, type GroupRecord } from './data/directory.ts'
import { createRandom, hashOf, type Random } from './data/random.ts'
import { type SeedSize, seedDirectory } from './data/seed-data.ts'
import { completeProfile, type Group, type NewUser, timestamp, type User, type UserPatch } from './data/user.ts'
import { Visibility } from './data/visibility.ts'
import { createLimiter, type Limiter, type LimiterKind, PeakRecord } from './http/limiter.ts'
import { Pages } from './http/pages.ts'
import { type Switches, withSwitches } from './options.ts'
import {
  defaultInterfaceSwitches,
  type InterfaceSwitches,
  interfaceSwitchesSchema,
  type Standing,
} from './v1/interface-switches.ts'

export interface OrganizationOptions {
  readonly apiKey: string
  readonly apiSecret: string
  /** The domains registered in the admin console. */
  readonly domains: readonly string[]
  /** Defaults to 100. */
  readonly requestsPerMinute?: number | undefined
  /** Defaults to `sliding`. */
  readonly limiter?: LimiterKind | undefined
  /** The number of users and groups to generate from the seed, or explicit ones. Defaults to none. */
  readonly data?: SeedSize | ExplicitData | undefined
  readonly switches?: Partial<Switches> | undefined
  /** The API key of the partner above it, which must come before it. */
  readonly partner?: string | undefined
  /** Defaults to its first domain, and to an organization. */
  readonly standing?: Partial<Standing> | undefined
  /** Of the interface API v1. */
  readonly interfaceSwitches?: Partial<InterfaceSwitches> | undefined
}

export interface ExplicitData {
  readonly users?: readonly NewUser[]
  readonly groups?: readonly { readonly id?: string; readonly name: string }[]
}

export interface Snapshot {
  readonly domains: readonly string[]
  /** Sorted by address; their groups and lists are sorted as well. */
  readonly users: readonly User[]
  readonly groups: readonly Group[]
}

/** Called before each page except the first; `page` counts from 1. */
export type BetweenPages = (turn: { readonly list: 'users' | 'groups'; readonly page: number }) => void

/**
 * One organization at the vendor. Its methods do what an admin does in the console without the client's knowledge. They
 * take effect immediately, count no request, and make none of the API's checks, except that primary addresses and ids
 * are unique.
 */
export class SimulatedOrganization {
  readonly domains: string[]
  readonly directory = new Directory()
  /** API reads go through it; the methods of this class do not. */
  readonly visibility: Visibility
  readonly pages: Pages
  readonly limiter: Limiter
  readonly requests = new PeakRecord()
  readonly latency: Random
  #credentials: { readonly apiKey: string; readonly apiSecret: string }
  #refused = false
  #switches: Switches
  /** Addresses that the directory sync leaves alone. */
  exemptions: string[] = []
  /** Its number at the vendor. */
  readonly eid: number
  readonly standing: Standing
  readonly children: SimulatedOrganization[] = []
  #interfaceSwitches: InterfaceSwitches
  #clock: () => number
  #betweenPages: BetweenPages | undefined

  constructor(options: OrganizationOptions, defaults: Switches, seed: number, clock: () => number) {
    const { apiKey, apiSecret, domains, requestsPerMinute = 100, limiter = 'sliding', data = {} } = options
    this.#credentials = { apiKey, apiSecret }
    this.domains = [...domains]
    this.limiter = createLimiter(limiter, requestsPerMinute)
    this.#switches = withSwitches(defaults, options.switches ?? {})
    this.#interfaceSwitches = interfaceSwitchesSchema.parse({
      ...defaultInterfaceSwitches,
      ...options.interfaceSwitches,
    })
    this.eid = 1_000 + (seed % 1_000_000)
    this.standing = { name: domains[0] ?? '', kind: 'organization', closed: false, ...options.standing }
    this.#clock = clock
    this.latency = createRandom(`${seed} latency`)
    this.visibility = new Visibility(this.directory, createRandom(`${seed} lags`))
    this.pages = new Pages(this.directory, hashOf(`${seed} order`))
    if (isSeedSize(data)) seedDirectory(this.directory, data, domains, seed, clock())
    else this.#fill(data)
  }

  get apiKey(): string {
    return this.#credentials.apiKey
  }

  get switches(): Switches {
    return this.#switches
  }

  get interfaceSwitches(): InterfaceSwitches {
    return this.#interfaceSwitches
  }

  /** Throws a ZodError if the switch or the value does not exist. */
  setInterfaceSwitches(change: Partial<InterfaceSwitches>): void {
    this.#interfaceSwitches = interfaceSwitchesSchema.parse({ ...this.#interfaceSwitches, ...change })
  }

  /** Throws a ZodError if the switch or the value does not exist. */
  setSwitches(change: Partial<Switches>): void {
    this.#switches = withSwitches(this.#switches, change)
    this.directory.epoch++
  }

  /** An omitted key or secret stays unchanged. */
  setCredentials(credentials: { apiKey?: string; apiSecret?: string }): void {
    this.#credentials = { ...this.#credentials, ...credentials }
  }

  /** While refused, the correct secret also gets 401. */
  refuseKey(refused = true): void {
    this.#refused = refused
  }

  accepts(apiSecret: string): boolean {
    return !this.#refused && apiSecret === this.#credentials.apiSecret
  }

  /** The maximum number of requests with the key in any 60 s, including rejected ones. */
  peakRequestsInWindow(): number {
    return this.requests.peak
  }

  /** One callback at a time; `undefined` removes it. */
  betweenPages(callback: BetweenPages | undefined): void {
    this.#betweenPages = callback
  }

  turnPage(list: 'users' | 'groups', page: number): void {
    this.#betweenPages?.({ list, page })
  }

  /** In order of insertion. */
  users(): User[] {
    return this.directory.accounts.map(copyOf)
  }

  user(email: string): User | undefined {
    const account = this.directory.find(email)
    return account && copyOf(account)
  }

  get userCount(): number {
    return this.directory.size
  }

  /** Throws a RangeError if there are no users. */
  pickUser(random: Random): User {
    return copyOf(random.pick(this.directory.accounts))
  }

  groups(): Group[] {
    return this.directory.groups.map(groupOf)
  }

  /** For tests only: the API never returns it. */
  passwordOf(email: string): string | undefined {
    return this.directory.passwordOf(this.#account(email))
  }

  createUser(user: NewUser): User {
    const account = this.directory.add(completeProfile(user, this.#clock()), this.#groupsOf(user.groups ?? []))
    if (user.password !== undefined) this.directory.setPassword(account, user.password)
    return copyOf(account)
  }

  /**
   * Each field in the patch is replaced as a whole; `undefined` removes a field. updatedAt becomes the current time.
   */
  updateUser(email: string, patch: UserPatch): User {
    const account = this.#account(email)
    const { groups, password, ...fields } = patch
    this.visibility.settle(account)
    this.directory.replace(account, { ...account.profile, updatedAt: timestamp(this.#clock()), ...fields })
    if (groups !== undefined) this.directory.setGroups(account, this.#groupsOf(groups))
    if (password !== undefined) this.directory.setPassword(account, password)
    return copyOf(account)
  }

  /** Gives the account another address. Only the interface API v1 has a number by which it stays the same account. */
  renameUser(email: string, primaryEmail: string): User {
    const account = this.#account(email)
    this.visibility.settle(account)
    this.directory.rename(account, primaryEmail)
    return copyOf(account)
  }

  deleteUser(email: string): void {
    const account = this.#account(email)
    this.visibility.settle(account)
    this.directory.remove(account)
  }

  /** A deleted account is there again, with its number and its creation time. */
  restoreUser(email: string, which = -1): User {
    return copyOf(this.directory.restore(email, which))
  }

  /** A directory sync: an account that was made a functional one, and is not exempt, is deleted and made again. */
  syncDirectory(): void {
    const exempt = new Set(this.exemptions.map((one) => one.toLowerCase()))
    for (const { profile } of [...this.directory.accounts]) {
      if (profile.ofInterface?.type !== 'functional_account' || exempt.has(profile.primaryEmail.toLowerCase())) continue
      this.deleteUser(profile.primaryEmail)
      this.createUser({ ...profile, ofInterface: { ...profile.ofInterface, type: 'end_user' } })
    }
  }

  addMember(groupId: string, email: string): void {
    const account = this.#account(email)
    this.visibility.settle(account)
    if (this.directory.join(account, this.#group(groupId))) this.#touch(email)
  }

  removeMember(groupId: string, email: string): void {
    const account = this.#account(email)
    this.visibility.settle(account)
    if (this.directory.leave(account, this.#group(groupId))) this.#touch(email)
  }

  createGroup(name: string, id?: string): Group {
    return groupOf(this.directory.addGroup(name, id))
  }

  renameGroup(groupId: string, name: string): void {
    this.directory.renameGroup(this.#group(groupId), name)
  }

  deleteGroup(groupId: string): void {
    this.directory.removeGroup(this.#group(groupId))
  }

  /** Everything that a client could know, in an order that does not depend on history. */
  snapshot(): Snapshot {
    const users = this.directory.accounts.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(copyOf)
    return {
      domains: this.domains.toSorted(),
      users: users.map((user) => ({
        ...user,
        roles: user.roles.toSorted(),
        aliases: user.aliases.toSorted(),
        groups: user.groups.toSorted(),
      })),
      groups: this.groups().sort((a, b) => (a.id < b.id ? -1 : 1)),
    }
  }

  #fill({ users = [], groups = [] }: ExplicitData): void {
    for (const { name, id } of groups) this.directory.addGroup(name, id)
    for (const user of users) this.createUser(user)
  }

  #touch(email: string): void {
    if (this.#switches.membershipTouchesUser) this.updateUser(email, {})
  }

  #account(email: string): Account {
    const account = this.directory.find(email)
    if (!account) throw new Error(`unknown user ${email}`)
    return account
  }

  #group(id: string): GroupRecord {
    const group = this.directory.group(id)
    if (!group) throw new Error(`unknown group ${id}`)
    return group
  }

  #groupsOf(ids: readonly string[]): GroupRecord[] {
    return ids.map((id) => this.#group(id))
  }
}

function isSeedSize(data: SeedSize | ExplicitData): data is SeedSize {
  return typeof data.users === 'number'
}

function copyOf({ profile, groups }: Account): User {
  return { ...profile, groups: Array.from(groups, (group) => group.id) }
}

function groupOf({ id, name, members }: GroupRecord): Group {
  return { id, name, memberCount: members.size }
}
