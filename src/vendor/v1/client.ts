/** The adapter of the interface API v1, which customers' and partners' administrators hold credentials of. */
import type { Capabilities, EssentialsClient } from '../adapter.ts'
import type { Allowance } from '../allowance.ts'
import { type ConnectionOptions, openConnection, openReport, rotate, withoutText } from '../client.ts'
import type { Access } from '../http/connection.ts'
import { sendCall } from '../http/execute-request.ts'
import { parseGroupsPage } from '../wire/wire.ts'
import * as endpoints from './endpoints.ts'
import { parseUsers } from './wire.ts'

export interface InterfaceClientOptions extends ConnectionOptions {
  /** The origin, for example https://us1.proofpointessentials.com. */
  readonly baseUrl: string
  /** Any domain of the organization. */
  readonly domain: string
  /** The address of an administrator. */
  readonly user: string
  readonly password: string
}

export const interfaceCapabilities: Capabilities = {
  groups: false,
  timestamps: false,
  pagedList: false,
  passwordOnCreate: false,
  domains: true,
  directorySync: true,
}

/** The kinds of account that may administer nothing. An unknown kind counts as privileged. */
export const ordinaryInterfaceRoles = ['END_USER', 'SILENT_USER', 'FUNCTIONAL_ACCOUNT']

/** How long a slot of the allowance may be held: longer than the longest request. */
export const interfaceLeaseMs = endpoints.longestListMs + 30_000

/** Opens no connection before the first call. Throws a TypeError if the base URL is invalid. */
export function createInterfaceClient(options: InterfaceClientOptions): EssentialsClient {
  const { domain, baseUrl } = options
  const { connection, close } = openConnection(
    { ...options, baseUrl: `${baseUrl.replace(/\/+$/, '')}/api/v1` },
    {
      access: interfaceAccess(options, options.allowance),
      correlationHeader: 'x-correlator',
      stopsWhenUnauthorized: true,
      advice: {
        unauthorized:
          'the address and password of an administrator of this organization, or of a partner above it, who is not ' +
          'read-only; an account with multi-factor authentication cannot use this API',
        unexpected: 'a documented status; check that the stack or base URL is that of the organization',
      },
    },
  )
  const report = openReport(connection)
  const notOffered = () => Promise.reject(new TypeError('this request is not offered by this connection'))
  return {
    organization: options.organization,
    capabilities: interfaceCapabilities,
    account: options.user,
    readOnly: 'Writes are not offered by this connection: it is read-only',
    parseUsers,
    parseGroups: parseGroupsPage,
    listUsers: notOffered,
    listGroups: notOffered,
    streamUsers: async (sink, callOptions) => {
      const { text: _text, ...observed } = await sendCall(connection, endpoints.streamUsers(domain, sink), callOptions)
      return observed
    },
    probe: async (callOptions) => {
      await sendCall(connection, endpoints.getOrganization(domain), callOptions)
    },
    getUser: async (primaryEmail, callOptions) =>
      report(withoutText(await sendCall(connection, endpoints.getUser(domain, primaryEmail), callOptions))),
    createUser: notOffered,
    updateUser: notOffered,
    deleteUser: notOffered,
    addGroupMember: notOffered,
    removeGroupMember: notOffered,
    rotate: (access) => rotate(connection, access),
    askedToWaitMs: () => Math.max(0, connection.quiet.untilMs - connection.now()),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** An administrator's credentials, and their allowance. */
export function interfaceAccess({ user, password }: { user: string; password: string }, allowance: Allowance): Access {
  const secrets = [password, headerValue(password)].filter((secret) => secret !== '')
  return { credentials: { 'x-user': headerValue(user), 'x-password': headerValue(password) }, secrets, allowance }
}

/** Headers are sent byte by byte: other characters are sent in UTF-8. */
function headerValue(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
