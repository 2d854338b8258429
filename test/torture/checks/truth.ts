/**
 * What truly happened at the vendor, and when. Each edit is made through this class, which records every changed fact
 * with the moments before and after the edit. The simulator runs in this process, so its clock is also the database's.
 * A change by the API counts from the moment at which reads show it: with the vendor's clock, all visible facts are
 * compared before each read.
 */
import type { Account } from '../../../src/simulator/data/directory.ts'
import { shownAddress, shownStatus } from '../../../src/simulator/data/spelling.ts'
import { addressKey } from '../../../src/simulator/data/user.ts'
import type { SimulatedOrganization } from '../../../src/simulator/organization.ts'
import { type Api, shownProfile, subjectOf } from '../world/api.ts'
import type { VendorTime } from '../world/vendor-time.ts'

/** A change of a fact. `undefined`: it does not exist. Times in ms since 1970. */
export interface Transition {
  readonly fact: string
  readonly before: string | undefined
  readonly after: string | undefined
  /** The edit began at this moment or later. */
  readonly lower: number
  /** The edit had ended by this moment. */
  readonly upper: number
}

export const keyOf = addressKey

/** The names of facts. `key` identifies the account: an address in the form in which the simulator compares it, or a number. */
export const fact = {
  user: (key: string) => `user ${key}`,
  field: (key: string, field: string) => `user ${key} field ${field}`,
  role: (key: string, role: string) => `user ${key} role ${role}`,
  alias: (key: string, address: string) => `user ${key} alias ${keyOf(address)}`,
  member: (key: string, groupId: string) => `user ${key} group ${groupId}`,
  group: (groupId: string) => `group ${groupId}`,
  groupName: (groupId: string) => `group ${groupId} name`,
}

/** The fact of the user that this fact is about. Undefined for that fact itself, and for groups. */
function ownerOf(name: string): string | undefined {
  return /^(user .+?) (?:field|role|alias|group) /.exec(name)?.[1]
}

export class Truth {
  readonly #organization: SimulatedOrganization
  readonly #transitions = new Map<string, Transition[]>()
  readonly #time: VendorTime | undefined
  readonly #api: Api
  #facts: Map<string, string>
  #lookedAt = Date.now()

  constructor(organization: SimulatedOrganization, time?: VendorTime, api: Api = 'v2') {
    this.#api = api
    this.#organization = organization
    this.#time = time
    this.#facts = this.#shown()
    const upper = this.#lookedAt + 1
    for (const [fact, after] of this.#facts) this.#add({ fact, before: undefined, after, lower: 0, upper })
    if (time) time.onLook = () => this.#look(this.#lookedAt)
  }

  edit(change: () => void): void {
    if (this.#time) this.#look(this.#lookedAt)
    const lower = Date.now()
    change()
    this.#look(lower)
  }

  #look(lower: number): void {
    const facts = this.#shown()
    this.#lookedAt = Date.now()
    const upper = this.#lookedAt + 1
    for (const fact of new Set([...this.#facts.keys(), ...facts.keys()])) {
      const before = this.#facts.get(fact)
      const after = facts.get(fact)
      // A new account at the address has its own facts, equal ones too.
      const owner = ownerOf(fact)
      if (owner && before !== undefined && after !== undefined && this.#facts.get(owner) !== facts.get(owner)) {
        this.#add({ fact, before, after: undefined, lower, upper })
        this.#add({ fact, before: undefined, after, lower, upper })
      } else if (before !== after) this.#add({ fact, before, after, lower, upper })
    }
    this.#facts = facts
  }

  /** The facts that reads show at the vendor's current time. */
  #shown(): Map<string, string> {
    const { directory, switches, visibility } = this.#organization
    const { lateAnswers } = visibility
    const accounts = this.#time ? visibility.accounts(this.#time.now) : undefined
    // This was not a response, so it must not count.
    visibility.lateAnswers = lateAnswers
    return factsOf({ directory, switches }, accounts ?? directory.accounts, this.#api)
  }

  /** The groups that ever had the name of another group: if users name groups, such groups cannot be distinguished. */
  get namesakes(): ReadonlySet<string> {
    const bearers = new Map<string, Set<string>>()
    for (const transition of [...this.#transitions.values()].flat()) {
      const groupId = /^group (.+) name$/.exec(transition.fact)?.[1]
      if (groupId === undefined || transition.after === undefined) continue
      bearers.set(transition.after, (bearers.get(transition.after) ?? new Set()).add(groupId))
    }
    return new Set([...bearers.values()].filter((ids) => ids.size > 1).flatMap((ids) => [...ids]))
  }

  /** The keys of all addresses that the account ever had. */
  addressesOf(key: string): ReadonlySet<string> {
    if (this.#api === 'v2') return new Set([key])
    const told = this.of(fact.field(key, 'primaryEmail')).flatMap(({ before, after }) => [before, after])
    return new Set(told.flatMap((json) => (json === undefined ? [] : keyOf(JSON.parse(json) as string))))
  }

  /** Whether accounts are known by numbers, and another one had an address of this one after this one had ended. */
  wasTakenOver(key: string, by: number): boolean {
    const end = this.of(fact.user(key)).findLast(({ after }) => after === undefined)
    if (this.#api === 'v2' || !end) return false
    const addresses = this.addressesOf(key)
    return [...this.#transitions.values()]
      .flat()
      .some(
        ({ fact, after, lower }) =>
          after !== undefined &&
          / field primaryEmail$/.test(fact) &&
          addresses.has(keyOf(JSON.parse(after) as string)) &&
          lower >= end.lower &&
          lower <= by,
      )
  }

  /** The changes of the fact, in order. */
  of(fact: string): readonly Transition[] {
    return this.#transitions.get(fact) ?? []
  }

  /** Whether the fact may have become such a value between the two moments (ISO 8601; null: at any earlier time). */
  became(
    fact: string,
    after: (value: string | undefined) => boolean,
    notBefore: string | null,
    notAfter: string,
  ): boolean {
    const from = notBefore === null ? Number.NEGATIVE_INFINITY : Date.parse(notBefore)
    const to = Date.parse(notAfter) + 1
    return this.of(fact).some((one) => one.upper >= from && one.lower <= to && after(one.after))
  }

  /** The changes of all facts with this prefix, for messages. */
  told(beginning: string): string {
    return [...this.#transitions.entries()]
      .filter(([fact]) => fact.startsWith(beginning))
      .flatMap(([fact, all]) =>
        all.map((one) => `  ${new Date(one.lower).toISOString()} ${fact}: ${one.before} → ${one.after}`),
      )
      .join('\n')
  }

  #add(transition: Transition): void {
    const list = this.#transitions.get(transition.fact)
    if (list) list.push(transition)
    else this.#transitions.set(transition.fact, [transition])
  }
}

function factsOf(
  { directory, switches }: Pick<SimulatedOrganization, 'directory' | 'switches'>,
  accounts: readonly Account[],
  api: Api,
): Map<string, string> {
  const facts = new Map<string, string>()
  for (const group of directory.groups) {
    facts.set(fact.group(group.id), String(group.serial))
    facts.set(fact.groupName(group.id), group.name)
  }
  for (const account of accounts) {
    const { serial, groups } = account
    const key = subjectOf(api, account)
    const profile = shownProfile(api, account)
    facts.set(fact.user(key), String(serial))
    const { roles, aliases, undocumented: _undocumented, ...own } = profile
    // For the mirror, a status with an unknown value is null.
    const isKnown = api === 'v1' || shownStatus(account.profile, switches) === profile.status
    const primaryEmail = shownAddress(profile.primaryEmail, switches)
    const fields = { ...own, primaryEmail, status: isKnown ? profile.status : null }
    for (const [field, value] of Object.entries(fields)) {
      if (value !== undefined) facts.set(fact.field(key, field), JSON.stringify(value))
    }
    for (const role of roles) facts.set(fact.role(key, role), role)
    for (const alias of aliases) facts.set(fact.alias(key, alias), shownAddress(alias, switches))
    if (api === 'v2') for (const group of groups) facts.set(fact.member(key, group.id), group.id)
  }
  return facts
}
