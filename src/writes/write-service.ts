import { addUserToGroupWith } from './commands/add-user-to-group.ts'
import { createUserWith } from './commands/create-user.ts'
import { deleteUserWith } from './commands/delete-user.ts'
import { depsAsCaller, type WriteDeps } from './deps.ts'
import { cancelOperationWith } from '../operations/cancel-operation.ts'
import { retryOperationWith } from '../operations/retry-operation.ts'
import { startDeprovisioningWith } from '../operations/start/start-deprovisioning.ts'
import { startEmailChangeWith } from '../operations/start/start-email-change.ts'
import { startOnboardingWith } from '../operations/start/start-onboarding.ts'
import { removeUserFromGroupWith } from './commands/remove-user-from-group.ts'
import { updateUserWith } from './commands/update-user.ts'
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
