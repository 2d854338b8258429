/** The writes that the graph can call. */

import type { AddUserToGroup } from './commands/add-user-to-group.ts'
import type { CreateUser } from './commands/create-user.ts'
import type { DeleteUser } from './commands/delete-user.ts'
import type { CancelOperation } from '../operations/cancel-operation.ts'
import type { RetryOperation } from '../operations/retry-operation.ts'
import type { StartDeprovisioning } from '../operations/start/start-deprovisioning.ts'
import type { StartEmailChange } from '../operations/start/start-email-change.ts'
import type { StartOnboarding } from '../operations/start/start-onboarding.ts'
import type { RemoveUserFromGroup } from './commands/remove-user-from-group.ts'
import type { UpdateUser } from './commands/update-user.ts'

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
