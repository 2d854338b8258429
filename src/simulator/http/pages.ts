import type { Account, Directory, GroupRecord } from '../data/directory.ts'
import { createRandom, lotOf, type Random, shuffle } from '../data/random.ts'
import type { PageOrder } from '../options.ts'

/** The orders in which a directory is listed. A sorted order is cached until the directory changes. */
export class Pages {
  #directory: Directory
  #seed: number
  #random: Random
  #sorted: readonly Account[] = []
  #sortedBy: PageOrder | undefined
  #sortedVersion = 0

  constructor(directory: Directory, seed: number) {
    this.#directory = directory
    this.#seed = seed
    this.#random = createRandom(`${seed} pages`)
  }

  /** From the accounts in `shown`, or from all accounts of the directory. */
  accounts(order: PageOrder, offset: number, limit: number, shown?: readonly Account[]): readonly Account[] {
    const ordered = shown ? this.#orderedAnew(shown, order) : this.#ordered(order)
    return ordered.slice(offset, offset + limit)
  }

  /** `email` sorts groups by name. Groups have no `updatedAt`. */
  groups(order: PageOrder, offset: number, limit: number): readonly GroupRecord[] {
    const groups = this.#directory.groups
    if (order === 'email') groups.sort((a, b) => compare(a.name, b.name) || a.serial - b.serial)
    if (order === 'shuffled') groups.sort((a, b) => this.#lots(a, b))
    if (order === 'unstable') shuffle(groups, this.#random)
    return groups.slice(offset, offset + limit)
  }

  #ordered(order: PageOrder): readonly Account[] {
    const { accounts, version } = this.#directory
    if (order === 'insertion' || order === 'unstable') return this.#orderedAnew(accounts, order)
    if (order === this.#sortedBy && version === this.#sortedVersion) return this.#sorted
    this.#sorted = this.#orderedAnew(accounts, order)
    this.#sortedBy = order
    this.#sortedVersion = version
    return this.#sorted
  }

  #orderedAnew(accounts: readonly Account[], order: PageOrder): readonly Account[] {
    if (order === 'insertion') return accounts
    return order === 'unstable' ? shuffle([...accounts], this.#random) : accounts.toSorted(this.#comparisons[order])
  }

  #comparisons = {
    email: (a: Account, b: Account) => compare(a.key, b.key),
    updatedAt: (a: Account, b: Account) => compare(a.profile.updatedAt, b.profile.updatedAt) || a.serial - b.serial,
    shuffled: (a: Account, b: Account) => this.#lots(a, b),
  }

  #lots(a: { serial: number }, b: { serial: number }): number {
    return lotOf(this.#seed, a.serial) - lotOf(this.#seed, b.serial) || a.serial - b.serial
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
