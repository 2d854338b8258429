/** What the graph may ask of the writes. */

import type { AddUserToGroup } from './add-user-to-group.ts'
import type { CreateUser } from './create-user.ts'
import type { DeleteUser } from './delete-user.ts'
import type { RemoveUserFromGroup } from './remove-user-from-group.ts'
import type { UpdateUser } from './update-user.ts'

export interface WriteVerbs {
  readonly createUser: CreateUser
  readonly updateUser: UpdateUser
  readonly deleteUser: DeleteUser
  readonly addUserToGroup: AddUserToGroup
  readonly removeUserFromGroup: RemoveUserFromGroup
}
