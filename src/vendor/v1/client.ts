/** The adapter of the interface API v1, which customers' and partners' administrators hold credentials of. */
import type { Capabilities, EssentialsClient } from '../adapter.ts'
import type { Allowance } from '../allowance.ts'
import { type ConnectionOptions, notOffered, openConnection, openReport, rotate, withoutText } from '../client.ts'
import { InvalidInputError } from '../errors/rejection-errors.ts'
import { domainOf } from '../http/classify-rejection.ts'
import type { Access } from '../http/connection.ts'
import { sendCall } from '../http/execute-request.ts'
import { parseGroupsPage } from '../wire/wire.ts'
import * as endpoints from './endpoints.ts'
import { proveMeanwhile } from './prove-meanwhile.ts'
import { accountKinds } from './user-names.ts'
import { parseStoredUser, parseUsers } from './wire.ts'

export interface InterfaceClientOptions extends ConnectionOptions {
  /** The origin, for example https://us1.proofpointessentials.com. */
  readonly baseUrl: string
  /** Any domain of the organization. */
  readonly domain: string
  /** The address of an administrator. */
  readonly user: string
  readonly password: string
  /** How long a list may take before a cheap request shows that the vendor accepts the credentials. */
  readonly proveAfterMs?: number | undefined
}

export const interfaceCapabilities: Capabilities = {
  groups: false,
  timestamps: false,
  pagedList: false,
  passwordOnCreate: false,
  domains: true,
  directorySync: true,
  accountKinds: true,
  mailSettings: false,
}

/** The kinds of account that may administer nothing. An unknown kind counts as privileged. */
export const ordinaryInterfaceRoles = ['END_USER', 'SILENT_USER', 'FUNCTIONAL_ACCOUNT']

/** How long a slot of the allowance may be held: longer than the longest request. */
export const interfaceLeaseMs = endpoints.longestListMs + 30_000

const domainsKeptMs = 3_600_000

/** Opens no connection before the first call. Throws a TypeError if the base URL is invalid. */
export function createInterfaceClient(options: InterfaceClientOptions): EssentialsClient {
  const { domain, baseUrl } = options
  const { connection, close } = openConnection(
    { ...options, baseUrl: `${baseUrl.replace(/\/+$/, '')}/api/v1` },
    {
      access: interfaceAccess(options, options.allowance),
      correlationHeader: 'x-correlator',
      verification: endpoints.me(),
      advice: {
        unauthorized:
          'the address and password of an administrator of this organization, or of a partner above it, who is not ' +
          'read-only; an account with multi-factor authentication cannot use this API',
        unexpected: 'a documented status; check that the stack or base URL is that of the organization',
      },
    },
  )
  const report = openReport(connection)
  let domains: { readonly known: readonly string[] | null; readonly until: number } | undefined
  return {
    organization: options.organization,
    capabilities: interfaceCapabilities,
    documentedRoles: accountKinds,
    ordinaryRoles: ordinaryInterfaceRoles,
    requests: {
      // The vendor ignores the password of a POST, so a PUT of the new user follows.
      createUser: (body) => [
        endpoints.createUser(domain, body),
        ...(body.password === undefined ? [] : [endpoints.updateUser(domain, body.primaryEmail, body)]),
      ],
      updateUser: (primaryEmail, body) => [endpoints.updateUser(domain, primaryEmail, body)],
      deleteUser: (primaryEmail) => [endpoints.deleteUser(domain, primaryEmail)],
      addSenders: (primaryEmail, lists) => [endpoints.addSenders(domain, primaryEmail, lists)],
      replaceSenders: (primaryEmail, lists) => [endpoints.replaceSenders(domain, primaryEmail, lists)],
    },
    organizations: {
      host: new URL(baseUrl).host,
      read: async (of = domain, callOptions) =>
        withoutText(await sendCall(connection, endpoints.getOrganization(of), callOptions)),
      list: async (of = domain, callOptions) =>
        withoutText(await sendCall(connection, endpoints.listOrganizations(of), callOptions)),
    },
    account: options.user,
    parseUsers,
    parseStoredUser,
    parseGroups: parseGroupsPage,
    listUsers: notOffered,
    listGroups: notOffered,
    streamUsers: (sink, callOptions) =>
      proveMeanwhile(connection, sink, callOptions, options.proveAfterMs, async (proving, how) =>
        withoutText(await sendCall(connection, endpoints.streamUsers(domain, proving), how)),
      ),
    probe: async (callOptions) => {
      await sendCall(connection, endpoints.getOrganization(domain), callOptions)
    },
    getUser: async (primaryEmail, callOptions) =>
      report(withoutText(await sendCall(connection, endpoints.getUser(domain, primaryEmail), callOptions))),
    createUser: async (body, callOptions) =>
      withoutText(await sendCall(connection, endpoints.createUser(domain, body), callOptions)),
    updateUser: async (primaryEmail, body, callOptions) => {
      try {
        return withoutText(await sendCall(connection, endpoints.updateUser(domain, primaryEmail, body), callOptions))
      } catch (error) {
        if (!refusesUid(error) || !('uid' in body)) throw error
        const { uid: _uid, ...rest } = body
        return withoutText(await sendCall(connection, endpoints.updateUser(domain, primaryEmail, rest), callOptions))
      }
    },
    deleteUser: async (primaryEmail, callOptions) =>
      withoutText(await sendCall(connection, endpoints.deleteUser(domain, primaryEmail), callOptions)),
    addGroupMember: notOffered,
    removeGroupMember: notOffered,
    readDomains: async (callOptions) => {
      if (domains && connection.now() < domains.until) return domains.known
      const { value } = await sendCall(connection, endpoints.readDomains(domain), callOptions)
      domains = { known: value, until: connection.now() + domainsKeptMs }
      return value
    },
    readDirectorySync: async (callOptions) =>
      withoutText(await sendCall(connection, endpoints.readDirectorySync(domain), callOptions)),
    readExemptions: async (callOptions) =>
      withoutText(await sendCall(connection, endpoints.readExemptions(domain), callOptions)),
    putExemptions: async (addresses, callOptions) =>
      withoutText(await sendCall(connection, endpoints.putExemptions(domain, addresses), callOptions)),
    addSenders: async (primaryEmail, lists, callOptions) =>
      withoutText(await sendCall(connection, endpoints.addSenders(domain, primaryEmail, lists), callOptions)),
    replaceSenders: async (primaryEmail, lists, callOptions) =>
      withoutText(await sendCall(connection, endpoints.replaceSenders(domain, primaryEmail, lists), callOptions)),
    rotate: (access) => rotate(connection, access),
    askedToWaitMs: () => Math.max(0, connection.quiet.untilMs - connection.now()),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** An administrator's credentials, and their allowance. */
export function interfaceAccess(
  { user, password, domain }: { user: string; password: string; domain: string },
  allowance: Allowance,
): Access {
  const secrets = [password, headerValue(password)].filter((secret) => secret !== '')
  const credentials = { 'x-user': headerValue(user), 'x-password': headerValue(password) }
  const ownArea = (user.includes('@') ? domainOf(user) : domain).toLowerCase()
  return { credentials, secrets, allowance, ownArea }
}

/** Public clients send the number of the account, and no public source states whether every server accepts it. */
function refusesUid(error: unknown): boolean {
  return error instanceof InvalidInputError && /\buid\b/i.test(error.vendorMessage ?? '')
}

/** Headers are sent byte by byte: other characters are sent in UTF-8. */
function headerValue(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
