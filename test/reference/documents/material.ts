/** The values that random documents ask about: those of the mirror, variants of them, and some that do not exist. */
import type { Dump } from '../executor/dump.ts'
import type { Caller } from '../executor/execute.ts'
import { addressKey, globalId } from '../executor/text.ts'
import type { Random } from './random.ts'

const unknownAddresses = ['missing@x.example', 'ann@nowhere.example']
const wrongIds = ['', 'VXNlcjox ', 'x', globalId('User', 'x'), globalId('User', 0), globalId('Nothing', 1), 'User:1']
const withoutPast = new Set(['Pull', 'Finding', 'Operation'])
/** Every global id of a change starts so. */
const changeId = globalId('Change', '').replace(/=*$/, '').slice(0, -1)
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
  readonly #ids: Readonly<Record<string, readonly { readonly id: string; readonly slug: string }[]>>
  readonly #slugOfRow: ReadonlyMap<number, string>
  /** Addresses that several accounts have had. */
  readonly #contested: readonly string[]
  /** Few orders, with several keys in mixed directions, so that documents find cursors of earlier answers. */
  readonly orders: Readonly<
    Record<string, readonly (readonly { readonly field: string; readonly direction: 'ASC' | 'DESC' }[])[]>
  >
  readonly #slugs: readonly string[]
  /** The cursors of earlier answers, by order. */
  readonly #cursors = new Map<string, string[]>()
  readonly #changes: string[] = []
  readonly #moments: readonly string[]
  /** How often earlier documents used a field. */
  readonly uses: (coordinate: string) => number
  caller: Caller = { name: 'all', organizations: null, scopes: [] }
  /** Whether the document is about a past moment, which has no findings, pulls and operations. */
  isPast = false

  constructor(dump: Dump, moments: readonly string[], random: Random, uses: (coordinate: string) => number) {
    this.#dump = dump
    this.uses = uses
    // At these moments something changed.
    const changed = [...dump.now.memberships, ...dump.now.aliases, ...dump.now.grants].flatMap((row) => [
      row.valid_from,
      row.valid_to ?? row.valid_from,
    ])
    const ended = dump.now.users.flatMap(({ deleted_at }) => deleted_at ?? [])
    this.#moments = [...moments, ...random.some(ended, 8, 8), ...random.some([...new Set(changed)], 16, 16)]
    const { users, groups, roles, aliases, organizations, pulls, findings, operations } = dump.now
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
    const slugs = new Map(organizations.map(({ id, slug }) => [id, slug]))
    const idsOf = (type: string, rows: readonly { id: number; organization_id?: number }[]) =>
      rows.map(({ id, organization_id }) => ({ id: globalId(type, id), slug: slugs.get(organization_id ?? id) ?? '' }))
    this.#slugs = organizations.filter((one) => one.retired_at === null).map(({ slug }) => slug)
    this.#ids = {
      User: idsOf('User', users),
      Group: idsOf('Group', groups),
      Role: idsOf('Role', roles),
      Alias: idsOf('Alias', aliases),
      Organization: idsOf('Organization', organizations),
      Pull: idsOf('Pull', pulls),
      Finding: idsOf('Finding', findings),
      Operation: idsOf('Operation', operations),
    }
    this.#slugOfRow = new Map(
      [...users, ...groups, ...aliases].map(({ id, organization_id }) => [id, slugs.get(organization_id) ?? '']),
    )
    this.#contested = this.#addresses.filter((one, i) =>
      this.#addresses.some((other, j) => i !== j && addressKey(one) === addressKey(other)),
    )
    const ordered = (...fields: readonly string[]) =>
      Array.from({ length: 4 }, () =>
        random.some(fields, 1, 3).map((field) => ({ field, direction: random.pick(['ASC', 'DESC'] as const) })),
      )
    this.orders = {
      UserOrder: ordered('LAST_NAME', 'CREATED_AT', 'UPDATED_AT', 'PRIMARY_EMAIL'),
      GroupOrder: ordered('NAME', 'MEMBER_COUNT'),
    }
  }

  /** The organization of the item with this cursor: its id is the last value. */
  #slugOf(cursor: string): string | undefined {
    return this.#slugOfRow.get((JSON.parse(Buffer.from(cursor, 'base64url').toString()) as number[]).at(-1) ?? 0)
  }

  /** Keeps the cursors in an answer, and the ids of changes. */
  learn(data: unknown): void {
    if (typeof data !== 'object' || data === null) return
    for (const [key, value] of Object.entries(data)) {
      if (typeof value === 'string' && value.startsWith(changeId) && this.#changes.length < 50)
        this.#changes.push(value)
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

  moment(random: Random): string {
    if (random.chance(0.03)) return random.pick(['2001-01-01T00:00:00Z', '2998-12-31T23:59:59Z'])
    return random.pick(this.#moments)
  }

  /**
   * A cursor of an earlier answer in this order, mostly of an item of the organization, rarely a wrong one; undefined
   * if there is none yet.
   */
  cursor(order: string, slug: unknown, random: Random): string | undefined {
    if (random.chance(0.96)) {
      const known = this.#cursors.get(order) ?? []
      const own = known.filter((cursor) => this.#slugOf(cursor) === slug)
      return random.pick(
        [...(own.length > 0 && random.chance(0.9) ? own : known), undefined].slice(0, known.length || 1),
      )
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
    if (type === 'Int') return random.int(place === 'limit' ? 1 : 0, 5)
    if (type === 'ID') return this.#idAt(place, random)
    if (type === 'EmailAddress') {
      return name === 'address' && random.chance(0.4) ? random.pick(this.#contested) : this.address(random)
    }
    if (type === 'DateTime') {
      const isOfFeed = name === 'since' || name === 'until'
      return isOfFeed && random.chance(0.9) ? random.pick(this.#moments) : this.#time(random)
    }
    if (name === 'text' && random.chance(0.95)) return this.#searched(random)
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

  /** A text that search finds: a part of an address or a name. */
  #searched(random: Random): string {
    const words = [...random.pick(Object.values(this.#texts).flat()).matchAll(/[\p{L}\p{N}]+/gu)].map(([word]) => word)
    return words.length > 0 ? random.some(words, 1, 2).join(' ') : 'ann'
  }

  #idAt(place: string, random: Random): string {
    const isOfGraph = ['of', 'from', 'to', 'about'].includes(place)
    if (isOfGraph) return this.id(random, ['User', 'User', 'Group', 'Role', 'Alias'])
    const types = Object.keys(this.#ids).filter((type) => !this.isPast || random.chance(0.1) || !withoutPast.has(type))
    if (this.#changes.length > 0 && random.chance(0.1)) return random.pick(this.#changes)
    return this.id(random, types)
  }

  /** The id of an object of one of the types, mostly of one that the caller sees. */
  id(random: Random, types: readonly string[]): string {
    if (random.chance(0.03)) return random.pick(wrongIds)
    const type = random.pick(random.chance(0.02) ? Object.keys(this.#ids) : types)
    if (random.chance(0.04)) return globalId(type, 9_999_999)
    const all = this.#ids[type] ?? []
    const visible = all.filter(({ slug }) => this.caller.organizations?.includes(slug) ?? true)
    return random.pick(visible.length > 0 && random.chance(0.85) ? visible : all).id
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
      return { __typename: type, id: this.id(random, [type]) }
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
