/** Runs the layout beside the page, and posts the positions every few iterations. */
// @ts-expect-error The package declares no types for the single iteration.
import untyped from 'graphology-layout-forceatlas2/iterate.js'

const iterate: (settings: object, nodes: Float32Array, edges: Float32Array) => void = untyped

export interface LayoutTask {
  readonly nodes: Float32Array
  readonly edges: Float32Array
  readonly iterations: number
}

/** Numbers per node in the matrix of the layout. */
const perNode = 10
const postEveryMs = 80

// The types of the page apply here, too; the scope of a worker has this subset of them.
const scope = self as unknown as {
  onmessage: ((event: MessageEvent<LayoutTask>) => void) | null
  postMessage: (message: { positions: Float32Array; done: boolean }) => void
}

scope.onmessage = ({ data: { nodes, edges, iterations } }) => {
  const order = nodes.length / perNode
  const settings = {
    linLogMode: false,
    outboundAttractionDistribution: false,
    adjustSizes: order < 300,
    edgeWeightInfluence: 1,
    scalingRatio: order < 100 ? 40 : 12,
    strongGravityMode: false,
    gravity: order < 100 ? 1.5 : 1,
    slowDown: 1 + Math.log(order + 1),
    barnesHutOptimize: order > 400,
    barnesHutTheta: 0.7,
  }
  let posted = performance.now()
  for (let i = 0; i < iterations; i += 1) {
    iterate(settings, nodes, edges)
    if (performance.now() - posted < postEveryMs) continue
    posted = performance.now()
    scope.postMessage({ positions: positionsOf(nodes), done: false })
  }
  scope.postMessage({ positions: positionsOf(nodes), done: true })
}

function positionsOf(nodes: Float32Array): Float32Array {
  const positions = new Float32Array((nodes.length / perNode) * 2)
  for (let i = 0; i < positions.length / 2; i += 1) {
    positions[2 * i] = nodes[i * perNode] ?? 0
    positions[2 * i + 1] = nodes[i * perNode + 1] ?? 0
  }
  return positions
}
