import type { Switches } from '../options.ts'
import type { Account, Directory, GroupRecord } from './directory.ts'
import type { Random } from './random.ts'
import { addressKey, type Profile } from './user.ts'

/** The kinds of write that reads show late; `address`: how long a freed address stays taken. */
export type LagKind = 'create' | 'delete' | 'update' | 'membership' | 'address'

/** What reads do not show yet of one account. Times are ms of the simulator's clock. */
interface Late {
  shownFrom: number
  shownUntil: number
  /** Oldest first. The first one is the profile shown before all others, with any start time. */
  profiles: { readonly from: number; readonly profile: Profile }[]
  /** Oldest first. Each states what reads show before its time. */
  memberships: { readonly from: number; readonly group: GroupRecord; readonly before: boolean }[]
}

interface Held {
  readonly until: number
  readonly by: Account
}

const switchOf = {
  create: 'createLagMs',
  delete: 'deleteLagMs',
  update: 'updateLagMs',
  membership: 'membershipLagMs',
  address: 'addressHeldMs',
} as const satisfies Record<LagKind, keyof Switches>

/**
 * Reads through a replica that lags behind the directory. Writes take effect in the directory immediately. This class
 * knows what reads must not show yet, or must still show. An account without an entry is shown as it is.
 */
export class Visibility {
  /** The number of read responses that differed from the directory. */
  lateAnswers = 0
  /** The number of writes refused because an address was only held. */
  heldAddresses = 0
  #directory: Directory
  #random: Random
  #late = new Map<Account, Late>()
  #held = new Map<string, Held>()

  constructor(directory: Directory, random: Random) {
    this.#directory = directory
    this.#random = random
  }

  /** Drawn again for each write. 0 draws nothing, so the random sequence of a run without lags is unchanged. */
  draw(kind: LagKind, switches: Switches): number {
    const lag = switches[switchOf[kind]]
    if (typeof lag === 'number') return lag
    const [least, most] = lag
    return least + this.#random.next() * (most - least)
  }

  created(account: Account, now: number, lag: number): void {
    if (lag > 0) this.#entry(account).shownFrom = now + lag
  }

  /** Must be called before the directory removes the account. */
  removing(account: Account, now: number, lag: number, held: number): void {
    for (const address of [account.profile.primaryEmail, ...account.profile.aliases]) {
      this.#hold(address, account, now, held)
    }
    const late = this.#late.get(account)
    const shown = !late || late.shownFrom <= now
    if (lag > 0 && shown) this.#entry(account).shownUntil = now + lag
    else this.#late.delete(account)
  }

  /** Must be called after the directory replaced the profile. */
  replaced(account: Account, before: Profile, now: number, lag: number, held: number): void {
    const kept = new Set(account.profile.aliases.map(addressKey))
    for (const alias of before.aliases) if (!kept.has(addressKey(alias))) this.#hold(alias, account, now, held)
    const last = this.#late.get(account)?.profiles.at(-1)
    // Versions of one account appear in order.
    const from = Math.max(now + lag, last?.from ?? 0)
    if (from <= now) return
    const { profiles } = this.#entry(account)
    if (profiles.length === 0) profiles.push({ from: Number.NEGATIVE_INFINITY, profile: before })
    profiles.push({ from, profile: account.profile })
  }

  /** Must be called after the membership changed. */
  joinedOrLeft(account: Account, group: GroupRecord, member: boolean, now: number, lag: number): void {
    const last = this.#late.get(account)?.memberships.findLast((each) => each.group === group)
    const from = Math.max(now + lag, last?.from ?? 0)
    if (from > now) this.#entry(account).memberships.push({ from, group, before: !member })
  }

  /** An admin's edit is shown immediately, together with all earlier changes. */
  settle(account: Account): void {
    this.#late.delete(account)
  }

  /** Held by another account; an account's own former aliases are free for it. */
  holds(address: string, now: number, account?: Account): boolean {
    const held = this.#held.get(addressKey(address))
    if (!held) return false
    if (held.until <= now) this.#held.delete(addressKey(address))
    return held.until > now && held.by !== account
  }

  /** Whether reads show the account at this time. */
  shows(account: Account, now: number): boolean {
    const late = this.#late.get(account)
    return !late || late.shownFrom <= now
  }

  /** As reads show it. A deleted and re-created account is the new one as soon as reads show that. */
  find(email: string, now: number): Account | undefined {
    const current = this.#directory.find(email)
    if (!this.#anythingLate(now)) return current
    const key = addressKey(email)
    const shown = current && this.#shownAs(current, now)
    const found = shown ?? this.#ghosts(now).findLast((account) => account.key === key)
    if (found !== current) this.lateAnswers++
    return found
  }

  /** As reads show them, in order of insertion; `undefined`: as in the directory. */
  accounts(now: number): readonly Account[] | undefined {
    if (!this.#anythingLate(now)) return undefined
    this.lateAnswers++
    const shown = new Map<string, Account>()
    const listed = [...this.#ghosts(now), ...this.#directory.accounts.flatMap((each) => this.#shownAs(each, now) ?? [])]
    for (const account of listed) shown.set(account.key, account)
    return [...shown.values()].sort((a, b) => a.serial - b.serial)
  }

  memberCount(group: GroupRecord, now: number): number {
    const accounts = this.accounts(now)
    return accounts ? accounts.filter(({ groups }) => groups.has(group)).length : group.members.size
  }

  #entry(account: Account): Late {
    const known = this.#late.get(account)
    if (known) return known
    const late: Late = {
      shownFrom: Number.NEGATIVE_INFINITY,
      shownUntil: Number.POSITIVE_INFINITY,
      profiles: [],
      memberships: [],
    }
    this.#late.set(account, late)
    return late
  }

  #hold(address: string, by: Account, now: number, held: number): void {
    if (held > 0) this.#held.set(addressKey(address), { until: now + held, by })
  }

  /** Discards entries that reads already show. */
  #anythingLate(now: number): boolean {
    for (const [account, late] of this.#late) {
      late.memberships = late.memberships.filter(({ from }) => from > now)
      if ((late.profiles.at(-1)?.from ?? now) <= now) late.profiles = []
      const deleted = late.shownUntil !== Number.POSITIVE_INFINITY
      const settled = late.shownFrom <= now && late.profiles.length === 0 && late.memberships.length === 0
      if (deleted ? late.shownUntil <= now : settled) this.#late.delete(account)
    }
    return this.#late.size > 0
  }

  /** Deleted accounts that reads still show, in the form in which they showed them. */
  #ghosts(now: number): Account[] {
    return [...this.#late].flatMap(([account, { shownUntil }]) =>
      shownUntil !== Number.POSITIVE_INFINITY ? (this.#shownAs(account, now) ?? []) : [],
    )
  }

  #shownAs(account: Account, now: number): Account | undefined {
    const late = this.#late.get(account)
    if (!late) return account
    if (late.shownFrom > now || late.shownUntil <= now) return undefined
    const groups = new Set(account.groups)
    // The oldest entry of a group determines what is shown, so it is applied last.
    for (const { group, before, from } of late.memberships.toReversed()) {
      if (from <= now) continue
      if (before) groups.add(group)
      else groups.delete(group)
    }
    const profile = late.profiles.findLast(({ from }) => from <= now)?.profile ?? account.profile
    return { ...account, profile, groups, row: '', rowEpoch: -1 }
  }
}
