/** A model of the graph queries: it finds the results in memory with the simplest algorithms. */

import { addressKey } from '../../src/addresses/address-key.ts'
import type { Edge, EdgeKind } from '../../src/analysis/graph/edges.ts'
import type { Scene } from './world.ts'

const kinds: readonly EdgeKind[] = ['MEMBER_OF', 'HOLDS', 'OWNS', 'SAME_PERSON']

/** All edges. A SAME_PERSON edge starts at the lower id. */
export function edgesOf(scene: Scene, via: ReadonlySet<EdgeKind>): Edge[] {
  const edges: Edge[] = [
    ...scene.memberships.map(({ user, thing }) => ({ kind: 'MEMBER_OF' as const, source: user, target: thing })),
    ...scene.grants.map(({ user, thing }) => ({ kind: 'HOLDS' as const, source: user, target: thing })),
    ...scene.aliases.map(({ user, thing }) => ({ kind: 'OWNS' as const, source: user, target: thing })),
  ]
  for (const a of scene.users) {
    for (const b of scene.users) {
      if (a.id >= b.id) continue
      const sameAddress = claimsOf(scene, a.id).some((key) => claimsOf(scene, b.id).includes(key))
      if (sameAddress || (a.name !== null && a.name === b.name)) {
        edges.push({ kind: 'SAME_PERSON', source: a.id, target: b.id })
      }
    }
  }
  return edges.filter(({ kind }) => via.has(kind))
}

function claimsOf(scene: Scene, user: number): string[] {
  const own = scene.users.filter(({ id }) => id === user).map(({ key }) => key)
  return [...own, ...scene.aliases.filter((alias) => alias.user === user).map(({ address }) => addressKey(address))]
}

interface Thing {
  readonly name: string
  readonly holders: ReadonlySet<number>
}

function thingsOf(scene: Scene, via: ReadonlySet<EdgeKind>): Thing[] {
  const held = new Map<string, Set<number>>()
  const hold = (name: string, user: number) => void held.set(name, (held.get(name) ?? new Set()).add(user))
  if (via.has('MEMBER_OF')) for (const { user, thing } of scene.memberships) hold(`group ${thing}`, user)
  if (via.has('HOLDS')) {
    const common = scene.roles.find(({ name }) => name === 'USER')?.id
    for (const { user, thing } of scene.grants) if (thing !== common) hold(`role ${thing}`, user)
  }
  for (const { id, name } of scene.users) {
    if (via.has('OWNS') || via.has('SAME_PERSON')) for (const key of claimsOf(scene, id)) hold(`address ${key}`, id)
    if (via.has('SAME_PERSON') && name !== null) hold(`name ${name}`, id)
  }
  return [...held].map(([name, holders]) => ({ name, holders }))
}

export interface ModelRelated {
  readonly user: number
  readonly score: number
  readonly shared: readonly string[]
}

export function relatedTo(scene: Scene, user: number, via: ReadonlySet<EdgeKind>, first: number): ModelRelated[] {
  const things = thingsOf(scene, via).filter(({ holders }) => holders.has(user))
  return scene.users
    .filter(({ id }) => id !== user)
    .map(({ id, key }) => {
      const shared = things.filter(({ holders }) => holders.has(id))
      const billionths = shared.reduce((sum, { holders }) => sum + Math.round(1e9 / Math.log(1 + holders.size)), 0)
      return {
        user: id,
        key,
        score: billionths / 1e9,
        shared: shared
          .map(({ name }) => name)
          .filter((name) => !name.startsWith('name'))
          .sort(),
      }
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1))
    .slice(0, first)
    .map(({ user: id, score, shared }) => ({ user: id, score, shared }))
}

/** All shortest paths, each as the list of its nodes. */
export function pathsBetween(
  scene: Scene,
  from: number,
  to: number,
  via: ReadonlySet<EdgeKind>,
  maxLength: number,
): number[][] {
  const next = neighborsOf(edgesOf(scene, via))
  let chains = [[from]]
  for (let length = 0; length <= maxLength; length += 1) {
    const arrived = chains.filter((chain) => chain.at(-1) === to)
    if (arrived.length > 0) return arrived
    chains = chains.flatMap((chain) =>
      (next.get(chain.at(-1) as number) ?? []).filter(({ id }) => !chain.includes(id)).map(({ id }) => [...chain, id]),
    )
  }
  return []
}

function neighborsOf(edges: readonly Edge[]): Map<number, { id: number; kind: EdgeKind }[]> {
  const next = new Map<number, { id: number; kind: EdgeKind }[]>()
  const add = (from: number, id: number, kind: EdgeKind) =>
    void next.set(from, [...(next.get(from) ?? []), { id, kind }])
  for (const { kind, source, target } of edges) {
    add(source, target, kind)
    add(target, source, kind)
  }
  return next
}

/** The nodes in order, and whether the result is truncated. */
export function around(
  scene: Scene,
  of: readonly number[],
  via: ReadonlySet<EdgeKind>,
  depth: number,
  limit: number,
): { nodes: number[]; truncated: boolean } {
  const next = neighborsOf(edgesOf(scene, via))
  const nodes = of.slice(0, limit)
  let front = nodes.slice()
  let truncated = of.length > limit
  for (let step = 0; step < depth && !truncated; step += 1) {
    const turns = new Map<number, { id: number; turn: number; place: number }>()
    front.forEach((node, place) => {
      const neighbors = (next.get(node) ?? []).filter(({ id }) => !nodes.includes(id))
      neighbors.sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.id - b.id)
      neighbors.forEach(({ id }, turn) => {
        const known = turns.get(id)
        if (!known || turn < known.turn) turns.set(id, { id, turn, place })
      })
    })
    const found = [...turns.values()]
      .sort((a, b) => a.turn - b.turn || a.place - b.place || a.id - b.id)
      .map(({ id }) => id)
    const room = limit - nodes.length
    truncated = found.length > room
    front = found.slice(0, room)
    nodes.push(...front)
  }
  return { nodes, truncated }
}
