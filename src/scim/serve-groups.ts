/** The requests about groups. */
import { isUuid, parseBody } from './protocol/attributes.ts'
import { parseFilter } from './protocol/filter-parser.ts'
import { groupOfBody, patchedGroup } from './protocol/group-state.ts'
import { listOf } from './protocol/list-response.ts'
import { parsePatch } from './protocol/patch.ts'
import { notFound, ScimError } from './protocol/scim-error.ts'
import { isSelected, selected, selectionOf } from './protocol/selection.ts'
import { keepDirectory } from './resources/keep-directory.ts'
import { listResources } from './resources/list-resources.ts'
import { type GroupRow, readGroups, readMembers } from './resources/resource-rows.ts'
import { serveGroup } from './resources/serve-resource.ts'
import type { ScimAnswer, ScimCall } from './scim-call.ts'
import { answerOf, checkVersion, type ListQuery } from './serve-users.ts'
import { changeGroup, createGroup, deleteGroup, readGroupState } from './writes/change-group.ts'

/** The most members in one answer. */
const mostMembers = 50_000

export async function listGroups(call: ScimCall, query: ListQuery): Promise<ScimAnswer> {
  const { organizationId, read, base, capabilities } = call
  if (!capabilities.hasGroups) return { status: 200, body: listOf([], 0, query.page.startIndex) }
  const filter = query.filter === undefined ? undefined : parseFilter(query.filter)
  const found = await listResources(read, organizationId, 'Group', filter, query.page)
  const rows = await readGroups(read, organizationId, found.ids)
  const members = isSelected(query.selection, 'members') ? await membersOf(call, rows) : undefined
  const groups = rows.map((row) =>
    selected(serveGroup(row, base, members && (members.get(row.id) ?? [])).resource, query.selection),
  )
  return { status: 200, body: listOf(groups, found.total, query.page.startIndex) }
}

export async function getGroup(call: ScimCall, id: string): Promise<ScimAnswer> {
  return await groupAnswer(call, await groupOf(call, id, call.read), 200)
}

export async function postGroup(call: ScimCall, body: string): Promise<ScimAnswer> {
  requireGroups(call)
  return await groupAnswer(call, await createGroup(call, groupOfBody(parseBody(body))), 201)
}

export async function putGroup(call: ScimCall, id: string, body: string): Promise<ScimAnswer> {
  requireGroups(call)
  const attributes = parseBody(body)
  const group = await groupToChange(call, id)
  const before = await readGroupState(call, group)
  await changeGroup(call, group, before, groupOfBody(attributes, before))
  await keepDirectory(call.sql, call.organizationId)
  return await groupAnswer(call, await groupOf(call, id, call.sql), 200)
}

export async function patchGroup(call: ScimCall, id: string, body: string): Promise<ScimAnswer> {
  requireGroups(call)
  const operations = parsePatch(parseBody(body))
  const group = await groupToChange(call, id)
  const before = await readGroupState(call, group)
  await changeGroup(call, group, before, patchedGroup(before, operations))
  return { status: 204 }
}

export async function removeGroup(call: ScimCall, id: string): Promise<ScimAnswer> {
  requireGroups(call)
  await deleteGroup(call, await groupToChange(call, id))
  return { status: 204 }
}

function requireGroups({ capabilities }: ScimCall): void {
  if (capabilities.hasGroups) return
  throw new ScimError(
    501,
    "This organization's interface has no groups: turn group push (Okta) or the group mapping (Entra ID) off",
  )
}

async function groupOf(
  { organizationId, capabilities }: ScimCall,
  id: string,
  sql: ScimCall['read'],
): Promise<GroupRow> {
  const [group] = capabilities.hasGroups && isUuid(id) ? await readGroups(sql, organizationId, [id]) : []
  if (!group) throw notFound('group')
  return group
}

async function groupToChange(call: ScimCall, id: string): Promise<GroupRow> {
  const group = await groupOf(call, id, call.sql)
  if (call.request.ifMatch !== undefined) {
    const members = await membersOf(call, [group])
    checkVersion(call, serveGroup(group, call.base, members.get(group.id) ?? []).version)
  }
  return group
}

/** The version counts the members, so they are read unless the client leaves them out. */
async function groupAnswer(call: ScimCall, group: GroupRow, status: number): Promise<ScimAnswer> {
  const { query } = call.request
  const isWithMembers = isSelected(selectionOf(query.get('attributes'), query.get('excludedAttributes')), 'members')
  const members = isWithMembers ? await membersOf(call, [group]) : undefined
  return answerOf(call, serveGroup(group, call.base, members && (members.get(group.id) ?? [])), status)
}

async function membersOf({ organizationId, sql, read, request }: ScimCall, groups: readonly GroupRow[]) {
  const from = request.method === 'GET' ? read : sql
  const ids = groups.map(({ id }) => id)
  const members = await readMembers(from, organizationId, ids, mostMembers + 1)
  if (members.length > mostMembers) {
    const detail = `The groups have more than ${mostMembers} members in all; use excludedAttributes=members, or a smaller page`
    throw new ScimError(400, detail, { type: 'tooMany' })
  }
  return Map.groupBy(members, ({ groupId }) => groupId)
}
