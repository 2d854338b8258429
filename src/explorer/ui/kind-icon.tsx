/** The shapes and colors of the kinds of nodes, the same in lists and in the picture. */
import type { NodeSummaryFragment } from '../data/generated/graphql.ts'

export type Kind = NodeSummaryFragment['__typename']

/** The palette of Okabe and Ito, which people with color blindness can tell apart. Shapes differ, too. */
export const kindColors: Record<Kind, string> = {
  User: '#0072B2',
  Group: '#E69F00',
  Role: '#CC79A7',
  Alias: '#009E73',
  Organization: '#6b7280',
}

const shapes: Record<Kind, string> = {
  User: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z',
  Group: 'M2.5 2.5h11v11h-11z',
  Role: 'M8 1l7 7-7 7-7-7z',
  Alias: 'M8 2l7 12H1z',
  Organization: 'M4.5 1.5h7L15 8l-3.500 6.500h-7L1 8z',
}

export function KindIcon({ kind, size = 14 }: { kind: Kind; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" role="img" aria-label={kind} className="kind-icon">
      <path d={shapes[kind]} fill={kindColors[kind]} />
    </svg>
  )
}
