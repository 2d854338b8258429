import type { Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { earlierOf } from '../../db/timestamps.ts'
import { dropDoubts } from '../accounts/user-doubts.ts'
import type { Change, ChangeWriter } from '../feed/change-writer.ts'
import { fieldObservedAt, type StoredUser } from './load-stored-users.ts'
import { membershipsKnownAt } from './record-difference.ts'

/**
 * Ends accounts and all their relationships, and records the changes. `goneAt` is when the request that proved it was
 * sent. The caller must hold the organization's lock, and must write the change writer.
 */
export async function closeUsers(
  tx: Transaction,
  writer: ChangeWriter,
  users: readonly StoredUser[],
  goneAt: string,
  how: 'GONE' | 'RECREATED' = 'GONE',
): Promise<void> {
  if (users.length === 0) return
  for (const user of users) writer.record(user.id, changesOfEnd(user, how))
  const ids = users.map((user) => user.id)
  await Promise.all([
    tx`update users set deleted_at = ${writer.now}, gone_at = ${goneAt}, relations_wanted_at = null where id = any(${array(ids)}::bigint[])`,
    tx`update aliases set valid_to = ${writer.now} where user_id = any(${array(ids)}::bigint[]) and valid_to is null`,
    tx`update memberships set valid_to = ${writer.now} where user_id = any(${array(ids)}::bigint[]) and valid_to is null`,
    dropDoubts(tx, ids),
    tx`update role_grants set valid_to = ${writer.now} where user_id = any(${array(ids)}::bigint[]) and valid_to is null`,
  ])
}

/**
 * If another account replaced this one, everything observed since the creation time was last read may belong to the new
 * account.
 */
function changesOfEnd(user: StoredUser, how: 'GONE' | 'RECREATED'): Change[] {
  const bound = how === 'GONE' ? user.observedAt.profile : fieldObservedAt(user, 'createdAt')
  const roles = earlierOf(user.observedAt.roles, bound)
  const aliases = earlierOf(user.observedAt.aliases, bound)
  const groups = earlierOf(membershipsKnownAt(user), bound)
  return [
    ...user.roles.map((object): Change => ({ kind: 'ROLE_REVOKED', object, notBefore: roles })),
    ...user.aliases.map(
      ({ id, address }): Change => ({ kind: 'ALIAS_REMOVED', object: id, before: address, notBefore: aliases }),
    ),
    ...user.groups.map((object): Change => ({ kind: 'MEMBER_REMOVED', object, notBefore: groups })),
    { kind: 'USER_DELETED', before: user.profile, notBefore: bound },
  ]
}
