import type { Account, Directory, GroupRecord } from './directory.ts'
import { departments, firstNames, lastNames, localPart, mailboxes, places } from './names.ts'
import { createRandom, type Random, shuffle } from './random.ts'
import { type Profile, timestamp } from './user.ts'

const day = 24 * 60 * 60 * 1000
/** No seeded time is later, so that the same seed always gives the same data. */
const lastMoment = Date.UTC(2026, 0, 1)
/** The share of the users in the largest group. */
const largestShare = 0.17
/** The shares of users with no membership, one, two … */
const membershipsAPerson = [0.03, 0.2, 0.22, 0.22, 0.16, 0.1, 0.07]
const membershipBounds = cumulated(membershipsAPerson)
const aliasBounds = cumulated([0.28, 0.37, 0.23, 0.09, 0.03])

export interface SeedSize {
  readonly users: number
  readonly groups: number
  /**
   * Whether the data has oddities, such as addresses claimed twice or a person with two accounts. Defaults to true from
   * 50 users.
   */
  readonly oddities?: boolean | undefined
}

/** Fills an empty directory with a realistic organization, always the same for the same arguments. */
export function seedDirectory(
  directory: Directory,
  size: SeedSize,
  domains: readonly string[],
  seed: number,
  now: number,
): void {
  if (domains.length === 0) throw new Error('seeded users need a domain')
  const random = createRandom(`${seed} data`)
  const groups = seedGroups(directory, size.groups, random)
  const drawGroups = groupDraw(groups, random)
  const people = new PeopleSource(directory, domains, random, Math.min(now, lastMoment))
  for (let made = 0; made < size.users; made++) directory.add(people.draw(), drawGroups())
  if (size.oddities ?? size.users >= 50) seedOddities(directory, random)
}

function seedGroups(directory: Directory, count: number, random: Random): GroupRecord[] {
  const names = new Set<string>(['Head Office', 'Leadership', 'External Partners'].slice(0, count))
  while (names.size < count) {
    const name = `${random.pick(departments)} ${random.pick(places)}`
    names.add(names.has(name) ? `${name} ${1 + random.below(count)}` : name)
  }
  return Array.from(names, (name) => directory.addGroup(name))
}

/**
 * Draws the groups of one user. The probability of each group is proportional to its size. The last group stays empty.
 */
function groupDraw(groups: readonly GroupRecord[], random: Random): () => Set<GroupRecord> {
  const filled = groups.length > 1 ? groups.slice(0, -1) : groups
  const mean = membershipsAPerson.reduce((sum, share, count) => sum + share * Math.min(count, filled.length), 0)
  const bounds = cumulated(weights(filled.length, largestShare / mean))
  return () => {
    const drawn = new Set<GroupRecord>()
    const wanted = Math.min(drawIndex(membershipBounds, random), filled.length)
    while (drawn.size < wanted) drawn.add(filled[drawIndex(bounds, random)] as GroupRecord)
    return drawn
  }
}

/**
 * Weights that fall by a power law. The first has the requested share, or the nearest share that is possible with this
 * count.
 */
function weights(count: number, firstShare: number): number[] {
  const falling = (power: number) => Array.from({ length: count }, (_, index) => (index + 1) ** -power)
  let flat = 0
  let steep = 4
  for (let step = 0; step < 40; step++) {
    const power = (flat + steep) / 2
    const share = 1 / falling(power).reduce((sum, weight) => sum + weight, 0)
    if (share > firstShare) steep = power
    else flat = power
  }
  return falling(flat)
}

function cumulated(shares: readonly number[]): number[] {
  let sum = 0
  return shares.map((share) => (sum += share))
}

function drawIndex(bounds: readonly number[], random: Random): number {
  const drawn = random.next() * (bounds.at(-1) ?? 0)
  let low = 0
  let high = bounds.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((bounds[middle] ?? 0) > drawn) high = middle
    else low = middle + 1
  }
  return low
}

/** Generates people whose addresses are not in use in the directory. */
export class PeopleSource {
  #directory: Directory
  #domains: readonly string[]
  #random: Random
  #newest: number
  #names = new Set<string>()
  #lastNumbers = new Map<string, number>()

  constructor(directory: Directory, domains: readonly string[], random: Random, newest: number) {
    this.#directory = directory
    this.#domains = domains
    this.#random = random
    this.#newest = newest
  }

  draw(): Profile {
    const random = this.#random
    return random.chance(0.01) ? this.#mailbox() : this.#person()
  }

  #person(): Profile {
    const random = this.#random
    const { firstName, lastName } = this.#name()
    const [first, last] = [localPart(firstName), localPart(lastName)]
    const spelled = random.chance(0.02) ? `${capital(first)}.${capital(last)}` : `${first}.${last}`
    const domain = random.chance(0.7) ? (this.#domains[0] ?? '') : random.pick(this.#domains)
    const taken = new Set<string>()
    const primaryEmail = this.#free(random.chance(0.005) ? `${spelled}+ext` : spelled, domain, taken)
    const candidates = [`${first.charAt(0)}.${last}`, `${last}.${first}`, `${first}${last}`, first]
    const wanted = drawIndex(aliasBounds, random)
    const aliases = candidates.slice(0, wanted).map((local) => this.#free(local, random.pick(this.#domains), taken))
    return {
      primaryEmail,
      type: 'User',
      firstName,
      lastName,
      roles: this.#roles(),
      aliases,
      mailboxSize: random.pick([2048, 5120, 10240, 25600, 51200]),
      spamPolicy: random.chance(0.8)
        ? { level: 'standard', quarantineDays: 30 }
        : { level: 'strict', quarantineDays: 14 },
      status: random.chance(0.04) ? 'inactive' : 'active',
      ...this.#moments(),
      undocumented: random.chance(0.3)
        ? { department: random.pick(departments), costCenter: 1000 + random.below(900) }
        : {},
    }
  }

  /** An address that belongs to no person. */
  #mailbox(): Profile {
    const primaryEmail = this.#free(this.#random.pick(mailboxes), this.#random.pick(this.#domains), new Set())
    const undocumented = {}
    return { primaryEmail, type: 'Alias', roles: [], aliases: [], status: 'active', ...this.#moments(), undocumented }
  }

  /** Equal names are rare: a name that is taken usually gets a second half. */
  #name(): { firstName: string; lastName: string } {
    const random = this.#random
    const firstName = random.pick(firstNames)
    let lastName = random.pick(lastNames)
    while (this.#names.has(`${firstName} ${lastName}`) && !random.chance(0.03)) lastName += `-${random.pick(lastNames)}`
    this.#names.add(`${firstName} ${lastName}`)
    return { firstName, lastName }
  }

  #free(local: string, domain: string, taken: Set<string>): string {
    const base = `${local}@${domain}`.toLowerCase()
    let number = this.#lastNumbers.get(base) ?? 1
    const spelled = () => `${local}${number === 1 ? '' : number}@${domain}`
    while (taken.has(spelled().toLowerCase()) || this.#directory.bears(spelled())) number++
    this.#lastNumbers.set(base, number)
    taken.add(spelled().toLowerCase())
    return spelled()
  }

  #roles(): string[] {
    const drawn = this.#random.next()
    if (drawn < 0.012) return ['USER', 'ADMINISTRATOR']
    if (drawn < 0.035) return ['USER', 'HELPDESK']
    if (drawn < 0.045) return ['USER', 'AUDITOR']
    return drawn < 0.05 ? ['USER', 'QUARANTINE_MANAGER'] : ['USER']
  }

  #moments(): { createdAt: string; updatedAt: string } {
    const age = this.#random.below(2000 * day)
    const untouched = Math.floor(age * this.#random.next())
    return { createdAt: timestamp(this.#newest - age), updatedAt: timestamp(this.#newest - untouched) }
  }
}

/**
 * States that the API would reject and a console permits: an alias claimed twice, an alias that is another user's
 * primary address, a person with two accounts, and an inactive administrator.
 */
function seedOddities(directory: Directory, random: Random): void {
  const people = shuffle(
    directory.accounts.filter(({ profile }) => profile.type === 'User'),
    random,
  )
  const [target, claimant, twin, original, lax] = people.slice(0, 5)
  const owner = people.slice(5).find(({ profile }) => profile.aliases.length > 0)
  if (!target || !claimant || !twin || !original || !lax || !owner) return
  const change = (account: Account, patch: Partial<Profile>) =>
    directory.replace(account, { ...account.profile, ...patch })
  const claims = [...owner.profile.aliases.slice(0, 1), target.profile.primaryEmail]
  change(claimant, { aliases: [...claimant.profile.aliases, ...claims] })
  change(twin, { firstName: original.profile.firstName, lastName: original.profile.lastName })
  change(lax, { status: 'inactive', roles: ['USER', 'ADMINISTRATOR'] })
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
