import type { changeKind } from '../../db/schema/tables.ts'

export type ChangeKind = (typeof changeKind.enumValues)[number]

/** The first kind in the change set with which a subject begins. */
export const beginnings = ['USER_CREATED', 'USER_RECREATED', 'GROUP_CREATED'] as const satisfies readonly ChangeKind[]

/** The kinds that the baseline has (baseline.ts). */
export const kindsOfBaseline = [
  'USER_CREATED',
  'FIELD_CHANGED',
  'MEMBER_ADDED',
  'ROLE_GRANTED',
  'ALIAS_ADDED',
  'GROUP_CREATED',
] as const satisfies readonly ChangeKind[]

/** The kinds whose object (a group or a role) is indexed in `change_places`. */
export const objectKinds: ReadonlySet<ChangeKind> = new Set([
  'MEMBER_ADDED',
  'MEMBER_REMOVED',
  'ROLE_GRANTED',
  'ROLE_REVOKED',
])
