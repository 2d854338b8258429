import type { EdgeKind as Kind } from '../analysis/edges.ts'
import { builder } from './builder.ts'

export const EdgeKind = builder.enumType('EdgeKind', {
  description: 'A kind of relationship.',
  values: {
    MEMBER_OF: { description: 'Of a user with a group.' },
    HOLDS: { description: 'Of a user with a role.' },
    OWNS: { description: 'Of a user with an alias.' },
    SAME_PERSON: {
      description:
        'Of two users of an organization that claim one address, or bear one first and last name without regard to case.',
    },
  },
})

/** What a `via` asks for; the usual where it is null. */
export function edgeKinds(via: readonly Kind[] | null | undefined, usual: readonly Kind[]): ReadonlySet<Kind> {
  return new Set(via ?? usual)
}
