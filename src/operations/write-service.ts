import type { Capabilities } from '../vendor/adapter.ts'
import { addUserToGroupWith, removeUserFromGroupWith } from '../writes/commands/change-membership.ts'
import { createUserWith } from '../writes/commands/create-user.ts'
import { deleteUserWith } from '../writes/commands/delete-user.ts'
import { reinstateUserWith } from '../writes/commands/reinstate-user.ts'
import { updateSenderListsWith } from '../writes/commands/update-sender-lists.ts'
import { updateUserWith } from '../writes/commands/update-user.ts'
import { depsAsCaller, type WriteDeps } from '../writes/deps.ts'
import { invalidInput, type WriteFailure } from '../writes/failure.ts'
import { notOffered } from '../writes/not-offered.ts'
import { cancelOperationWith, retryOperationWith } from './control.ts'
import { startDeprovisioningWith } from './start/start-deprovisioning.ts'
import { startEmailChangeWith } from './start/start-email-change.ts'
import { startOnboardingWith } from './start/start-onboarding.ts'

/** The writes and operations that the graph can call. */
export type WriteService = ReturnType<typeof openWrites>

export function openWrites(deps: WriteDeps) {
  /** Wraps a verb so that its statements queue as those of the request's actor. Refuses what the connection lacks. */
  const forActor =
    <Request extends { readonly actor: string; readonly organizationId: number }, Done>(
      verbWith: (deps: WriteDeps) => (request: Request) => Promise<Done | WriteFailure>,
      needed?: keyof Capabilities,
    ) =>
    async (request: Request): Promise<Done | WriteFailure> => {
      const offered = deps.clientOf(request.organizationId)?.capabilities
      if (needed !== undefined && offered && !offered[needed]) {
        return invalidInput({ path: [], message: `This mutation is ${notOffered}` })
      }
      return await verbWith(depsAsCaller(deps, request.actor))(request)
    }
  const ofOperations = { ...deps, sql: deps.sql.as('requests about operations') }
  return {
    createUser: forActor(createUserWith),
    updateUser: forActor(updateUserWith),
    deleteUser: forActor(deleteUserWith),
    reinstateUser: forActor(reinstateUserWith, 'accountKinds'),
    updateSenderLists: forActor(updateSenderListsWith, 'accountKinds'),
    addUserToGroup: forActor(addUserToGroupWith, 'groups'),
    removeUserFromGroup: forActor(removeUserFromGroupWith, 'groups'),
    startOnboarding: forActor(startOnboardingWith),
    startDeprovisioning: forActor(startDeprovisioningWith),
    startEmailChange: forActor(startEmailChangeWith),
    cancelOperation: cancelOperationWith(ofOperations),
    retryOperation: retryOperationWith(ofOperations),
  }
}
