/** The values that random documents ask about: those of the mirror, variants of them, and some that do not exist. */
import type { Dump } from './dump.ts'
import type { Caller } from './execute.ts'
import { globalId } from './text.ts'

const unknownAddresses = ['missing@x.example', 'ann@nowhere.example']
const wrongIds = ['', 'VXNlcjox ', 'x', globalId('User', 'x'), globalId('User', 0), globalId('Nothing', 1), 'User:1']
const farTimes = [
  '2019-12-31T23:00:00Z',
  '2024-01-01T01:00:00+01:00',
  '2024-01-01T00:00:00.1200009Z',
  '2030-01-01T00:00:00Z',
]

export class Material {
  readonly #dump: Dump
  readonly #addresses: readonly string[]
  readonly #texts: Readonly<Record<string, readonly string[]>>
  readonly #ids: Readonly<Record<string, readonly string[]>>
  readonly #slugs: readonly string[]
  /** The cursors of earlier answers, by order. */
  readonly #cursors = new Map<string, string[]>()
  caller: Caller = { name: 'all', organizations: null }

  constructor(dump: Dump) {
    this.#dump = dump
    const { users, groups, roles, aliases, organizations, pulls } = dump.now
    this.#addresses = [...users.map((one) => one.primary_email), ...aliases.map((one) => one.address)]
    const distinct = (texts: readonly (string | null)[]) => [...new Set(texts.filter((text) => text !== null))]
    this.#texts = {
      primaryEmail: distinct(users.map((one) => one.primary_email)),
      firstName: distinct(users.map((one) => one.first_name)),
      lastName: distinct(users.map((one) => one.last_name)),
      domain: distinct(users.map((one) => one.domain)),
      alias: distinct(aliases.map((one) => one.address)),
      address: distinct(aliases.map((one) => one.address)),
      role: distinct(roles.map((one) => one.name)),
      groupId: distinct(groups.map((one) => one.group_id)),
      name: distinct(groups.map((one) => one.name)),
    }
    const idsOf = (type: string, rows: readonly { id: number }[]) => rows.map(({ id }) => globalId(type, id))
    this.#slugs = organizations.filter((one) => one.retired_at === null).map(({ slug }) => slug)
    this.#ids = {
      User: idsOf('User', users),
      Group: idsOf('Group', groups),
      Role: idsOf('Role', roles),
      Alias: idsOf('Alias', aliases),
      Organization: idsOf('Organization', organizations),
      Pull: idsOf('Pull', pulls),
    }
  }

  /** Keeps the cursors in an answer. */
  learn(data: unknown): void {
    if (typeof data !== 'object' || data === null) return
    for (const [key, value] of Object.entries(data)) {
      if (typeof value !== 'string' || !/cursor/i.test(key)) {
        this.learn(value)
        continue
      }
      const [order] = JSON.parse(Buffer.from(value, 'base64url').toString()) as [string]
      const known = this.#cursors.get(order) ?? []
      this.#cursors.set(order, known)
      if (known.length < 200) known.push(value)
      else known[value.length % 200] = value
    }
  }

  /** A cursor of an earlier answer in this order, rarely a wrong one; undefined if there is none yet. */
  cursor(order: string, random: Random): string | undefined {
    if (random.chance(0.96)) {
      const known = this.#cursors.get(order) ?? []
      return known.length > 0 ? random.pick(known) : undefined
    }
    const any = [...this.#cursors.values()].flat()
    return any.length > 0 && random.chance(0.5) ? random.pick(any) : random.pick(['', 'x', 'W10', 'WyJ1c2VycyJd'])
  }

  /** A slug for the caller; undefined if it is omitted. */
  slug(random: Random): string | undefined {
    const visible = this.#slugs.filter((slug) => this.caller.organizations?.includes(slug) ?? true)
    const isOnly = this.caller.organizations?.length === 1
    if (random.chance(0.03)) return random.pick([...this.#slugs, 'umbrella', 'ACME', '', 'nowhere'])
    if (random.chance(isOnly ? 0.5 : 0.03) || visible.length === 0) return undefined
    return random.pick(visible)
  }

  scalar(type: string, place: string, random: Random): unknown {
    const [name = '', operator] = place.split(' ')
    if (type === 'Boolean') return random.chance(0.5)
    if (type === 'Int') return random.int(0, 5)
    if (type === 'ID') return this.#id(random)
    if (type === 'EmailAddress') return this.address(random)
    if (type === 'DateTime') return this.#time(random)
    if (type === '_Any') return this.#representation(random)
    if (name === 'organization' || name === 'slug') return this.slug(random) ?? null
    const text = random.pick(this.#texts[place === 'name role' ? 'role' : name] ?? this.#texts.lastName ?? [''])
    return operator === undefined ? this.#respelled(text, random) : this.#part(text, operator, random)
  }

  address(random: Random): string {
    return this.#respelled(random.chance(0.95) ? random.pick(this.#addresses) : random.pick(unknownAddresses), random)
  }

  #respelled(text: string, random: Random): string {
    return random.weighted(
      [6, text],
      [1, text.toUpperCase()],
      [1, text.toLowerCase()],
      [1, text.normalize('NFD')],
      [1, text.replace('münchen', 'xn--mnchen-3ya')],
    )
  }

  /** A part of the text that the operator matches. */
  #part(text: string, operator: string, random: Random): string {
    if (operator === 'eq' || operator === 'in') return this.#respelled(text, random)
    // A label in punycode is compared as a whole.
    const letters = [...text.replace('xn--mnchen-3ya', 'münchen')]
    const from = random.int(0, Math.min(4, letters.length))
    const length = random.int(random.chance(0.1) ? 0 : 1, 4)
    const cut = {
      startsWith: letters.slice(0, length),
      endsWith: letters.slice(Math.max(0, letters.length - length)),
      contains: letters.slice(from, from + length),
    }[operator]
    const part = (cut ?? letters).join('')
    return random.weighted([6, part], [1, part.toUpperCase()], [0.3, '%'], [0.3, '_'])
  }

  #id(random: Random): string {
    if (random.chance(0.04)) return random.pick(wrongIds)
    const type = random.pick(Object.keys(this.#ids))
    return random.chance(0.05) ? globalId(type, 9_999_999) : random.pick(this.#ids[type] ?? [''])
  }

  #time(random: Random): string {
    const { created_at } = random.pick(this.#dump.now.users)
    return created_at === null || random.chance(0.2) ? random.pick(farTimes) : created_at
  }

  #representation(random: Random): unknown {
    const { users, groups, roles } = this.#dump.now
    const maybeIn = (slug: string | undefined) => (slug === undefined ? {} : { organization: { slug } })
    const slugOf = (id: number) => this.#dump.now.organizations.find((one) => one.id === id)?.slug
    const byId = () => {
      const type = random.pick(['User', 'Group', 'Role', 'Organization'])
      return { __typename: type, id: random.pick(this.#ids[type] ?? ['']) }
    }
    const group = random.pick(groups)
    const role = random.pick(roles)
    return random.weighted<() => unknown>(
      [4, byId],
      [4, () => ({ __typename: 'User', primaryEmail: this.address(random) })],
      [2, () => ({ __typename: 'User', primaryEmail: this.address(random), ...maybeIn(this.slug(random)) })],
      [3, () => ({ __typename: 'Group', groupId: group.group_id, ...maybeIn(slugOf(group.organization_id)) })],
      [2, () => ({ __typename: 'Role', name: role.name.toLowerCase(), ...maybeIn(slugOf(role.organization_id)) })],
      [1, () => ({ __typename: 'Organization', slug: random.pick(this.#slugs) })],
      [3, () => ({ __typename: 'Identity', address: this.address(random) })],
      [
        0.2,
        () => random.pick([{}, 'User', { __typename: 'Alias', id: 'x' }, { __typename: 'Group', groupId: 'grp_001' }]),
      ],
      [0.2, () => ({ __typename: 'User', id: random.pick(wrongIds) })],
      [
        0.2,
        () => ({
          __typename: 'User',
          primaryEmail: random.pick([users[0]?.id, 'x', random.pick(users).primary_email]),
        }),
      ],
    )()
  }

  /** The rows with at least one user of their own, for roots that should find something. */
  present(random: Random): { user: string; group: string; role: string; slug: string } {
    const { users, groups, roles, organizations } = this.#dump.now
    const visible = organizations.filter((one) => one.slug === this.slug(random))
    const place = visible[0] ?? random.pick(organizations)
    const here = <Row extends { organization_id: number }>(rows: readonly Row[]) => {
      const own = rows.filter((row) => row.organization_id === place.id)
      return random.pick(own.length > 0 ? own : rows)
    }
    const address = here(users.filter(({ deleted_at }) => deleted_at === null)).primary_email
    return {
      user: this.#respelled(address, random),
      group: here(groups).group_id,
      role: random.chance(0.3) ? here(roles).name.toLowerCase() : here(roles).name,
      slug: place.slug,
    }
  }
}

/** Random choices that a seed determines. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 to less than 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** An integer from `least` to `most`. */
  int(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new Error('There is nothing to choose from')
    return items[this.int(0, items.length - 1)] as Item
  }

  /** Between `least` and `most` of the items, in random order. */
  some<Item>(items: readonly Item[], least: number, most: number): Item[] {
    const left = [...items]
    const count = Math.min(left.length, this.int(least, most))
    return Array.from({ length: count }, () => left.splice(this.int(0, left.length - 1), 1)[0] as Item)
  }

  /** A value by its weight. */
  weighted<Item>(...choices: readonly (readonly [weight: number, item: Item])[]): Item {
    let left = this.next() * choices.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, item] of choices) {
      left -= weight
      if (left < 0) return item
    }
    return (choices.at(-1) as readonly [number, Item])[1]
  }
}
