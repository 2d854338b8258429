/**
 * A mirror with varied data and a history: several organizations, whose users, groups, roles and aliases change from
 * pull to pull. All data comes from the seed; the recorded times come from the clock.
 */

import { evaluateFindings } from '../../../src/analysis/findings/evaluate.ts'
import type { Sql } from '../../../src/db/database.ts'
import { applyGroups } from '../../../src/mirror/groups/apply-groups.ts'
import type { Observation, ObservedGroup, ObservedUser } from '../../../src/mirror/observation.ts'
import { putOrganizations } from '../../../src/mirror/sync-organizations.ts'
import { applyGone } from '../../../src/mirror/users/apply-gone.ts'
import { applyUsers } from '../../../src/mirror/users/apply-users.ts'
import type { Random } from '../documents/random.ts'
import type { Caller } from '../executor/execute.ts'
import { iso } from '../executor/text.ts'
import { fillWork } from './work.ts'

export interface World {
  readonly callers: readonly Caller[]
  /** Moments between the pulls. */
  readonly moments: readonly string[]
}

const sizes = { acme: 150, globex: 60, initech: 12, hooli: 0, umbrella: 6 }
const pulls = 4

/** Words with ties that only case, composition or accents distinguish. */
const firstNames = [
  'Ann',
  'ann',
  'ANN',
  'Bob',
  'Zoë',
  'Zoe\u0308',
  'Ødegård',
  'Łukasz',
  '李',
  '𝒜lgot',
  'I\u0307nci',
  '',
  ' ',
]
const lastNames = [
  'Lee',
  'LEE',
  'lee',
  'Straße',
  'STRASSE',
  'Ångström',
  'A\u030angström',
  'Σίσυφος',
  'ΣΊΣΥΦΟΣ',
  "O'Neil",
  '50%_\\',
  '"q"',
  '',
]
const locals = ['ann', 'Bob', 'c.y', 'jörg', 'o_x', 'Σως', 'x%y', 'info']
const domains = ['x.example', 'X.Example', 'münchen.example', 'xn--mnchen-3ya.example', 'y.example', 'sub.y.example']
const times = [
  null,
  '2020-02-29T23:59:59.999999Z',
  '2024-01-01T00:00:00.000000Z',
  '2024-01-01T00:00:00.120000Z',
  '2025-06-30T12:00:00.000001Z',
]
const roleNames = ['USER', 'USER', 'ADMINISTRATOR', 'HELPDESK', 'Custom Role', 'ÜBER', 'auditor']
const policies = [
  null,
  {},
  { b: 1, a: [1.5, 'x', null, true] },
  { '10': 'ten', '9': 'nine', text: 'ü"\\\n' },
  { z: { b: 1e21, '2': 1e-7, a: '\u2028\u0001😀' }, '10': [], '01': {}, a: -0.5 },
  ['list'],
  'text',
  7,
  false,
]
const groupNames = ['All', 'all', 'Everyone', 'Everyone', 'Vertrieb Straße', 'Σ', '%']

export async function fillWorld(sql: Sql, random: Random): Promise<World> {
  const slugs = Object.keys(sizes)
  const put = (kept: readonly string[]) =>
    putOrganizations(
      sql,
      kept.map((slug) => ({ slug, name: `${slug} Ltd.`, allowanceKey: slug, pullIntervalSeconds: 86_400 })),
    )
  const ids = await put(slugs)
  const moments: string[] = []
  const places = slugs.map((slug) => new Place(sql, random, ids.get(slug) ?? 0, sizes[slug as keyof typeof sizes]))
  for (let pull = 1; pull <= pulls; pull += 1) {
    for (const place of places) {
      await place.pull(pull)
      await evaluateFindings(sql, place.id)
      // Most organizations are empty before the end of the first pull.
      if (pull > 1 || place === places.at(-1)) moments.push(await clock(sql))
    }
  }
  await fillWork(
    sql,
    random,
    slugs.map((slug) => ids.get(slug) ?? 0),
  )
  await sql`update findings set accepted_at = first_seen_at, accepted_by = 'ann', accepted_reason = 'Known: "it" \u00fc',
    accepted_until = case when id % 3 = 0 then '2099-01-01T00:00:00.25Z'::timestamptz else '2020-01-01' end where id % 3 < 2`
  await put(slugs.filter((slug) => slug !== 'umbrella'))
  await sql`update organizations set next_pull_at = '2099-01-01T00:00:00.5Z', problem = case when slug = 'globex' then 'Slow' end,
    queue_problem = case when slug in ('globex', 'initech') then 'No queue' end,
    children_problem = case when slug = 'globex' then 'No list' end, entry_problem = case when slug in ('globex', 'acme') then 'Other' end,
    license_count = case when slug <> 'acme' then 10 end,
    license_package = case when slug = 'initech' then 'BUSINESS' end`
  await sql`analyze`
  const callers: Caller[] = [
    { name: 'all', organizations: null, scopes: ['read', 'write'] },
    { name: 'acme', organizations: ['acme'], scopes: ['read', 'write'] },
    { name: 'two', organizations: ['globex', 'initech', 'umbrella'], scopes: ['read'] },
    { name: 'none', organizations: ['elsewhere'], scopes: ['read'] },
    { name: 'writer', organizations: null, scopes: ['write'] },
  ]
  return { callers, moments }
}

export async function clock(sql: Sql): Promise<string> {
  const [row] = await sql<{ now: string }[]>`select clock_timestamp()::text as now`
  return iso(row?.now ?? '')
}

interface Person {
  email: string
  seen: Omit<ObservedUser, 'profile'> & { profile: Record<string, unknown> }
  isGone: boolean
}

/** One organization at the vendor. */
class Place {
  readonly #sql: Sql
  readonly #random: Random
  readonly id: number
  readonly #people: Person[]
  readonly #groups: ObservedGroup[]

  constructor(sql: Sql, random: Random, id: number, size: number) {
    this.#sql = sql
    this.#random = random
    this.id = id
    const count = size === 0 ? 0 : 4 + Math.ceil(size / 10)
    this.#groups = Array.from({ length: count }, (_, i) => this.#group(i))
    this.#people = Array.from({ length: size }, (_, i) => this.#person(i))
  }

  async pull(number: number): Promise<void> {
    const random = this.#random
    const observation = await this.#observation(number)
    if (this.#people.length === 0) return
    await this.#sql.begin((tx) => applyGroups(tx, this.id, observation, this.#groups))
    const listed = this.#people.filter((one, i) => !one.isGone && (number > 1 || i % 6 !== 5))
    const users = listed.map(({ seen }) => seen as ObservedUser)
    await this.#sql.begin((tx) => applyUsers(tx, this.id, observation, 'LIST', users))
    for (const one of random.some(listed, 2, 5)) {
      const read = { ...(await this.#observation(number)), origin: 'REFRESH' as const, actor: 'reader' }
      await this.#sql.begin((tx) => applyUsers(tx, this.id, read, 'READ', [one.seen as ObservedUser]))
    }
    for (const one of random.some(listed, 1, Math.ceil(listed.length / 12))) {
      const gone = await this.#observation(number)
      await this.#sql.begin((tx) => applyGone(tx, this.id, gone, one.email))
      one.isGone = true
    }
    await this.#sql`
      update groups g set deleted_at = clock_timestamp(), gone_at = clock_timestamp() where organization_id = ${this.id}
        and deleted_at is null and id % 4 = ${number % 4}
        and not exists (select from memberships m where m.group_id = g.id and m.valid_to is null)`
    await this.#recordPull(number, observation)
    this.#change()
  }

  /** The last pull is recent: its memberships are pending. */
  async #observation(pull: number): Promise<Observation> {
    const now = Date.parse(await clock(this.#sql))
    const sent = now - (pull === pulls ? 0 : (pulls - pull) * 3_600_000)
    const at = new Date(sent).toISOString().replace('Z', '123Z')
    return { sentAt: at, arrivedAt: at, origin: 'PULL' }
  }

  async #recordPull(number: number, { sentAt }: Observation): Promise<void> {
    const isComplete = number !== 2
    const carried = number % 2 === 0 ? 7 : 1
    await this.#sql`
      insert into pulls (id, organization_id, state, phase, trigger, started_at, finished_at, first_sent_at, requests, users_seen,
        users_expected, created, carried, error)
      values (nextval('node_ids'), ${this.id}, ${isComplete ? 'COMPLETE' : 'FAILED'}, 'LISTING', 'SCHEDULE', ${sentAt}, clock_timestamp(),
        ${sentAt}, ${number}, ${this.#people.length}, ${number === 3 ? null : this.#people.length + 1}, ${number}, ${carried},
        ${isComplete ? null : 'It failed'})`
    if (!isComplete) return
    await this.#sql`
      update organizations set profile_as_of = ${sentAt}, roles_as_of = ${sentAt},
        aliases_as_of = case when ${carried} = 7 then ${sentAt}::timestamptz else aliases_as_of end,
        groups_as_of = case when ${carried} = 7 then ${sentAt}::timestamptz else groups_as_of end
      where id = ${this.id}`
  }

  /** What changes at the vendor until the next pull. */
  #change(): void {
    const random = this.#random
    const { length } = this.#people
    for (const one of random.some(this.#people, Math.ceil(length / 8), Math.ceil(length / 4))) {
      const created = one.seen.profile.createdAt
      one.seen = this.#seen(one.email)
      one.seen.profile.createdAt = created
      if (one.isGone && random.chance(0.7)) {
        one.isGone = false
        one.seen.profile.createdAt = '2026-01-01T00:00:00.000000Z'
      }
    }
    for (const [i, group] of this.#groups.entries()) {
      if (random.chance(0.2)) this.#groups[i] = { ...this.#group(i), groupId: group.groupId }
    }
  }

  #group(number: number): ObservedGroup {
    const random = this.#random
    const memberCount = random.pick([undefined, 0, 3, 3, 1_000])
    return {
      groupId: number === 1 ? 'GRP_000' : `grp_${String(number).padStart(3, '0')}`,
      name: random.pick(groupNames) + (random.chance(0.6) ? ` ${number}` : ''),
      ...(memberCount !== undefined && { memberCount }),
    }
  }

  #person(number: number): Person {
    const shared = ['shared@example.org', 'Both@example.org', 'former@example.org'][number]
    const email = shared ?? `${this.#random.pick(locals)}${number}@${this.#random.pick(domains)}`
    return { email, seen: this.#seen(email), isGone: false }
  }

  #seen(primaryEmail: string): Person['seen'] {
    const random = this.#random
    const maybe = <Value>(value: Value, probability = 0.8) => (random.chance(probability) ? value : undefined)
    const known = <Name extends string>(name: Name, value: readonly string[] | undefined) =>
      (value ? { [name]: value } : {}) as { [Key in Name]?: readonly string[] }
    return {
      profile: {
        primaryEmail,
        firstName: random.pick([...firstNames, null]),
        lastName: random.pick([...lastNames, null, null]),
        type: random.pick(['USER', 'USER', 'USER', 'ALIAS', null]),
        status: random.pick(['ACTIVE', 'ACTIVE', 'INACTIVE', null]),
        mailboxSize: random.pick([null, 0, 250, 2_147_483_647]),
        spamPolicy: random.pick(policies),
        createdAt: random.pick(times),
        updatedAt: random.pick(times),
        accountKind: random.pick(['END_USER', 'SILENT_USER', 'FUNCTIONAL_ACCOUNT', 'ROBOT', null]),
        billable: random.pick([true, false, null]),
        senderLists: random.pick([
          null,
          { safe: [], blocked: [] },
          { safe: ['a@b.example', 'Ü "x"'], blocked: ['c.example'] },
        ]),
      },
      ...known('roles', maybe(random.some(roleNames, 0, 3))),
      ...known('aliases', maybe(this.#aliases())),
      ...known(
        'groups',
        maybe(random.some(this.#groups, 0, 4).map((one) => (random.chance(0.2) ? one.name : one.groupId))),
      ),
    }
  }

  /** Some are also the primary address or an alias of another user. */
  #aliases(): string[] {
    const random = this.#random
    return Array.from({ length: random.int(0, 3) }, () =>
      random.weighted(
        [6, `${random.pick(locals)}.${random.int(1, 99)}@${random.pick(domains)}`],
        [1, random.pick(['BOTH@example.org', 'both@example.org', 'desk@x.example', 'Desk@X.example'])],
      ),
    )
  }
}
