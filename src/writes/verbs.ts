/** The writes that the graph can call. */

import type { AddUserToGroup } from './add-user-to-group.ts'
import type { CreateUser } from './create-user.ts'
import type { DeleteUser } from './delete-user.ts'
import type { CancelOperation } from './operations/cancel-operation.ts'
import type { RetryOperation } from './operations/retry-operation.ts'
import type { StartDeprovisioning } from './operations/start-deprovisioning.ts'
import type { StartEmailChange } from './operations/start-email-change.ts'
import type { StartOnboarding } from './operations/start-onboarding.ts'
import type { RemoveUserFromGroup } from './remove-user-from-group.ts'
import type { UpdateUser } from './update-user.ts'

export interface WriteVerbs {
  readonly createUser: CreateUser
  readonly updateUser: UpdateUser
  readonly deleteUser: DeleteUser
  readonly addUserToGroup: AddUserToGroup
  readonly removeUserFromGroup: RemoveUserFromGroup
  readonly startOnboarding: StartOnboarding
  readonly startDeprovisioning: StartDeprovisioning
  readonly startEmailChange: StartEmailChange
  readonly cancelOperation: CancelOperation
  readonly retryOperation: RetryOperation
}
