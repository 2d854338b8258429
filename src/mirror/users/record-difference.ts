import { addressKey } from '../../addresses/address-key.ts'
import { domainOf } from '../../addresses/spellings.ts'
import type { Change, ChangeWriter } from '../feed/change-writer.ts'
import type { FieldGroup, Observation } from '../observation.ts'
import type { UserDifference } from './diff-user.ts'
import { fieldObservedAt, type StoredUser } from './load-stored-users.ts'

/** Records a known user's new relationships, and all differences in the feed. Returns whether there are any. */
export function recordDifference(
  writer: ChangeWriter,
  nextId: () => number,
  before: StoredUser,
  difference: UserDifference,
  { arrivedAt }: Observation,
): boolean {
  const organization_id = writer.organizationId
  const valid_from = writer.now
  const user_id = before.id
  const { roles, aliases } = before.observedAt
  const groups = membershipsKnownAt(before)
  const changes: Change[] = []
  const baselineOf = (list: FieldGroup) => before.isOfBaseline && before.observedAt[list] === null
  // Before the first pull, the groups that a point read names may not be known yet.
  const isFirstOfGroups = baselineOf('groups') || (before.isOfBaseline && writer.isFirstPull && groups === null)
  for (const { field, before: was, after, firstRead } of difference.fields) {
    // `updatedAt` marks a change but is not one. A reader of the feed sees null for both unknown and empty, so null to
    // null is no change.
    if (field === 'updatedAt' || (was ?? null) === (after ?? null)) continue
    changes.push({
      kind: 'FIELD_CHANGED',
      field,
      before: was,
      after,
      notBefore: firstRead ? null : fieldObservedAt(before, field),
      baseline: firstRead && before.isOfBaseline,
    })
  }
  for (const object of difference.rolesRevoked) changes.push({ kind: 'ROLE_REVOKED', object, notBefore: roles })
  for (const role_id of difference.rolesGranted) {
    writer.add('grants', { user_id, role_id, organization_id, valid_from })
    changes.push({ kind: 'ROLE_GRANTED', object: role_id, notBefore: roles, baseline: baselineOf('roles') })
  }
  const addressOf = new Map(before.aliases.map((alias) => [alias.id, alias.address]))
  for (const object of difference.aliasesRemoved) {
    changes.push({ kind: 'ALIAS_REMOVED', object, before: addressOf.get(object), notBefore: aliases })
  }
  for (const alias of difference.aliasesRespelled) {
    changes.push({
      kind: 'FIELD_CHANGED',
      field: 'aliases',
      object: alias.id,
      before: alias.before,
      after: alias.after,
      notBefore: aliases,
    })
  }
  for (const address of difference.aliasesAdded) {
    changes.push({
      kind: 'ALIAS_ADDED',
      object: addAlias(writer, nextId, user_id, address),
      after: address,
      notBefore: aliases,
      baseline: baselineOf('aliases'),
    })
  }
  for (const object of difference.groupsLeft) changes.push({ kind: 'MEMBER_REMOVED', object, notBefore: groups })
  for (const group_id of difference.groupsJoined) {
    writer.add('memberships', { user_id, group_id, organization_id, happened_by: arrivedAt, valid_from })
    changes.push({ kind: 'MEMBER_ADDED', object: group_id, notBefore: groups, baseline: isFirstOfGroups })
  }
  writer.record(user_id, changes)
  return changes.length > 0
}

/**
 * When the user's memberships were last fully known. Null while one of the user's group names is unresolved, because it
 * may refer to any group.
 */
export function membershipsKnownAt(user: StoredUser): string | null {
  return user.unresolvedGroups.length > 0 ? null : user.observedAt.groups
}

/** The names of the GraphQL fields of User that changed. */
export function changedFields(difference: UserDifference): string[] {
  return [
    ...difference.fields.filter(({ before, after }) => (before ?? null) !== (after ?? null)).map(({ field }) => field),
    ...(difference.rolesGranted.length + difference.rolesRevoked.length > 0 ? ['roles'] : []),
    ...(difference.aliasesAdded.length + difference.aliasesRemoved.length + difference.aliasesRespelled.length > 0
      ? ['aliases']
      : []),
    ...(difference.groupsJoined.length + difference.groupsLeft.length > 0 ? ['groups'] : []),
  ]
}

/** Adds an alias of the user to the change writer. Returns the alias's id. */
export function addAlias(writer: ChangeWriter, nextId: () => number, user_id: number, address: string): number {
  const id = nextId()
  writer.add('aliases', {
    id,
    user_id,
    address,
    organization_id: writer.organizationId,
    address_key: addressKey(address),
    domain: domainOf(address),
    valid_from: writer.now,
  })
  return id
}
