/**
 * The endpoints of the interface API v1 that are used. `POST /token` impersonates a user and must never be one of them;
 * a test checks the list.
 */
import type { ListSink, OrganizationFacts } from '../adapter.ts'
import { refuseOther } from '../endpoints.ts'
import type { Call } from '../http/classify-response.ts'
import { encodeSegment } from '../http/path.ts'
import type { WireUser } from '../wire/wire.ts'
import { parseOrganization, parseOrganizations } from './organization-wire.ts'
import { listReader } from './read-list.ts'
import { parseUser } from './wire.ts'

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

export function getOrganization(domain: string): Call<OrganizationFacts> {
  return {
    method: 'GET',
    endpoint: '/orgs/{domain}',
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
    path: `/orgs/${encodeSegment(domain)}/orgs`,
    expected: 'JSON with a list "orgs"',
    parse: parseOrganizations,
  }
}
