/**
 * What truly happened at the vendor, and when: each edit is done through here, and every fact that it changed is put down
 * with the moments before and after. The simulator runs in this process, so the clock is the database's, on the same machine.
 * What the API changes counts from the moment at which reads show it: with the vendor's clock, all that is shown is looked at before each read.
 */
import type { Account } from '../../src/simulator/directory.ts'
import type { SimulatedOrganization } from '../../src/simulator/organization.ts'
import { shownAddress, shownStatus } from '../../src/simulator/spelling.ts'
import { addressKey } from '../../src/simulator/user.ts'
import type { VendorTime } from './vendor-time.ts'

/** A fact that became different: `undefined` where it is not there. Times in ms since 1970. */
export interface Transition {
  readonly fact: string
  readonly before: string | undefined
  readonly after: string | undefined
  /** The edit began at this moment or later, … */
  readonly lower: number
  /** … and was done by then. */
  readonly upper: number
}

export const keyOf = addressKey

/** The names of facts. `key`: of an address, as the simulator compares it. */
export const fact = {
  user: (key: string) => `user ${key}`,
  field: (key: string, field: string) => `user ${key} field ${field}`,
  role: (key: string, role: string) => `user ${key} role ${role}`,
  alias: (key: string, address: string) => `user ${key} alias ${keyOf(address)}`,
  member: (key: string, groupId: string) => `user ${key} group ${groupId}`,
  group: (groupId: string) => `group ${groupId}`,
  groupName: (groupId: string) => `group ${groupId} name`,
}

export class Truth {
  readonly #organization: SimulatedOrganization
  readonly #transitions = new Map<string, Transition[]>()
  readonly #time: VendorTime | undefined
  #facts: Map<string, string>
  #lookedAt = Date.now()

  constructor(organization: SimulatedOrganization, time?: VendorTime) {
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
      if (before !== after) this.#add({ fact, before, after, lower, upper })
    }
    this.#facts = facts
  }

  /** The facts as reads show them at the vendor's moment. */
  #shown(): Map<string, string> {
    const { directory, switches, visibility } = this.#organization
    const { lateAnswers } = visibility
    const accounts = this.#time ? visibility.accounts(this.#time.now) : undefined
    // This was no answer.
    visibility.lateAnswers = lateAnswers
    return factsOf({ directory, switches }, accounts ?? directory.accounts)
  }

  /** The groups that ever bore a name which another bore too: where users name groups, the two cannot be told apart. */
  get namesakes(): ReadonlySet<string> {
    const bearers = new Map<string, Set<string>>()
    for (const transition of [...this.#transitions.values()].flat()) {
      const groupId = /^group (.+) name$/.exec(transition.fact)?.[1]
      if (groupId === undefined || transition.after === undefined) continue
      bearers.set(transition.after, (bearers.get(transition.after) ?? new Set()).add(groupId))
    }
    return new Set([...bearers.values()].filter((ids) => ids.size > 1).flatMap((ids) => [...ids]))
  }

  /** The times at which the fact became something else, in order. */
  of(fact: string): readonly Transition[] {
    return this.#transitions.get(fact) ?? []
  }

  /** Whether the fact can have become that between the two moments (ISO 8601; null: at any time before). */
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

  /** All that happened to facts of that beginning, for messages. */
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
): Map<string, string> {
  const facts = new Map<string, string>()
  for (const group of directory.groups) {
    facts.set(fact.group(group.id), String(group.serial))
    facts.set(fact.groupName(group.id), group.name)
  }
  for (const { key, serial, profile, groups } of accounts) {
    facts.set(fact.user(key), String(serial))
    const { roles, aliases, undocumented: _undocumented, ...own } = profile
    // A status in a word that the mirror does not know is none to it.
    const isKnown = shownStatus(profile, switches) === profile.status
    const primaryEmail = shownAddress(profile.primaryEmail, switches)
    const fields = { ...own, primaryEmail, status: isKnown ? profile.status : null }
    for (const [field, value] of Object.entries(fields)) {
      if (value !== undefined) facts.set(fact.field(key, field), JSON.stringify(value))
    }
    for (const role of roles) facts.set(fact.role(key, role), role)
    for (const alias of aliases) facts.set(fact.alias(key, alias), shownAddress(alias, switches))
    for (const group of groups) facts.set(fact.member(key, group.id), group.id)
  }
  return facts
}
