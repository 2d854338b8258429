/**
 * Operations under random lags and kills, in batches with one set of switches each. Every operation must end correctly
 * without a manual retry: no person with two accounts or none, and no success that the vendor's final state
 * contradicts.
 */
import { createRandom, type Random } from '../../../src/simulator/data/random.ts'
import type { User } from '../../../src/simulator/data/user.ts'
import type { Switches } from '../../../src/simulator/options.ts'
import type { Json } from '../../writes/harness/api-harness.ts'
import { type SlowVendor, slowVendor } from './slow-vendor.ts'
import { itemsOf } from './worker-harness.ts'

export interface SoakOptions {
  /** Number of email changes, of onboarded users and of deprovisioned users. */
  readonly each: number
  readonly seed: string
}

export interface SoakFigures {
  readonly emailChanges: number
  readonly onboarded: number
  readonly deprovisioned: number
  readonly kills: number
  readonly requests: number
  /** Responses of the vendor that did not show a write yet. */
  readonly lateAnswers: number
  /** Writes that were rejected because an address was freed late. */
  readonly heldAddresses: number
  readonly waits: Readonly<Record<string, number>>
  readonly seconds: number
  /** Empty if everything is correct. */
  readonly wrongs: readonly string[]
}

const batchSize = 20
const groups = ['grp_001', 'grp_002', 'grp_003'].map((id, i) => ({ id, name: `Group ${i + 1}` }))

export async function soak({ each, seed }: SoakOptions): Promise<SoakFigures> {
  const random = createRandom(seed)
  const from = performance.now()
  await using slow = await slowVendor({ data: { groups, users: [] }, seed: random.below(2 ** 31) })
  const wrongs: string[] = []
  let requests = 0
  for (let done = 0; done < each; done += batchSize) {
    wrongs.push(...(await runBatch(slow, random, done, Math.min(batchSize, each - done))))
    requests += slow.acme.simulator.requests.length
    slow.acme.simulator.clearRequests()
  }
  const { lateAnswers, heldAddresses } = slow.acme.vendor.visibility
  const waits = Object.fromEntries([...slow.waits].sort())
  const seconds = Math.round((performance.now() - from) / 1_000)
  const sizes = { emailChanges: each, onboarded: each, deprovisioned: each }
  return { ...sizes, kills: slow.kills, requests, lateAnswers, heldAddresses, waits, seconds, wrongs }
}

interface Person {
  readonly from: string
  readonly to: string
  readonly keepOldAddressAsAlias: boolean
}

async function runBatch(slow: SlowVendor, random: Random, first: number, size: number): Promise<string[]> {
  const { vendor } = slow.acme
  const switches = drawSwitches(random)
  vendor.setSwitches(switches)
  const spell = (address: string) => (switches.addressCase === 'lowered' ? address.toLowerCase() : address)
  const numbers = Array.from({ length: size }, (_, i) => first + i)
  const people = numbers.map((n) => ({
    from: `Old.${n}@example.com`,
    to: `New.${n}@example.com`,
    keepOldAddressAsAlias: random.chance(0.5),
  }))
  const leavers = numbers.map((n) => spell(`Leaver.${n}@example.com`))
  const joiners = numbers.map((n) => ({
    primaryEmail: `Joiner.${n}@example.com`,
    firstName: 'Jo',
    lastName: `Joiner ${n}`,
    aliases: [`j.${n}@example.com`],
    groups: groupsOf(random),
    password: `Planted-${n}`,
  }))
  const before = new Map<string, User>()
  for (const person of people) before.set(person.from, createPerson(vendor, spell(person.from), random))
  for (const leaver of leavers) createPerson(vendor, leaver, random)
  const wrongs = witness(slow, people)
  const mode = random.pick(['DELETE', 'DEACTIVATE'])
  const ids = new Map<string, unknown>()
  for (const person of people) {
    ids.set(person.from, await slow.begin('startEmailChange', { ...person, temporaryPassword: 'Planted!' }))
  }
  ids.set('onboarding', await slow.begin('startOnboarding', { users: joiners }))
  ids.set('deprovisioning', await slow.begin('startDeprovisioning', { primaryEmails: leavers, mode }))
  await slow.run(() => random.chance(0.5))

  const about = (what: string) => wrongs.push(`${what} (${JSON.stringify({ first, mode, ...switches })})`)
  for (const [name, id] of ids) {
    const operation = await slow.acme.operation(id)
    if (operation.state === 'SUCCEEDED') continue
    const failures = [...itemsOf(operation).values()].filter(({ state }) => state !== 'SUCCEEDED')
    about(`${name} is ${operation.state}: ${JSON.stringify(failures.slice(0, 2))}`)
  }
  for (const person of people) for (const wrong of wrongsOfChange(vendor, person, before.get(person.from))) about(wrong)
  for (const joiner of joiners) {
    const { password, ...expected } = joiner
    const found = vendor.user(joiner.primaryEmail)
    const differs = differencesOf(found, { ...expected, primaryEmail: spell(joiner.primaryEmail) })
    if (differs) about(`${joiner.primaryEmail} was onboarded as ${differs}`)
    if (found && vendor.passwordOf(joiner.primaryEmail) !== password) about(`${joiner.primaryEmail} has no password`)
  }
  for (const leaver of leavers) {
    const left = vendor.user(leaver)
    if (mode === 'DELETE' && left) about(`${leaver} is still there`)
    if (mode === 'DEACTIVATE' && (left?.status !== 'inactive' || left.groups.length > 0)) {
      about(`${leaver} was deactivated as ${JSON.stringify(left)}`)
    }
  }
  const expected = mode === 'DELETE' ? 2 * size : 3 * size
  const own = numbers.flatMap((n) => [`old.${n}@`, `new.${n}@`, `joiner.${n}@`, `leaver.${n}@`])
  const there = vendor
    .users()
    .filter(({ primaryEmail }) => own.some((one) => primaryEmail.toLowerCase().startsWith(one)))
  if (there.length !== expected) about(`there are ${there.length} accounts instead of ${expected}`)
  return wrongs
}

function drawSwitches(random: Random): Partial<Switches> {
  const lag = [0, 5_000] as const
  return {
    createLagMs: lag,
    deleteLagMs: lag,
    updateLagMs: lag,
    membershipLagMs: lag,
    addressHeldMs: [0, 6_000],
    writesToUnshown: random.pick(['accepted', 'refused'] as const),
    createStatus: random.pick([201, 202] as const),
    addressCase: random.pick(['kept', 'lowered'] as const),
    addressMatch: random.pick(['withoutCase', 'exact'] as const),
    groupsInPut: random.pick(['ignored', 'replaced'] as const),
    userGroups: random.pick(['ids', 'names'] as const),
    repeatedMembership: random.pick(['accepted', 'refused'] as const),
    membershipTouchesUser: random.chance(0.5),
    duplicateCreate: random.pick([409, 400] as const),
  }
}

function createPerson(vendor: SlowVendor['acme']['vendor'], primaryEmail: string, random: Random): User {
  return vendor.createUser({
    primaryEmail,
    firstName: 'Ada',
    lastName: 'Old',
    roles: ['USER', 'HELPDESK'],
    aliases: [`alias.${primaryEmail}`],
    groups: groupsOf(random),
    mailboxSize: 512,
    undocumented: { department: 'R&D' },
  })
}

function groupsOf(random: Random): string[] {
  return groups.filter(() => random.chance(0.5)).map(({ id }) => id)
}

/** Checks each deletion at the moment at which it is carried out. */
function witness(slow: SlowVendor, people: readonly Person[]): string[] {
  const wrongs: string[] = []
  const { directory } = slow.acme.vendor
  const byAddress = new Map(
    people.flatMap((person) => [person.from, person.to].map((one) => [one.toLowerCase(), person])),
  )
  const remove = Object.getPrototypeOf(directory).remove.bind(directory) as typeof directory.remove
  directory.remove = (account) => {
    remove(account)
    const person = byAddress.get(account.key)
    if (person && !directory.find(person.from) && !directory.find(person.to)) {
      wrongs.push(`${account.key} was deleted, the only account of the person`)
    }
  }
  return wrongs
}

function wrongsOfChange(vendor: SlowVendor['acme']['vendor'], person: Person, before: User | undefined): string[] {
  const { from, to, keepOldAddressAsAlias } = person
  if (!before) return [`${from} was not there`]
  const { createdAt: _c, updatedAt: _u, primaryEmail: old, ...rest } = before
  const found = vendor.user(to)
  const wrongs = vendor.user(from) ? [`${from} and ${to} are both there`] : []
  const expected = { ...rest, aliases: [...rest.aliases, ...(keepOldAddressAsAlias ? [old] : [])] }
  const differs = differencesOf(found, expected)
  if (differs) wrongs.push(`${to} is ${differs}`)
  if (found && vendor.passwordOf(to) !== 'Planted!') wrongs.push(`${to} has no password`)
  return wrongs
}

/** Lists as sets, addresses without case. */
function differencesOf(found: User | undefined, expected: Json): string | undefined {
  if (!found) return 'nothing'
  const comparable = (value: unknown): unknown =>
    Array.isArray(value) ? value.map((each) => String(each).toLowerCase()).sort() : value
  const fields = Object.keys(expected).filter(
    (field) =>
      JSON.stringify(comparable(expected[field])) !== JSON.stringify(comparable(found[field as keyof User] as unknown)),
  )
  return fields.length === 0
    ? undefined
    : `other in ${fields.map((field) => `${field} ${JSON.stringify(found[field as keyof User])}`).join(', ')}`
}
