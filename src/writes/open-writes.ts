import { addUserToGroupWith } from './add-user-to-group.ts'
import { createUserWith } from './create-user.ts'
import { deleteUserWith } from './delete-user.ts'
import { depsAsCaller, type WriteDeps } from './deps.ts'
import { cancelOperationWith } from './operations/cancel-operation.ts'
import { retryOperationWith } from './operations/retry-operation.ts'
import { startDeprovisioningWith } from './operations/start-deprovisioning.ts'
import { startEmailChangeWith } from './operations/start-email-change.ts'
import { startOnboardingWith } from './operations/start-onboarding.ts'
import { removeUserFromGroupWith } from './remove-user-from-group.ts'
import { updateUserWith } from './update-user.ts'
import type { WriteVerbs } from './verbs.ts'

export function openWrites(deps: WriteDeps): WriteVerbs {
  /** Wraps a verb so that its statements queue as those of the request's actor. */
  const forActor =
    <Request extends { readonly actor: string }, Answer>(verbWith: (deps: WriteDeps) => (request: Request) => Answer) =>
    (request: Request) =>
      verbWith(depsAsCaller(deps, request.actor))(request)
  const ofOperations = { ...deps, sql: deps.sql.as('requests about operations') }
  return {
    createUser: forActor(createUserWith),
    updateUser: forActor(updateUserWith),
    deleteUser: forActor(deleteUserWith),
    addUserToGroup: forActor(addUserToGroupWith),
    removeUserFromGroup: forActor(removeUserFromGroupWith),
    startOnboarding: forActor(startOnboardingWith),
    startDeprovisioning: forActor(startDeprovisioningWith),
    startEmailChange: forActor(startEmailChangeWith),
    cancelOperation: cancelOperationWith(ofOperations),
    retryOperation: retryOperationWith(ofOperations),
  }
}
