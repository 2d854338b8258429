import { addGroupMember } from '../../vendor/endpoints.ts'
import { type ChangeMembership, changeMembershipWith } from './change-membership.ts'
import type { WriteDeps } from '../deps.ts'
import { joinGroup, joinStep } from '../vendor/memberships.ts'
import { planOf } from '../session/plan.ts'

/** Adds a user to a group. The group's policies take effect after up to 15 minutes. */
export type AddUserToGroup = ChangeMembership

export function addUserToGroupWith(deps: WriteDeps): AddUserToGroup {
  return changeMembershipWith(deps, {
    verb: 'addUserToGroup',
    into: true,
    step: joinStep,
    plan: ({ groupId }, primaryEmail) => planOf(addGroupMember(groupId, primaryEmail)),
    take: joinGroup,
  })
}
