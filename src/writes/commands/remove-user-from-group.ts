import { removeGroupMember } from '../../vendor/endpoints.ts'
import { type ChangeMembership, changeMembershipWith } from './change-membership.ts'
import type { WriteDeps } from '../deps.ts'
import { leaveGroup, leaveStep } from '../vendor/memberships.ts'
import { planOf } from '../session/plan.ts'

/** Removes a user from a group. The account remains, even without any group. */
export type RemoveUserFromGroup = ChangeMembership

export function removeUserFromGroupWith(deps: WriteDeps): RemoveUserFromGroup {
  return changeMembershipWith(deps, {
    verb: 'removeUserFromGroup',
    into: false,
    step: leaveStep,
    plan: ({ groupId }, primaryEmail) => planOf(removeGroupMember(groupId, primaryEmail)),
    take: leaveGroup,
  })
}
