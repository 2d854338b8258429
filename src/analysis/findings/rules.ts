import type { Rule } from './rule.ts'
import { aliasCollision, aliasShadowsUser } from './rules/aliases.ts'
import { emptyGroup } from './rules/empty-group.ts'
import { billedFunctional, broadAllowList, conversionUndone, inactiveLosesMail } from './rules/interface-accounts.ts'
import { memberCountDrift } from './rules/member-count-drift.ts'
import { newRole } from './rules/new-role.ts'
import { privilegedInactive, privilegedOutsideGroups } from './rules/privileged-accounts.ts'
import { recreatedAfterDelete } from './rules/recreated-after-delete.ts'
import { samePersonTwice } from './rules/same-person-twice.ts'
import { scimLeaver, scimMassRemoval } from './rules/scim-refusals.ts'
import { staleRelations } from './rules/stale-relations.ts'
import { userWithoutGroups } from './rules/user-without-groups.ts'
import { webhookDisabled } from './rules/webhook-disabled.ts'

/** All rules. */
export const rules: readonly Rule[] = [
  privilegedInactive,
  aliasCollision,
  aliasShadowsUser,
  recreatedAfterDelete,
  newRole,
  privilegedOutsideGroups,
  userWithoutGroups,
  emptyGroup,
  memberCountDrift,
  samePersonTwice,
  staleRelations,
  webhookDisabled,
  scimLeaver,
  scimMassRemoval,
  inactiveLosesMail,
  conversionUndone,
  broadAllowList,
  billedFunctional,
]
