import { addressKey } from '../addresses/address-key.ts'
import type { NewUser, PageRequest } from './adapter.ts'
import type { Call } from './http/classify-response.ts'
import { encodeSegment } from './http/path.ts'
import {
  type GroupsPage,
  type JsonObject,
  type Parsed,
  parseGroupsPage,
  parseNothing,
  parseUser,
  parseUsersPage,
  parseWrittenUser,
  type UsersPage,
  type WireUser,
} from './wire/wire.ts'

/** The endpoints, as the metrics name them. */
export const endpointNames = [
  '/users',
  '/groups',
  '/users/{primaryEmail}',
  '/groups/{groupId}/members',
  '/groups/{groupId}/members/{primaryEmail}',
] as const

export function listUsers(page: PageRequest): Call<UsersPage> {
  return {
    method: 'GET',
    endpoint: '/users',
    path: `/users?${queryOf(page)}`,
    expected: 'JSON with a list "users"',
    parse: parseUsersPage,
  }
}

export function listGroups(page: PageRequest): Call<GroupsPage> {
  return {
    method: 'GET',
    endpoint: '/groups',
    path: `/groups?${queryOf(page)}`,
    expected: 'JSON with a list "groups"',
    parse: parseGroupsPage,
  }
}

export function getUser(primaryEmail: string): Call<WireUser> {
  return {
    method: 'GET',
    endpoint: '/users/{primaryEmail}',
    path: `/users/${encodeSegment(primaryEmail)}`,
    expected: 'a JSON object with the user that has this primary address or alias',
    parse: (text) => refuseOther(parseUser(text), primaryEmail),
  }
}

/** `found` of the error if the response shows a different user. */
export const anotherUser = 'a user that does not have the requested address'

/**
 * The vendor may also look up aliases. A user that has the address neither as primary nor as alias was not requested:
 * responses were mixed up in transit.
 */
export function refuseOther(parsed: Parsed<WireUser>, asked: string): Parsed<WireUser> {
  if ('unreadable' in parsed) return parsed
  const { primaryEmail, aliases = [] } = parsed.value
  const bears = [primaryEmail, ...aliases].some((address) => addressKey(address) === addressKey(asked))
  return bears ? parsed : { unreadable: { reason: 'wrong shape', found: anotherUser } }
}

export function createUser(body: NewUser): Call<WireUser | null> {
  return {
    method: 'POST',
    endpoint: '/users',
    path: '/users',
    body,
    creates: { what: 'user', primaryEmail: body.primaryEmail },
    expected: 'JSON, or nothing',
    parse: parseWrittenUser,
  }
}

export function updateUser(primaryEmail: string, body: JsonObject): Call<WireUser | null> {
  return {
    method: 'PUT',
    endpoint: '/users/{primaryEmail}',
    path: `/users/${encodeSegment(primaryEmail)}`,
    body,
    expected: 'JSON, or nothing',
    parse: parseWrittenUser,
  }
}

export function deleteUser(primaryEmail: string): Call<null> {
  return {
    method: 'DELETE',
    endpoint: '/users/{primaryEmail}',
    path: `/users/${encodeSegment(primaryEmail)}`,
    expected: 'JSON, or nothing',
    parse: parseNothing,
  }
}

export function addGroupMember(groupId: string, primaryEmail: string): Call<null> {
  return {
    method: 'POST',
    endpoint: '/groups/{groupId}/members',
    path: `/groups/${encodeSegment(groupId)}/members`,
    body: { primaryEmail },
    creates: { what: 'membership', primaryEmail },
    expected: 'JSON, or nothing',
    parse: parseNothing,
  }
}

export function removeGroupMember(groupId: string, primaryEmail: string): Call<null> {
  return {
    method: 'DELETE',
    endpoint: '/groups/{groupId}/members/{primaryEmail}',
    path: `/groups/${encodeSegment(groupId)}/members/${encodeSegment(primaryEmail)}`,
    expected: 'JSON, or nothing',
    parse: parseNothing,
  }
}

function queryOf({ page, pageSize }: PageRequest): string {
  return new URLSearchParams({ page: String(page), pageSize: String(pageSize) }).toString()
}
