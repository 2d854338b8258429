import type { EdgeKind as Kind } from '../../analysis/graph/edges.ts'
import { builder } from '../builder.ts'

export const EdgeKind = builder.enumType('EdgeKind', {
  description: 'The kind of a relationship.',
  values: {
    MEMBER_OF: { description: 'A user is a member of a group.' },
    HOLDS: { description: 'A user holds a role.' },
    OWNS: { description: 'A user owns an alias.' },
    SAME_PERSON: {
      description:
        'Two users of an organization claim the same address, or have the same first and last name, ignoring ' +
        'case.',
    },
  },
})

/** Returns the kinds in `via`, or the default kinds if it is null. */
export function edgeKinds(via: readonly Kind[] | null | undefined, usual: readonly Kind[]): ReadonlySet<Kind> {
  return new Set(via ?? usual)
}
