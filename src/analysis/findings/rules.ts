import { aliasCollision } from './alias-collision.ts'
import { aliasShadowsUser } from './alias-shadows-user.ts'
import { emptyGroup } from './empty-group.ts'
import { memberCountDrift } from './member-count-drift.ts'
import { privilegedInactive } from './privileged-inactive.ts'
import { privilegedOutsideGroups } from './privileged-outside-groups.ts'
import { recreatedAfterDelete } from './recreated-after-delete.ts'
import type { Rule } from './rule.ts'
import { samePersonTwice } from './same-person-twice.ts'
import { staleRelations } from './stale-relations.ts'
import { userWithoutGroups } from './user-without-groups.ts'

/** All rules. */
export const rules: readonly Rule[] = [
  privilegedInactive,
  aliasCollision,
  aliasShadowsUser,
  recreatedAfterDelete,
  privilegedOutsideGroups,
  userWithoutGroups,
  emptyGroup,
  memberCountDrift,
  samePersonTwice,
  staleRelations,
]
