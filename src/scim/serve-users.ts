/** The requests about users. */
import { isUuid, parseBody } from './protocol/attributes.ts'
import { type Filter, parseFilter } from './protocol/filter-parser.ts'
import { listOf, type Page, pageOf } from './protocol/list-response.ts'
import { parsePatch } from './protocol/patch.ts'
import { notFound, ScimError } from './protocol/scim-error.ts'
import { type Selection, selected, selectionOf } from './protocol/selection.ts'
import { patchedState, stateOfBody } from './protocol/user-state.ts'
import { keepDirectory } from './resources/keep-directory.ts'
import { type FoundPage, listResources } from './resources/list-resources.ts'
import { readUsers, type UserRow } from './resources/resource-rows.ts'
import { serveUser } from './resources/serve-resource.ts'
import { longestMsOf, type ScimAnswer, type ScimCall } from './scim-call.ts'
import { changeUser, deleteUser } from './writes/change-user.ts'
import { createUser } from './writes/create-user.ts'

/** The parameters of a list, from the address or from the body of `.search`. */
export interface ListQuery {
  readonly filter: string | undefined
  readonly page: Page
  readonly selection: Selection
}

export async function listUsers(call: ScimCall, query: ListQuery): Promise<ScimAnswer> {
  const { organizationId, read, base, capabilities } = call
  const filter = query.filter === undefined ? undefined : parseFilter(query.filter)
  let found = await listResources(read, organizationId, 'User', filter, query.page)
  const address = filter && found.total === 0 ? addressIn(filter) : undefined
  if (address !== undefined && (await readFromVendor(call, address)))
    found = await listResources(read, organizationId, 'User', filter, query.page)
  const rows = await readUsers(read, organizationId, found.ids)
  const users = rows.map((row) => selected(serveUser(row, base, capabilities.hasGroups).resource, query.selection))
  return { status: 200, body: listOf(users, totalOf(found), query.page.startIndex) }
}

function totalOf({ total }: FoundPage): number {
  return total
}

/** The address that a filter looks for: `userName eq "…"`, or the same of an address of emails. */
function addressIn(filter: Filter): string | undefined {
  if (filter.kind === 'and') return filter.all.map(addressIn).find((address) => address !== undefined)
  if (filter.kind === 'entry') return filter.attribute === 'emails' ? valueIn(filter.filter) : undefined
  const isAddress = filter.kind === 'compare' && ['username', 'emails', 'emails.value'].includes(filter.attribute)
  return isAddress && filter.operator === 'eq' ? filter.value.text : undefined
}

function valueIn(filter: Filter): string | undefined {
  if (filter.kind === 'and') return filter.all.map(valueIn).find((value) => value !== undefined)
  return filter.kind === 'compare' && filter.attribute === 'value' && filter.operator === 'eq'
    ? filter.value.text
    : undefined
}

/** How long a filter waits for the vendor: a share of how long a client waits. Without an answer, the mirror counts. */
const shareOfReading = 0.2

/** Reads a user that the mirror does not know. Returns whether the mirror has it now. */
async function readFromVendor(call: ScimCall, address: string): Promise<boolean> {
  const { deps, organizationId, viewer, sql, request } = call
  if (!/^[^@\s]{1,64}@[^@\s]{1,255}$/.test(address)) return false
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(Math.ceil(longestMsOf(deps) * shareOfReading))])
  try {
    const read = await deps.refreshUser({ organizationId, primaryEmail: address, actor: viewer, signal })
    if (read.outcome !== 'READ') return false
  } catch (error) {
    if (signal.aborted && !request.signal.aborted) return false
    throw error
  }
  await keepDirectory(sql, organizationId)
  return true
}

export async function getUser(call: ScimCall, id: string): Promise<ScimAnswer> {
  const user = await userOf(call, id, call.read)
  return withSelection(call, user, 200)
}

export async function postUser(call: ScimCall, body: string): Promise<ScimAnswer> {
  const user = await createUser(call, stateOfBody(parseBody(body)), body)
  return withSelection(call, user, 201)
}

export async function putUser(call: ScimCall, id: string, body: string): Promise<ScimAnswer> {
  const desired = stateOfBody(parseBody(body))
  const user = await userToChange(call, id)
  return withSelection(call, await changeUser(call, user, desired), 200)
}

export async function patchUser(call: ScimCall, id: string, body: string): Promise<ScimAnswer> {
  const operations = parsePatch(parseBody(body))
  const user = await userToChange(call, id)
  const aliases = (user.aliases ?? []).filter(({ isManaged }) => isManaged).map(({ address }) => address)
  const before = { userName: user.primaryEmail, aliases, roles: user.roles ?? [] }
  return withSelection(call, await changeUser(call, user, patchedState(before, operations)), 200)
}

export async function removeUser(call: ScimCall, id: string): Promise<ScimAnswer> {
  await deleteUser(call, await userToChange(call, id))
  return { status: 204 }
}

async function userToChange(call: ScimCall, id: string): Promise<UserRow> {
  const user = await userOf(call, id, call.sql)
  checkVersion(call, serveUser(user, call.base, call.capabilities.hasGroups).version)
  return user
}

async function userOf({ organizationId }: ScimCall, id: string, sql: ScimCall['read']): Promise<UserRow> {
  const [user] = isUuid(id) ? await readUsers(sql, organizationId, [id]) : []
  if (!user) throw notFound('user')
  return user
}

function withSelection(call: ScimCall, user: UserRow, status: number): ScimAnswer {
  const { resource, version, location } = serveUser(user, call.base, call.capabilities.hasGroups)
  return answerOf(call, { resource, version, location }, status)
}

/** The answer with one resource. A read of a version that the client has is answered without a body. */
export function answerOf(
  { request }: ScimCall,
  { resource, version, location }: ReturnType<typeof serveUser>,
  status: number,
): ScimAnswer {
  const headers = { etag: version, ...(status === 201 && { location }) }
  if (request.method === 'GET' && request.ifNoneMatch !== undefined && matches(request.ifNoneMatch, version))
    return { status: 304, headers }
  const selection = selectionOf(request.query.get('attributes'), request.query.get('excludedAttributes'))
  return { status, headers, body: selected(resource, selection) }
}

/** Refuses a change of another version than the client has seen. */
export function checkVersion({ request }: ScimCall, version: string): void {
  if (request.ifMatch === undefined || matches(request.ifMatch, version)) return
  throw new ScimError(412, 'The resource has changed; read it again')
}

function matches(header: string, version: string): boolean {
  const weak = (text: string) => text.trim().replace(/^W\//, '')
  return header.trim() === '*' || header.split(',').some((one) => weak(one) === weak(version))
}

export function listQueryOf(get: (name: string) => unknown): ListQuery {
  const text = (name: string) => {
    const value = get(name)
    if (Array.isArray(value)) return value.join(',')
    return typeof value === 'string' ? value : null
  }
  return {
    filter: text('filter')?.trim() || undefined,
    page: pageOf(get('startIndex'), get('count')),
    selection: selectionOf(text('attributes'), text('excludedAttributes')),
  }
}
