/**
 * Random small graphs with a history, and the state of each at a moment. A moment is a small integer. Each object
 * exists from one moment to another.
 */
import fc from 'fast-check'
import { addressKey } from '../../src/addresses/address-key.ts'
import { domainOf } from '../../src/addresses/spellings.ts'
import { type graph, observedAt } from '../graph/harness/fixture.ts'

export interface Life {
  readonly from: number
  /** null if it still exists. */
  readonly to: number | null
}

export interface WorldUser extends Life {
  readonly id: number
  readonly email: string
  readonly names: readonly [first: string | null, last: string | null]
  /** The names before the moment at which they changed. */
  readonly former: { readonly until: number; readonly names: readonly [string | null, string | null] } | null
  readonly status: 'ACTIVE' | 'INACTIVE' | null
}

export interface Tie extends Life {
  readonly user: number
  readonly thing: number
}

export interface World {
  readonly users: readonly WorldUser[]
  readonly groups: readonly (Life & { readonly id: number; readonly groupId: string })[]
  readonly roles: readonly { readonly id: number; readonly name: string }[]
  readonly memberships: readonly Tie[]
  readonly grants: readonly Tie[]
  /** `thing` is the id of the alias itself. */
  readonly aliases: readonly (Tie & { readonly address: string })[]
}

const organization = 1
/** The last moment at which anything changes. */
export const lastMoment = 6

/** The time of a moment. Moments are half an hour apart. */
export function timeOf(moment: number): string {
  return `2026-06-01T${String(10 + Math.floor(moment / 2)).padStart(2, '0')}:${moment % 2 === 0 ? '00' : '30'}:00.000000Z`
}

const addresses = [
  'ann@x.example',
  'Bob@x.example',
  'cy@y.example',
  'dan@y.example',
  'desk@x.example',
  'info@y.example',
]
const roleNames = ['USER', 'ADMINISTRATOR', 'AUDITOR']

const life: fc.Arbitrary<Life> = fc
  .tuple(fc.nat({ max: 3 }), fc.option(fc.integer({ min: 1, max: 4 }), { freq: 2 }))
  .map(([from, length]) => ({ from, to: length === null || from + length > lastMoment ? null : from + length }))

const names = fc.tuple(
  fc.constantFrom('Ann', 'ann', 'Bob', null),
  fc.constantFrom('Lee', 'LEE', 'Ray', '', null),
) as fc.Arbitrary<[string | null, string | null]>

/** Several users can have the same address one after another, but never at the same time. */
export const world: fc.Arbitrary<World> = fc
  .record({
    users: fc.array(
      fc.record({
        life,
        address: fc.nat({ max: 5 }),
        names,
        former: fc.option(names),
        status: fc.constantFrom('ACTIVE', 'INACTIVE', null) as fc.Arbitrary<WorldUser['status']>,
      }),
      { minLength: 2, maxLength: 8 },
    ),
    groups: fc.array(life, { minLength: 1, maxLength: 4 }),
    memberships: fc.array(fc.tuple(fc.nat(), fc.nat(), life), { maxLength: 20 }),
    grants: fc.array(fc.tuple(fc.nat(), fc.nat(), life), { maxLength: 8 }),
    aliases: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 5 }), life), { maxLength: 8 }),
  })
  .map((drawn) => {
    let last = 10
    const groups = drawn.groups.map((of, i) => ({ id: ++last, groupId: `grp_${i}`, ...of }))
    const roles = roleNames.map((name) => ({ id: ++last, name }))
    const users: WorldUser[] = []
    for (const { life: of, address, names, former, status } of drawn.users) {
      const email = addresses[address] ?? ''
      if (users.some((other) => other.email === email && overlap(other, of))) continue
      const changes = former !== null && former.join() !== names.join() && of.to === null
      const until = Math.min(of.from + 1, lastMoment)
      users.push({ id: ++last, email, names, status, ...of, former: changes ? { until, names: former } : null })
    }
    const ties = (wanted: [number, number, Life][], things: readonly (Partial<Life> & { id: number })[]): Tie[] => {
      const made: Tie[] = []
      for (const [user, thing, of] of wanted) {
        const [who, what] = [users[user % users.length], things[thing % things.length]]
        const tie = who && what && within(within(of, who), what)
        if (!tie || made.some((one) => one.user === who.id && one.thing === what.id && overlap(one, tie))) continue
        made.push({ user: who.id, thing: what.id, ...tie })
      }
      return made
    }
    const memberships = ties(drawn.memberships, groups)
    const grants = ties(drawn.grants, roles)
    const aliases: (Tie & { address: string })[] = []
    for (const [user, address, of] of drawn.aliases) {
      const who = users[user % users.length]
      const tie = who && within(of, who)
      if (tie) aliases.push({ user: who.id, thing: ++last, address: addresses[address] ?? '', ...tie })
    }
    return { users, groups, roles, memberships, grants, aliases }
  })

function overlap(a: Life, b: Life): boolean {
  return (a.to ?? Number.POSITIVE_INFINITY) >= b.from && (b.to ?? Number.POSITIVE_INFINITY) >= a.from
}

/** The intersection of a life with another; undefined if it is empty. */
function within(inner: Life | undefined, outer: Partial<Life>): Life | undefined {
  if (!inner) return undefined
  const from = Math.max(inner.from, outer.from ?? 0)
  const ends = [inner.to, outer.to ?? null].filter((end) => end !== null)
  const to = ends.length === 0 ? null : Math.min(...ends)
  return to !== null && to <= from ? undefined : { from, to }
}

/** Replaces all rows of the mirror by the world. */
export async function put({ sql, add }: Awaited<ReturnType<typeof graph>>, of: World): Promise<void> {
  await sql`truncate organizations, users, user_versions, user_confirmations, groups, group_versions, roles, memberships, role_grants, aliases`
  await sql`insert into organizations (id, slug, name) values (${organization}, 'acme', 'Acme')`
  const born = ({ from, to }: Life) => ({ valid_from: timeOf(from), valid_to: to === null ? null : timeOf(to) })
  const lived = ({ from, to }: Life) => ({
    valid_from: timeOf(from),
    version_from: timeOf(from),
    deleted_at: to === null ? null : timeOf(to),
  })
  for (const group of of.groups)
    await add.group(organization, group.groupId, group.groupId, { id: group.id, ...lived(group) })
  for (const { id, name } of of.roles) {
    await sql`insert into roles (id, organization_id, name, valid_from, privileged)
      values (${id}, ${organization}, ${name}, ${timeOf(0)}, ${name !== 'USER'})`
  }
  for (const user of of.users) {
    const row = {
      id: user.id,
      status: user.status,
      first_name: user.names[0],
      last_name: user.names[1],
      ...lived(user),
    }
    await add.user(organization, user.email, user.former ? { ...row, version_from: timeOf(user.former.until) } : row)
    if (!user.former) continue
    const [first, last] = user.former.names
    await sql`
      insert into user_versions (user_id, organization_id, primary_email, address_key, domain, first_name, last_name, type, status, profile_known, profile_at,
        roles_at, aliases_at, groups_at, valid_from, valid_to)
      values (${user.id}, ${organization}, ${user.email}, ${addressKey(user.email)}, ${domainOf(user.email)}, ${first}, ${last}, 'USER', ${user.status}, 0, ${observedAt}, ${observedAt}, ${observedAt}, ${observedAt}, ${timeOf(user.from)}, ${timeOf(user.former.until)})`
  }
  for (const tie of of.memberships) await add.member(organization, tie.user, tie.thing, born(tie))
  for (const tie of of.grants) await add.grant(organization, tie.user, tie.thing, born(tie))
  for (const alias of of.aliases) {
    await add.alias(organization, alias.user, alias.address, { id: alias.thing, ...born(alias) })
  }
}

/** The state of the world at a moment, without anything later. */
export interface Scene {
  readonly users: readonly {
    readonly id: number
    readonly key: string
    readonly email: string
    readonly shown: string
    readonly name: string | null
    readonly status: WorldUser['status']
  }[]
  readonly groups: World['groups']
  readonly roles: World['roles']
  readonly memberships: readonly Tie[]
  readonly grants: readonly Tie[]
  readonly aliases: World['aliases']
}

export function sceneAt(of: World, moment: number): Scene {
  const exists = ({ from, to }: Life) => from <= moment && (to === null || to > moment)
  return {
    users: of.users.filter(exists).map(({ id, email, names, former, status }) => {
      const [first, last] = former && moment < former.until ? former.names : names
      const shown = [first, last].filter((name) => name?.trim()).join(' ') || email
      return {
        id,
        email,
        shown,
        key: addressKey(email),
        status,
        name: first && last ? `${first} ${last}`.toLowerCase() : null,
      }
    }),
    groups: of.groups.filter(exists),
    roles: of.roles,
    memberships: of.memberships.filter(exists),
    grants: of.grants.filter(exists),
    aliases: of.aliases.filter(exists),
  }
}
