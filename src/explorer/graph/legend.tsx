/** Explains shapes, colors and lines. */

import { type Kind, KindIcon } from '../ui/kind-icon.tsx'
import type { Graph } from './model.ts'

const kinds: readonly [Kind, string][] = [
  ['User', 'User'],
  ['Group', 'Group, larger with more members'],
  ['Role', 'Role'],
  ['Alias', 'Alias'],
]

/** `all`: as after the first pull, which cannot tell when the memberships began. */
function pendingNote(all: boolean): string {
  const rule = 'Dashed: the vendor may not enforce the group’s policy for this member yet. It takes up to 15 minutes.'
  const reason =
    'The mirror first saw all of these memberships in the last 15 minutes, and cannot tell since when they exist.'
  return all ? `${rule} ${reason}` : rule
}

export function Legend({ graph }: { graph: Graph }) {
  const memberships = graph.edges.filter(({ kind }) => kind === 'MEMBER_OF').length
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
      {pending > 0 && <span className="legend-note">{pendingNote(pending === memberships)}</span>}
    </div>
  )
}
