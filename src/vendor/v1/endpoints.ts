/**
 * The endpoints of the interface API v1 that are used. `POST /token` impersonates a user and must never be one of them;
 * a test checks the list.
 */
import type { ListSink, NewUser } from '../adapter.ts'
import { refuseOther } from '../endpoints.ts'
import type { Call } from '../http/classify-response.ts'
import { encodeSegment } from '../http/path.ts'
import { isObject, type JsonObject, type Parsed, parseJson } from '../wire/rows.ts'
import { parseNothing, type WireUser } from '../wire/wire.ts'
import { listReader } from './read-list.ts'
import { toOwnNames, wholeBody } from './user-names.ts'
import { parseUser, parseWrittenUser } from './wire.ts'

/** One response may hold tens of thousands of users. */
export const longestListMs = 120_000
const listLimits = { totalMs: longestListMs, headersMs: longestListMs, bodyMs: 60_000, maxBytes: 256 * 2 ** 20 }

export function streamUsers(domain: string, sink: ListSink): Call<{ readonly rows: number }> {
  return {
    method: 'GET',
    endpoint: '/orgs/{domain}/users',
    path: `/orgs/${encodeSegment(domain)}/users`,
    expected: 'JSON with a list "users" in which each row has a primary_email',
    limits: listLimits,
    readBody: (sentAt) => listReader(sink, sentAt),
    parse: () => ({ unreadable: { reason: 'not JSON', found: 'a body that was not read while it arrived' } }),
  }
}

export function getUser(domain: string, primaryEmail: string): Call<WireUser> {
  return {
    method: 'GET',
    endpoint: '/orgs/{domain}/users/{email}',
    path: `/orgs/${encodeSegment(domain)}/users/${encodeSegment(primaryEmail)}`,
    expected: 'a JSON object with the user that has this primary address or alias',
    parse: (text) => refuseOther(parseUser(text), primaryEmail),
  }
}

export function createUser(domain: string, body: NewUser): Call<WireUser | null> {
  // A copied account has the number of the old one, which is not the new one's.
  const { password: _password, uid: _uid, sendWelcomeEmail, ...rest } = body
  return {
    method: 'POST',
    endpoint: '/orgs/{domain}/users',
    path: `/orgs/${encodeSegment(domain)}/users`,
    // The vendor ignores a password here.
    body: { ...toOwnNames(rest), send_welcome_email: sendWelcomeEmail === true },
    creates: { what: 'user', primaryEmail: body.primaryEmail },
    expected: 'JSON, or nothing',
    parse: parseWrittenUser,
  }
}

/** The body carries the address of the path: another one might rename the account. */
export function updateUser(domain: string, primaryEmail: string, body: JsonObject): Call<WireUser | null> {
  return {
    method: 'PUT',
    endpoint: '/orgs/{domain}/users/{email}',
    path: `/orgs/${encodeSegment(domain)}/users/${encodeSegment(primaryEmail)}`,
    body: wholeBody(primaryEmail, body),
    expected: 'JSON, or nothing',
    parse: parseWrittenUser,
  }
}

export function deleteUser(domain: string, primaryEmail: string): Call<null> {
  return {
    method: 'DELETE',
    endpoint: '/orgs/{domain}/users/{email}',
    path: `/orgs/${encodeSegment(domain)}/users/${encodeSegment(primaryEmail)}`,
    expected: 'JSON, or nothing',
    parse: parseNothing,
  }
}

export function getOrganization(domain: string): Call<JsonObject> {
  return {
    method: 'GET',
    endpoint: '/orgs/{domain}',
    path: `/orgs/${encodeSegment(domain)}`,
    expected: 'a JSON object with the organization',
    parse: parseObject,
  }
}

function parseObject(text: string): Parsed<JsonObject> {
  const json = parseJson(text)
  if ('unreadable' in json) return json
  if (!isObject(json.value)) return { unreadable: { reason: 'wrong shape', found: 'no object' } }
  return { value: json.value, warnings: [] }
}
