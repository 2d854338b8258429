import { addUserToGroupWith } from './add-user-to-group.ts'
import { createUserWith } from './create-user.ts'
import { deleteUserWith } from './delete-user.ts'
import type { WriteDeps } from './deps.ts'
import { cancelOperationWith } from './operations/cancel-operation.ts'
import { retryOperationWith } from './operations/retry-operation.ts'
import { startDeprovisioningWith } from './operations/start-deprovisioning.ts'
import { startEmailChangeWith } from './operations/start-email-change.ts'
import { startOnboardingWith } from './operations/start-onboarding.ts'
import { removeUserFromGroupWith } from './remove-user-from-group.ts'
import { updateUserWith } from './update-user.ts'
import type { WriteVerbs } from './verbs.ts'

export function openWrites(deps: WriteDeps): WriteVerbs {
  return {
    createUser: createUserWith(deps),
    updateUser: updateUserWith(deps),
    deleteUser: deleteUserWith(deps),
    addUserToGroup: addUserToGroupWith(deps),
    removeUserFromGroup: removeUserFromGroupWith(deps),
    startOnboarding: startOnboardingWith(deps),
    startDeprovisioning: startDeprovisioningWith(deps),
    startEmailChange: startEmailChangeWith(deps),
    cancelOperation: cancelOperationWith(deps),
    retryOperation: retryOperationWith(deps),
  }
}
