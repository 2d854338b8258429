import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { EdgeKind } from '../../src/analysis/graph/edges.ts'
import { encodeGlobalId } from '../../src/graph/core/global-id.ts'
import { graph } from '../graph/harness/fixture.ts'
import { around, edgesOf, pathsBetween, relatedTo } from './model.ts'
import { lastMoment, put, type Scene, sceneAt, timeOf, world } from './world.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())

const anyKinds = fc
  .uniqueArray(fc.constantFrom<EdgeKind>('MEMBER_OF', 'HOLDS', 'OWNS', 'SAME_PERSON'), { minLength: 1 })
  .map((kinds) => new Set(kinds))

test('graph queries: any query, of the present or the past, gives the result of a model in memory', async () => {
  await fc.assert(
    fc.asyncProperty(
      world,
      anyKinds,
      fc.record({
        node: fc.nat(),
        other: fc.nat(),
        maxLength: fc.nat({ max: 6 }),
        depth: fc.nat({ max: 3 }),
        limit: fc.integer({ min: 1, max: 12 }),
        first: fc.nat({ max: 5 }),
        moment: fc.nat({ max: lastMoment }),
      }),
      async (drawn, via, args) => {
        await put(mirror, drawn)
        await compare(sceneAt(drawn, lastMoment), via, args, '')
        await compare(sceneAt(drawn, args.moment), via, args, `@asOf(time: "${timeOf(args.moment)}")`)
      },
    ),
    { numRuns: 25 },
  )
})

interface Args {
  readonly node: number
  readonly other: number
  readonly maxLength: number
  readonly depth: number
  readonly limit: number
  readonly first: number
  readonly moment: number
}

async function compare(scene: Scene, via: ReadonlySet<EdgeKind>, args: Args, asOf: string): Promise<void> {
  await compareLists(scene, asOf)
  const idOf = globalIds(scene)
  const nodes = [...idOf.keys()]
  if (nodes.length === 0) return
  const [node = 0, other = 0] = [nodes[args.node % nodes.length], nodes[args.other % nodes.length]]
  const kinds = `[${[...via].join()}]`
  const answer = (await mirror.data(`query ${asOf} {
    users { nodes { id related(via: ${kinds}, first: ${args.first}) { user { id } score sharedGroups { id } sharedRoles { id } sharedAddresses } } }
    paths(from: "${idOf.get(node)}", to: "${idOf.get(other)}", via: ${kinds}, maxLength: ${args.maxLength}, limit: 100) {
      length truncated paths { length nodes { ...on Node { id } } edges { kind source target } }
    }
    neighborhood(of: ["${idOf.get(node)}", "${idOf.get(other)}"], via: ${kinds}, depth: ${args.depth}, limit: ${args.limit}) {
      truncated nodes { ...on Node { id } } edges { kind source target }
    }
  }`)) as unknown as Answer
  const global = (id: number) => idOf.get(id) as string
  const withGlobalIds = ({ kind, source, target }: { kind: EdgeKind; source: number; target: number }) => ({
    kind,
    source: global(source),
    target: global(target),
  })

  for (const user of answer.users.nodes) {
    const asked = scene.users.find(({ id }) => global(id) === user.id)?.id as number
    const expected = relatedTo(scene, asked, via, args.first)
    expect(user.related.map((one) => ({ id: one.user.id, shared: sharedOf(one) }))).toEqual(
      expected.map((one) => ({ id: global(one.user), shared: one.shared.map((name) => nameOf(name, global)).sort() })),
    )
    for (const [i, one] of user.related.entries()) expect(one.score).toBeCloseTo(expected[i]?.score ?? -1, 8)
  }

  const chains = pathsBetween(scene, node, other, via, args.maxLength)
  const edges = edgesOf(scene, via)
  expect(answer.paths.length).toBe(chains[0] ? chains[0].length - 1 : null)
  expect(answer.paths.truncated).toBe(false)
  expect(answer.paths.paths.map((path) => path.nodes.map(({ id }) => id)).sort()).toEqual(
    chains.map((chain) => chain.map(global)).sort(),
  )
  for (const path of answer.paths.paths) {
    expect(path.length).toBe(path.edges.length)
    path.edges.forEach((edge, i) => {
      expect([edge.source, edge.target].sort()).toEqual([path.nodes[i]?.id, path.nodes[i + 1]?.id].sort())
      expect(edges.map(withGlobalIds)).toContainEqual(edge)
    })
  }

  const picture = around(scene, [...new Set([node, other])], via, args.depth, args.limit)
  expect(answer.neighborhood.truncated).toBe(picture.truncated)
  expect(answer.neighborhood.nodes.map(({ id }) => id)).toEqual(picture.nodes.map(global))
  const inside = edges.filter(({ source, target }) => picture.nodes.includes(source) && picture.nodes.includes(target))
  expect(sorted(answer.neighborhood.edges)).toEqual(sorted(inside.map(withGlobalIds)))
}

/** Compares users, groups, members, aliases, roles, facets and identities with the model. */
async function compareLists(scene: Scene, asOf: string): Promise<void> {
  const answer = await mirror.data(`query ${asOf} {
    users { totalCount
      nodes { primaryEmail displayName status deletedAt aliases { address } roles { name } groups { nodes { groupId } totalCount } }
      facets { byStatus { value count } byRole { value count } byGroup { value count } byDomain { value count } }
    }
    inactive: users(filter: { status: INACTIVE }) { nodes { primaryEmail } facets { byGroup { value count } } }
    grouped: users(filter: { hasGroups: true, alias: { contains: "@x." } }) { nodes { primaryEmail } }
    groups { nodes { groupId name deletedAt members { nodes { primaryEmail } } } }
    identity(address: "ANN@x.example") { claimants { primaryEmail } }
  }`)
  const emailOf = (id: number) => scene.users.find((user) => user.id === id)?.email
  const byKey = scene.users.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const groupIdOf = (id: number) => scene.groups.find((group) => group.id === id)?.groupId
  const memberships = scene.memberships.toSorted((a, b) => a.thing - b.thing || a.user - b.user)
  const counts = (values: (string | null | undefined)[]) => {
    const counted = [
      ...Map.groupBy(
        values.filter((value) => value != null),
        (value) => value,
      ),
    ]
    return counted
      .map(([value, all]) => ({ value, count: all.length }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
  }
  const roleOf = (id: number) => scene.roles.find((role) => role.id === id)?.name as string
  const mails = (users: readonly { email: string }[]) => users.map(({ email }) => ({ primaryEmail: email }))
  const inactive = byKey.filter(({ status }) => status === 'INACTIVE')
  const { identity, ...lists } = answer
  expect(lists).toEqual({
    users: {
      totalCount: scene.users.length,
      nodes: byKey.map(({ id, email, shown, status }) => ({
        primaryEmail: email,
        displayName: shown,
        status,
        deletedAt: null,
        aliases: scene.aliases
          .filter(({ user }) => user === id)
          .toSorted((a, b) =>
            a.address.toLowerCase() < b.address.toLowerCase()
              ? -1
              : a.address.toLowerCase() > b.address.toLowerCase()
                ? 1
                : a.thing - b.thing,
          )
          .map(({ address }) => ({ address })),
        roles: scene.grants
          .filter(({ user }) => user === id)
          .map(({ thing }) => roleOf(thing))
          .sort()
          .map((name) => ({ name })),
        groups: {
          totalCount: memberships.filter(({ user }) => user === id).length,
          nodes: memberships.filter(({ user }) => user === id).map(({ thing }) => ({ groupId: groupIdOf(thing) })),
        },
      })),
      facets: {
        byStatus: counts(scene.users.map(({ status }) => status)),
        byRole: counts(scene.grants.map(({ thing }) => roleOf(thing))),
        byGroup: counts(memberships.map(({ thing }) => groupIdOf(thing))),
        byDomain: counts(scene.users.map(({ email }) => email.split('@')[1])),
      },
    },
    inactive: {
      nodes: mails(inactive),
      facets: {
        byGroup: counts(
          memberships.filter(({ user }) => inactive.some(({ id }) => id === user)).map(({ thing }) => groupIdOf(thing)),
        ),
      },
    },
    grouped: {
      nodes: mails(
        byKey.filter(
          ({ id }) =>
            memberships.some(({ user }) => user === id) &&
            scene.aliases.some(({ user, address }) => user === id && address.includes('@x.')),
        ),
      ),
    },
    groups: {
      nodes: scene.groups
        .toSorted((a, b) => (a.groupId < b.groupId ? -1 : 1))
        .map(({ id, groupId }) => ({
          groupId,
          name: groupId,
          deletedAt: null,
          members: {
            nodes: memberships.filter(({ thing }) => thing === id).map(({ user }) => ({ primaryEmail: emailOf(user) })),
          },
        })),
    },
  })
  const claimants = scene.users.filter(
    ({ id, key }) =>
      key === 'ann@x.example' || scene.aliases.some(({ user, address }) => user === id && address === 'ann@x.example'),
  )
  const claimantEmails =
    (identity as { claimants: { primaryEmail: string }[] } | null)?.claimants.map((one) => one.primaryEmail) ?? []
  if (claimants.length > 0) expect(claimantEmails.toSorted()).toEqual(claimants.map(({ email }) => email).sort())
}

function globalIds(scene: Scene): Map<number, string> {
  return new Map([
    ...scene.users.map(({ id }) => [id, encodeGlobalId('User', id)] as const),
    ...scene.groups.map(({ id }) => [id, encodeGlobalId('Group', id)] as const),
    ...scene.roles.map(({ id }) => [id, encodeGlobalId('Role', id)] as const),
    ...scene.aliases.map(({ thing }) => [thing, encodeGlobalId('Alias', thing)] as const),
  ])
}

interface Edge {
  readonly kind: string
  readonly source: string
  readonly target: string
}

interface Related {
  readonly user: { readonly id: string }
  readonly score: number
  readonly sharedGroups: readonly { readonly id: string }[]
  readonly sharedRoles: readonly { readonly id: string }[]
  readonly sharedAddresses: readonly string[]
}

interface Answer {
  readonly users: { readonly nodes: readonly { readonly id: string; readonly related: readonly Related[] }[] }
  readonly paths: {
    readonly length: number | null
    readonly truncated: boolean
    readonly paths: readonly {
      readonly length: number
      readonly nodes: readonly { readonly id: string }[]
      readonly edges: readonly Edge[]
    }[]
  }
  readonly neighborhood: {
    readonly truncated: boolean
    readonly nodes: readonly { readonly id: string }[]
    readonly edges: readonly Edge[]
  }
}

function sharedOf({ sharedGroups, sharedRoles, sharedAddresses }: Related): string[] {
  return [...sharedGroups, ...sharedRoles]
    .map(({ id }) => id)
    .concat(sharedAddresses.map((one) => one.toLowerCase()))
    .sort()
}

function nameOf(thing: string, global: (id: number) => string): string {
  const [kind, key = ''] = thing.split(' ')
  return kind === 'address' ? key : global(Number(key))
}

function sorted(edges: readonly Edge[]): Edge[] {
  return [...edges].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
}
