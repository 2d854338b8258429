import { addressKey, type Profile } from './user.ts'

export interface Account {
  /** Counts up. A deleted and re-created address gets a new one. */
  readonly serial: number
  key: string
  profile: Profile
  readonly groups: Set<GroupRecord>
  /** The account's list row as JSON, valid while `rowEpoch` equals the directory's epoch. */
  row: string
  rowEpoch: number
}

export interface GroupRecord {
  readonly serial: number
  readonly id: string
  name: string
  readonly members: Set<Account>
}

const noEpoch = -1
const mostRemoved = 1_000

/**
 * The users and groups of one organization, without the rules of the API. It only ensures that a primary address is in
 * use once, so that an admin can create the collisions that the API rejects.
 */
export class Directory {
  /** Increases with every change that can affect the order of the users. */
  version = 0
  /** Increases when the rows of all accounts become outdated together. */
  epoch = 0
  #accounts = new Map<string, Account>()
  #groups = new Map<string, GroupRecord>()
  #bearers = new Map<string, number>()
  #passwords = new Map<Account, string>()
  /** The most recently removed accounts, in that order. */
  readonly removed: Account[] = []
  #inserted: Account[] = []
  #insertedVersion = 0
  #nextSerial = 1

  get size(): number {
    return this.#accounts.size
  }

  /** In order of insertion. */
  get accounts(): readonly Account[] {
    if (this.#insertedVersion !== this.version) {
      this.#inserted = [...this.#accounts.values()]
      this.#insertedVersion = this.version
    }
    return this.#inserted
  }

  /** In order of insertion. */
  get groups(): GroupRecord[] {
    return [...this.#groups.values()]
  }

  find(email: string): Account | undefined {
    return this.#accounts.get(addressKey(email))
  }

  group(id: string): GroupRecord | undefined {
    return this.#groups.get(id)
  }

  /** The group with that id, otherwise the first one with that name. */
  groupByIdOrName(value: string): GroupRecord | undefined {
    return this.#groups.get(value) ?? this.groups.find((group) => group.name === value)
  }

  /** Whether the address is the primary address or an alias of any account. */
  bears(address: string): boolean {
    return this.#bearers.has(addressKey(address))
  }

  passwordOf(account: Account): string | undefined {
    return this.#passwords.get(account)
  }

  /** Throws if the primary address is the primary address of another account. */
  add(profile: Profile, groups: Iterable<GroupRecord> = []): Account {
    const key = addressKey(profile.primaryEmail)
    if (this.#accounts.has(key)) throw new Error(`the user ${profile.primaryEmail} already exists`)
    const account: Account = {
      serial: this.#nextSerial++,
      key,
      profile,
      groups: new Set(groups),
      row: '',
      rowEpoch: noEpoch,
    }
    for (const group of account.groups) group.members.add(account)
    this.#accounts.set(key, account)
    this.#count(profile, 1)
    this.version++
    return account
  }

  /** The primary address does not change. */
  replace(account: Account, profile: Profile): void {
    this.#count(account.profile, -1)
    account.profile = { ...profile, primaryEmail: account.profile.primaryEmail }
    this.#count(account.profile, 1)
    account.rowEpoch = noEpoch
    this.version++
  }

  /** Throws if the address is the primary address of another account. */
  rename(account: Account, primaryEmail: string): void {
    const key = addressKey(primaryEmail)
    const holder = this.#accounts.get(key)
    if (holder && holder !== account) throw new Error(`the user ${primaryEmail} already exists`)
    this.#accounts.delete(account.key)
    this.#count(account.profile, -1)
    account.profile = { ...account.profile, primaryEmail }
    account.key = key
    this.#count(account.profile, 1)
    this.#accounts.set(key, account)
    account.rowEpoch = noEpoch
    this.version++
  }

  setPassword(account: Account, password: string): void {
    this.#passwords.set(account, password)
  }

  remove(account: Account): void {
    for (const group of account.groups) group.members.delete(account)
    this.#count(account.profile, -1)
    this.#passwords.delete(account)
    this.#accounts.delete(account.key)
    this.removed.push(account)
    if (this.removed.length > mostRemoved) this.removed.shift()
    this.version++
  }

  /**
   * The account is there again, as it was. `which`: of several that had the address. Throws if there was none lately, or
   * if its address is taken.
   */
  restore(email: string, which = -1): Account {
    const key = addressKey(email)
    const account = this.removed.filter((one) => one.key === key).at(which)
    if (!account || this.#accounts.has(key)) throw new Error(`cannot restore ${email}`)
    this.removed.splice(this.removed.indexOf(account), 1)
    for (const group of account.groups) group.members.add(account)
    this.#accounts.set(key, account)
    this.#count(account.profile, 1)
    account.rowEpoch = noEpoch
    this.version++
    return account
  }

  /** Returns whether that changed anything. */
  join(account: Account, group: GroupRecord): boolean {
    if (account.groups.has(group)) return false
    account.groups.add(group)
    group.members.add(account)
    account.rowEpoch = noEpoch
    return true
  }

  /** Returns whether that changed anything. */
  leave(account: Account, group: GroupRecord): boolean {
    if (!account.groups.delete(group)) return false
    group.members.delete(account)
    account.rowEpoch = noEpoch
    return true
  }

  setGroups(account: Account, groups: readonly GroupRecord[]): void {
    const wanted = new Set(groups)
    for (const group of [...account.groups]) if (!wanted.has(group)) this.leave(account, group)
    for (const group of wanted) this.join(account, group)
  }

  /** Two groups may have the same name. Throws if the id is taken. */
  addGroup(name: string, id: string = this.#freeGroupId()): GroupRecord {
    if (this.#groups.has(id)) throw new Error(`the group ${id} already exists`)
    const group: GroupRecord = { serial: this.#nextSerial++, id, name, members: new Set() }
    this.#groups.set(id, group)
    return group
  }

  renameGroup(group: GroupRecord, name: string): void {
    group.name = name
    this.epoch++
  }

  removeGroup(group: GroupRecord): void {
    for (const account of [...group.members]) this.leave(account, group)
    this.#groups.delete(group.id)
  }

  #count(profile: Profile, by: 1 | -1): void {
    for (const address of [profile.primaryEmail, ...profile.aliases]) {
      const key = addressKey(address)
      const bearers = (this.#bearers.get(key) ?? 0) + by
      if (bearers > 0) this.#bearers.set(key, bearers)
      else this.#bearers.delete(key)
    }
  }

  #freeGroupId(): string {
    let number = this.#groups.size + 1
    while (this.#groups.has(groupId(number))) number++
    return groupId(number)
  }
}

function groupId(number: number): string {
  return `grp_${String(number).padStart(3, '0')}`
}
