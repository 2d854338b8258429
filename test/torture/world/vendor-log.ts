/** All changes of accounts at the vendor, in order, each with its source: the API or the console. */
import type { Account, Directory } from '../../../src/simulator/data/directory.ts'
import { type Api, type ShownProfile, shownProfile } from './api.ts'

export interface AccountState {
  /** Identifies the account: a re-created account at the same address has another number. */
  readonly serial: number
  /** As the API tells it. */
  readonly profile: ShownProfile
  readonly groups: ReadonlySet<string>
  readonly password: string | undefined
}

export interface VendorChange {
  readonly by: 'API' | 'CONSOLE'
  readonly key: string
  readonly before: AccountState | undefined
  readonly after: AccountState | undefined
}

export class VendorLog {
  readonly changes: VendorChange[] = []
  readonly directory: Directory
  readonly #api: Api
  #by: VendorChange['by'] = 'API'

  /** `creation`: the creation time of an account that the API creates. Defaults to now. */
  constructor(directory: Directory, creation?: () => string, api: Api = 'v2') {
    this.directory = directory
    this.#api = api
    const stateOf = (account: Account) => this.#stateOf(account)
    const { add, replace, rename, remove, join, leave, setPassword } = directory
    const logged = <T>(account: Account, change: () => T): T => {
      const { profile } = account
      const before = stateOf(account)
      const result = change()
      const after = stateOf(account)
      const isSame = after.groups.size === before.groups.size && after.password === before.password
      if (account.profile !== profile || !isSame) this.#add(account, before, after)
      return result
    }
    directory.add = (profile, groups) => {
      const own: { createdAt: string } = profile
      if (this.#by === 'API' && creation) own.createdAt = creation()
      const account = add.call(directory, profile, groups)
      this.#add(account, undefined, stateOf(account))
      return account
    }
    directory.remove = (account) => {
      this.#add(account, stateOf(account), undefined)
      remove.call(directory, account)
    }
    // At its old address the account has ended, and at the new one it begins.
    directory.rename = (account, primaryEmail) => {
      this.#add(account, stateOf(account), undefined)
      rename.call(directory, account, primaryEmail)
      this.#add(account, undefined, stateOf(account))
    }
    directory.replace = (account, profile) => logged(account, () => replace.call(directory, account, profile))
    directory.setPassword = (account, password) => logged(account, () => setPassword.call(directory, account, password))
    directory.join = (account, group) => logged(account, () => join.call(directory, account, group))
    directory.leave = (account, group) => logged(account, () => leave.call(directory, account, group))
  }

  /** The number of changes so far, which identifies a moment in the log. */
  get place(): number {
    return this.changes.length
  }

  /** Changes made by `act` count as made at the console. */
  atConsole(act: () => void): void {
    this.#by = 'CONSOLE'
    try {
      act()
    } finally {
      this.#by = 'API'
    }
  }

  /** The current state of the account. */
  find(key: string): AccountState | undefined {
    const account = this.directory.find(key)
    return account && this.#stateOf(account)
  }

  /** The changes of an account at that address between two moments. */
  of(key: string, from: number, to: number = this.place): VendorChange[] {
    return this.changes.slice(from, to).filter((change) => change.key === key)
  }

  /** The states of an address between two moments, beginning with the state before them. */
  states(key: string, from: number, to: number = this.place): (AccountState | undefined)[] {
    const changes = this.of(key, from, to)
    const [first] = changes
    const next = first ?? this.of(key, to)[0]
    const initial = next ? next.before : this.find(key)
    return [initial, ...changes.map(({ after }) => after)]
  }

  #add({ key }: Account, before: AccountState | undefined, after: AccountState | undefined): void {
    this.changes.push({ by: this.#by, key, before, after })
  }

  #stateOf(account: Account): AccountState {
    const { serial, groups } = account
    return {
      serial,
      profile: shownProfile(this.#api, account),
      groups: new Set([...groups].map(({ id }) => id)),
      password: this.directory.passwordOf(account),
    }
  }
}
