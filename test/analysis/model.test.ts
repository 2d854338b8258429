import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { EdgeKind } from '../../src/analysis/edges.ts'
import { encodeGlobalId } from '../../src/graph/global-id.ts'
import { graph } from '../graph/fixture.ts'
import { around, edgesOf, pathsBetween, relatedTo } from './model.ts'
import { lastMoment, put, type Scene, sceneAt, world } from './world.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())

const anyKinds = fc
  .uniqueArray(fc.constantFrom<EdgeKind>('MEMBER_OF', 'HOLDS', 'OWNS', 'SAME_PERSON'), { minLength: 1 })
  .map((kinds) => new Set(kinds))

test('related, paths and neighborhoods are those of a model in memory', async () => {
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
      }),
      async (drawn, via, args) => {
        await put(mirror, drawn)
        await compare(sceneAt(drawn, lastMoment), via, args)
      },
    ),
    { numRuns: 60 },
  )
})

interface Args {
  readonly node: number
  readonly other: number
  readonly maxLength: number
  readonly depth: number
  readonly limit: number
  readonly first: number
}

async function compare(scene: Scene, via: ReadonlySet<EdgeKind>, args: Args): Promise<void> {
  const idOf = globalIds(scene)
  const nodes = [...idOf.keys()]
  const [node = 0, other = 0] = [nodes[args.node % nodes.length], nodes[args.other % nodes.length]]
  const kinds = `[${[...via].join()}]`
  const answer = (await mirror.data(`{
    users { nodes { id related(via: ${kinds}, first: ${args.first}) { user { id } score sharedGroups { id } sharedRoles { id } sharedAddresses } } }
    paths(from: "${idOf.get(node)}", to: "${idOf.get(other)}", via: ${kinds}, maxLength: ${args.maxLength}, limit: 100) {
      length truncated paths { length nodes { ...on Node { id } } edges { kind source target } }
    }
    neighborhood(of: ["${idOf.get(node)}", "${idOf.get(other)}"], via: ${kinds}, depth: ${args.depth}, limit: ${args.limit}) {
      truncated nodes { ...on Node { id } } edges { kind source target }
    }
  }`)) as unknown as Answer
  const global = (id: number) => idOf.get(id) as string
  const told = ({ kind, source, target }: { kind: EdgeKind; source: number; target: number }) => ({
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
      expect(edges.map(told)).toContainEqual(edge)
    })
  }

  const picture = around(scene, [...new Set([node, other])], via, args.depth, args.limit)
  expect(answer.neighborhood.truncated).toBe(picture.truncated)
  expect(answer.neighborhood.nodes.map(({ id }) => id)).toEqual(picture.nodes.map(global))
  const inside = edges.filter(({ source, target }) => picture.nodes.includes(source) && picture.nodes.includes(target))
  expect(sorted(answer.neighborhood.edges)).toEqual(sorted(inside.map(told)))
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
