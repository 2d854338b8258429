import type { Rule } from './rule.ts'
import { aliasCollision } from './rules/alias-collision.ts'
import { aliasShadowsUser } from './rules/alias-shadows-user.ts'
import { emptyGroup } from './rules/empty-group.ts'
import { memberCountDrift } from './rules/member-count-drift.ts'
import { privilegedInactive } from './rules/privileged-inactive.ts'
import { privilegedOutsideGroups } from './rules/privileged-outside-groups.ts'
import { recreatedAfterDelete } from './rules/recreated-after-delete.ts'
import { samePersonTwice } from './rules/same-person-twice.ts'
import { staleRelations } from './rules/stale-relations.ts'
import { userWithoutGroups } from './rules/user-without-groups.ts'
import { webhookDisabled } from './rules/webhook-disabled.ts'

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
  webhookDisabled,
]
