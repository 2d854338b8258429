import type { changeKind } from './tables.ts'

export type ChangeKind = (typeof changeKind.enumValues)[number]

/** The kinds that stand first in the set with which a subject begins. */
export const beginnings = ['USER_CREATED', 'USER_RECREATED', 'GROUP_CREATED'] as const satisfies readonly ChangeKind[]

/** Those whose object, a group or a role, has a place in `change_places`. */
export const objectKinds: ReadonlySet<ChangeKind> = new Set([
  'MEMBER_ADDED',
  'MEMBER_REMOVED',
  'ROLE_GRANTED',
  'ROLE_REVOKED',
])
