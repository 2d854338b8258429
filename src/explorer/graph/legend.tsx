/** Explains shapes, colors and lines. */

import { type Kind, KindIcon } from '../ui/kind-icon.tsx'
import type { Graph } from './model.ts'

const kinds: readonly [Kind, string][] = [
  ['User', 'User'],
  ['Group', 'Group, larger with more members'],
  ['Role', 'Role'],
  ['Alias', 'Alias'],
]

export function Legend({ graph }: { graph: Graph }) {
  const pending = graph.edges.filter((edge) => edge.pending).length
  return (
    <div className="legend" role="note" aria-label="Legend">
      {kinds.map(([kind, label]) => (
        <span key={kind}>
          <KindIcon kind={kind} /> {label}
        </span>
      ))}
      <span>
        <svg width="28" height="8" aria-hidden="true">
          <line x1="0" y1="4" x2="28" y2="4" stroke="#d55e00" strokeWidth="2" strokeDasharray="5 4" />
        </svg>
        Policy pending ({pending})
      </span>
      <span>
        {graph.nodes.length} nodes, {graph.edges.length} relationships
      </span>
    </div>
  )
}
