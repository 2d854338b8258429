/**
 * The endpoints of the interface API v1 that are used. `POST /token` impersonates a user and must never be one of them;
 * a test checks the list.
 */
import type { DirectorySync, ListSink, NewUser, OrganizationFacts } from '../adapter.ts'
import { refuseOther } from '../endpoints.ts'
import type { Call } from '../http/classify-response.ts'
import { encodeSegment } from '../http/path.ts'
import { isObject, type JsonObject, type Parsed, parseJson } from '../wire/rows.ts'
import { parseNothing, type SenderLists, type WireUser } from '../wire/wire.ts'
import { parseOrganization, parseOrganizations } from './organization-wire.ts'
import { listReader } from './read-list.ts'
import { wholeBody } from './user-names.ts'
import { parseUser, parseWrittenUser } from './wire.ts'

/** The endpoints, as the metrics name them. */
export const endpointNames = [
  '/me',
  '/orgs/{domain}/users',
  '/orgs/{domain}/users/{email}',
  '/orgs/{domain}/domains',
  '/orgs/{domain}/settings/azure',
  '/orgs/{domain}/settings/azure/exemptions',
  '/orgs/{domain}/users/{email}/sender-lists',
  '/orgs/{domain}',
  '/orgs/{domain}/orgs',
] as const

/** One response may hold tens of thousands of users. */
export const longestListMs = 120_000
const listLimits = { totalMs: longestListMs, headersMs: longestListMs, bodyMs: 60_000, maxBytes: 256 * 2 ** 20 }

/** Whose credentials these are. It names no organization, so only wrong credentials are refused. */
export function me(): Call<JsonObject> {
  return { method: 'GET', endpoint: '/me', path: '/me', expected: 'a JSON object', parse: parseObject }
}

/** Domains are compared without case. */
function areaOf(domain: string): string {
  return domain.toLowerCase()
}

export function streamUsers(domain: string, sink: ListSink): Call<{ readonly rows: number }> {
  return {
    method: 'GET',
    endpoint: '/orgs/{domain}/users',
    area: areaOf(domain),
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
    area: areaOf(domain),
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
    area: areaOf(domain),
    path: `/orgs/${encodeSegment(domain)}/users`,
    // The vendor ignores a password here.
    body: { ...wholeBody(body.primaryEmail, rest), send_welcome_email: sendWelcomeEmail === true },
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
    area: areaOf(domain),
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
    area: areaOf(domain),
    path: `/orgs/${encodeSegment(domain)}/users/${encodeSegment(primaryEmail)}`,
    expected: 'JSON, or nothing',
    parse: parseNothing,
  }
}

/** Null: one domain alone, which need not be the only one. */
export function readDomains(domain: string): Call<readonly string[] | null> {
  return {
    method: 'GET',
    endpoint: '/orgs/{domain}/domains',
    area: areaOf(domain),
    path: `/orgs/${encodeSegment(domain)}/domains`,
    expected: 'a JSON list of domains',
    parse: (text) => {
      const json = parseJson(text)
      if ('unreadable' in json) return json
      const rows = isObject(json.value) ? json.value.domains : json.value
      const names = Array.isArray(rows) ? rows.map((row: unknown) => (isObject(row) ? row.name : row)) : []
      const isWhole = names.length > 0 && names.every((name) => typeof name === 'string')
      return { value: isWhole ? (names as string[]) : null, warnings: [] }
    },
  }
}

export function readDirectorySync(domain: string): Call<DirectorySync> {
  return {
    method: 'GET',
    endpoint: '/orgs/{domain}/settings/azure',
    area: areaOf(domain),
    path: `/orgs/${encodeSegment(domain)}/settings/azure`,
    expected: 'a JSON object with sync_frequency',
    parse: (text) => {
      const parsed = parseObject(text)
      if ('unreadable' in parsed) return parsed
      // The vendor's own text has both spellings.
      const { sync_frequency: present, syncFrequency: other } = parsed.value
      const everyHours = Number(present ?? other ?? Number.NaN)
      if (Number.isFinite(everyHours) && everyHours >= 0) return { value: { everyHours }, warnings: [] }
      return { unreadable: { reason: 'wrong shape', found: 'an object without a usable sync_frequency' } }
    },
  }
}

/**
 * The list is written back as a whole, so a row that cannot be read makes all of it unreadable. No request deletes
 * exemptions: without an address it would delete all of them.
 */
export function readExemptions(domain: string): Call<readonly string[]> {
  return {
    method: 'GET',
    endpoint: '/orgs/{domain}/settings/azure/exemptions',
    area: areaOf(domain),
    path: `/orgs/${encodeSegment(domain)}/settings/azure/exemptions`,
    expected: 'a JSON list of rows with an email',
    parse: (text) => {
      const json = parseJson(text)
      if ('unreadable' in json) return json
      const rows = isObject(json.value) ? json.value.exemptions : json.value
      if (!Array.isArray(rows)) return { unreadable: { reason: 'wrong shape', found: 'no list' } }
      const addresses = rows.map((row: unknown) => (isObject(row) ? row.email : row))
      if (addresses.every((one) => typeof one === 'string')) return { value: addresses, warnings: [] }
      return { unreadable: { reason: 'wrong shape', found: 'a list with a row that has no email' } }
    },
  }
}

export function putExemptions(domain: string, addresses: readonly string[]): Call<null> {
  return {
    method: 'PUT',
    endpoint: '/orgs/{domain}/settings/azure/exemptions',
    area: areaOf(domain),
    path: `/orgs/${encodeSegment(domain)}/settings/azure/exemptions`,
    body: addresses,
    expected: 'JSON, or nothing',
    parse: parseNothing,
  }
}

export function addSenders(domain: string, primaryEmail: string, lists: Partial<SenderLists>): Call<null> {
  return sendersCall('POST', domain, primaryEmail, lists)
}

/** No request deletes senders: if its body were lost on the way, it would delete all of them. */
export function replaceSenders(domain: string, primaryEmail: string, lists: Partial<SenderLists>): Call<null> {
  return sendersCall('PATCH', domain, primaryEmail, lists)
}

function sendersCall(
  method: 'POST' | 'PATCH',
  domain: string,
  primaryEmail: string,
  { safe, blocked }: Partial<SenderLists>,
): Call<null> {
  return {
    method,
    endpoint: '/orgs/{domain}/users/{email}/sender-lists',
    area: areaOf(domain),
    path: `/orgs/${encodeSegment(domain)}/users/${encodeSegment(primaryEmail)}/sender-lists`,
    body: { ...(safe && { allow_list: safe }), ...(blocked && { block_list: blocked }) },
    expected: 'JSON, or nothing',
    parse: parseNothing,
  }
}

export function getOrganization(domain: string): Call<OrganizationFacts> {
  return {
    method: 'GET',
    endpoint: '/orgs/{domain}',
    area: areaOf(domain),
    path: `/orgs/${encodeSegment(domain)}`,
    expected: 'a JSON object with the organization',
    parse: parseOrganization,
  }
}

/** The organization and those below it. */
export function listOrganizations(domain: string): Call<readonly OrganizationFacts[]> {
  return {
    method: 'GET',
    endpoint: '/orgs/{domain}/orgs',
    area: areaOf(domain),
    path: `/orgs/${encodeSegment(domain)}/orgs`,
    expected: 'JSON with a list "orgs"',
    parse: parseOrganizations,
  }
}

function parseObject(text: string): Parsed<JsonObject> {
  const json = parseJson(text)
  if ('unreadable' in json) return json
  if (!isObject(json.value)) return { unreadable: { reason: 'wrong shape', found: 'no object' } }
  return { value: json.value, warnings: [] }
}
