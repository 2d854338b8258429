/** Positions of the nodes: near their neighbors at first, then by a force-directed layout in a worker. */
import type { Graph } from './model.ts'

export type Point = readonly [x: number, y: number]

const perNode = 10

/**
 * Places the nodes of the graph, and reports every step. Nodes that were placed before start where they were. Returns a
 * function that stops the layout.
 */
export function startLayout(
  graph: Graph,
  placed: ReadonlyMap<string, Point>,
  onPositions: (positions: ReadonlyMap<string, Point>, done: boolean) => void,
): () => void {
  const { nodes, edges } = graph
  const start = startingPositions(graph, placed)
  onPositions(start, false)
  const index = new Map(nodes.map(({ id }, i) => [id, i]))
  const nodeMatrix = new Float32Array(nodes.length * perNode)
  for (const [i, { id, radius }] of nodes.entries()) {
    const [x, y] = start.get(id) ?? [0, 0]
    nodeMatrix.set([x, y, 0, 0, 0, 0, 1 + (graph.neighbors.get(id)?.length ?? 0), 1, radius, 0], i * perNode)
  }
  const known = edges.filter(({ source, target }) => index.has(source) && index.has(target))
  const edgeMatrix = new Float32Array(known.length * 3)
  for (const [i, { source, target }] of known.entries())
    edgeMatrix.set([(index.get(source) ?? 0) * perNode, (index.get(target) ?? 0) * perNode, 1], i * 3)

  const worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' })
  worker.onmessage = ({ data }: MessageEvent<{ positions: Float32Array; done: boolean }>) => {
    const next = new Map(
      nodes.map(({ id }, i) => [id, [data.positions[2 * i] ?? 0, data.positions[2 * i + 1] ?? 0] as const]),
    )
    onPositions(next, data.done)
    if (data.done) worker.terminate()
  }
  worker.postMessage({ nodes: nodeMatrix, edges: edgeMatrix, iterations: iterationsFor(nodes.length) }, [
    nodeMatrix.buffer,
    edgeMatrix.buffer,
  ])
  return () => worker.terminate()
}

function iterationsFor(order: number): number {
  if (order < 100) return 600
  return order < 600 ? 300 : 150
}

/** A new node starts beside a placed neighbor. The offsets are the same every time, so a link shows the same picture. */
function startingPositions({ nodes, neighbors }: Graph, placed: ReadonlyMap<string, Point>): Map<string, Point> {
  const positions = new Map<string, Point>()
  for (const [i, { id }] of nodes.entries()) {
    const before = placed.get(id)
    if (before) {
      positions.set(id, before)
      continue
    }
    const anchor = neighbors
      .get(id)
      ?.map(
        ({ source, target }) =>
          positions.get(source === id ? target : source) ?? placed.get(source === id ? target : source),
      )
      .find((point) => point !== undefined)
    // The golden angle spreads points evenly.
    const [angle, distance] = [i * 2.399963, anchor ? 40 + (i % 7) * 8 : 12 * Math.sqrt(i)]
    const [x, y] = anchor ?? [0, 0]
    positions.set(id, [x + distance * Math.cos(angle), y + distance * Math.sin(angle)])
  }
  return positions
}
