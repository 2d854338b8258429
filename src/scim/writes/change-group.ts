/** POST, PUT, PATCH and DELETE of a group. Groups themselves are never created, renamed or deleted at the vendor. */
import { recordActivity, type ScimAction } from '../activity.ts'
import { isUuid, shown } from '../protocol/attributes.ts'
import type { GroupState } from '../protocol/group-state.ts'
import { badValue, notFound, ScimError } from '../protocol/scim-error.ts'
import { groupsNamed, resourceOfExternalId } from '../resources/find-resources.ts'
import { type GroupRow, readGroups, readMembers, readUnsettledMembers } from '../resources/resource-rows.ts'
import { hideResource, setExternalId, storeGroup } from '../resources/store-resource.ts'
import type { ScimCall } from '../scim-call.ts'
import { externalIdTaken } from './change-user.ts'
import { checkEmptying } from './removal-guard.ts'
import { type Patience, requestOf, runScimWrite, succeeded } from './run-scim-write.ts'

/** Members of a group that are compared with what a client asks for. */
const mostMembers = 100_000
/** Changes of members within one request. */
const mostChanges = 10_000
/** Members that are changed at the same time. Each is a user of its own, so they need no common lock. */
const lanes = 4

export async function readGroupState({ sql, organizationId }: ScimCall, group: GroupRow): Promise<GroupState> {
  const members = new Set((await readMembers(sql, organizationId, [group.id], mostMembers)).map(({ id }) => id))
  for (const { id, isMember } of await readUnsettledMembers(sql, organizationId, group.groupId)) {
    if (isMember) members.add(id)
    else members.delete(id)
  }
  return { displayName: group.name, externalId: group.externalId, members }
}

/** Changes the group to what the client asks for. */
export async function changeGroup(
  call: ScimCall,
  group: GroupRow,
  before: GroupState,
  after: GroupState,
): Promise<void> {
  if (after.displayName.toLowerCase() !== group.name.toLowerCase())
    throw new ScimError(400, 'The name of a group cannot be changed here', { type: 'mutability' })
  const added = [...after.members].filter((id) => !before.members.has(id))
  const removed = [...before.members].filter((id) => !after.members.has(id))
  if (added.length + removed.length > mostChanges)
    throw badValue(`The request changes more than ${mostChanges} members; send fewer at once`)
  const addresses = await addressesOf(call, [...added, ...removed])
  const stranger = added.find((id) => !addresses.has(id))
  if (stranger !== undefined) throw badValue(`The member ${shown(stranger)} is not the id of a user`)
  if (after.externalId !== group.externalId) await putExternalId(call, group, after.externalId)
  if (added.length + removed.length === 0) return
  await recorded(call, group, 'MEMBERS_CHANGED', async () => {
    await checkEmptying(call, removed.length, before.members.size)
    await runScimWrite(call, 'Group.members', (patience) =>
      changeMembers(
        call,
        group,
        [...added.map((id) => ({ id, into: true })), ...removed.map((id) => ({ id, into: false }))],
        addresses,
        patience,
      ),
    )
  })
}

async function changeMembers(
  call: ScimCall,
  group: GroupRow,
  changes: readonly { readonly id: string; readonly into: boolean }[],
  addresses: ReadonlyMap<string, string>,
  patience: Patience,
): Promise<void> {
  const left = changes.values()
  const { writes } = call.deps
  // After a failure, the other lanes end with what they have begun.
  let hasFailed = false
  const work = async () => {
    for (const { id, into } of left) {
      const primaryEmail = addresses.get(id)
      if (primaryEmail === undefined) continue
      patience.signal.throwIfAborted()
      const request = { ...requestOf(call, patience), input: { primaryEmail, groupId: group.groupId } }
      const answer = await (into ? writes.addUserToGroup(request) : writes.removeUserFromGroup(request))
      // An account that is gone is in no group.
      if ('failure' in answer && answer.failure === 'NotFound' && !into) continue
      succeeded(answer)
      if (hasFailed) return
    }
  }
  const outcomes = await Promise.allSettled(
    Array.from({ length: lanes }, () =>
      work().catch((error: unknown) => {
        hasFailed = true
        throw error
      }),
    ),
  )
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed) throw failed.reason
}

async function addressesOf({ sql, organizationId }: ScimCall, ids: readonly string[]): Promise<Map<string, string>> {
  const valid = ids.filter(isUuid)
  if (valid.length === 0) return new Map()
  const rows = await sql<{ id: string; primaryEmail: string }[]>`
    select r.id, coalesce(u.primary_email, r.pending->>'userName') as "primaryEmail"
    from scim_resources r left join users u on u.id = r.node_id
    where r.organization_id = ${organizationId} and r.kind = 'User' and r.hidden_at is null and r.ended_at is null
      and (u.id is null or u.deleted_at is null) and r.id = any(${`{${valid.join(',')}}`}::text::uuid[])`
  return new Map(rows.map(({ id, primaryEmail }) => [id, primaryEmail]))
}

/** Links a client to an existing group whose resource a client has deleted. Other groups exist already, or cannot be made. */
export async function createGroup(call: ScimCall, wanted: GroupState): Promise<GroupRow> {
  const { sql, organizationId } = call
  const named = await groupsNamed(sql, organizationId, wanted.displayName)
  if (named.length === 0)
    throw new ScimError(501, 'Groups are made in the Essentials console; make the group there, then push it again')
  const [linked] = named.flatMap(({ id }) => id ?? [])
  if (linked !== undefined)
    throw new ScimError(409, `The group ${shown(wanted.displayName)} exists with the id ${linked}`, {
      type: 'uniqueness',
    })
  await checkExternalId(call, wanted.externalId, null)
  const nodeId = named[0]?.nodeId ?? 0
  const id = await storeGroup(sql, { organizationId, nodeId, externalId: wanted.externalId })
  const [group] = id === undefined ? [] : await readGroups(sql, organizationId, [id])
  if (!group) throw new ScimError(409, 'Another request has linked the group', { type: 'uniqueness' })
  const before = await readGroupState(call, group)
  // A POST adds its members. It does not remove those that the group has.
  await changeGroup(call, group, before, { ...wanted, members: new Set([...before.members, ...wanted.members]) })
  await recordActivity(call, { action: 'CREATED', kind: 'Group', resourceId: group.id, name: group.name, status: 201 })
  return group
}

/** Hides the resource. The vendor's group and its members stay. */
export async function deleteGroup(call: ScimCall, group: GroupRow): Promise<void> {
  await hideResource(call.sql, group.id)
  await recordActivity(call, { action: 'DELETED', kind: 'Group', resourceId: group.id, name: group.name, status: 204 })
}

async function putExternalId(call: ScimCall, group: GroupRow, externalId: string | null): Promise<void> {
  await checkExternalId(call, externalId, group.id)
  if (!(await setExternalId(call.sql, group.id, externalId))) throw notFound('group')
}

async function checkExternalId(
  { sql, organizationId }: ScimCall,
  externalId: string | null,
  own: string | null,
): Promise<void> {
  if (externalId === null) return
  const other = await resourceOfExternalId(sql, organizationId, 'Group', externalId, own)
  if (other !== undefined) throw externalIdTaken(other)
}

async function recorded(call: ScimCall, group: GroupRow, action: ScimAction, work: () => Promise<void>): Promise<void> {
  const about = { kind: 'Group', resourceId: group.id, name: group.name } as const
  try {
    await work()
    await recordActivity(call, { ...about, action, status: 204 })
  } catch (error) {
    if (error instanceof ScimError)
      await recordActivity(call, { ...about, action: 'REFUSED', status: error.status, detail: error.message })
    throw error
  }
}
