/** The two APIs of the vendor, for tests of what holds over both. */
import type { Profile } from '../../src/simulator/data/user.ts'
import type { SimulatedOrganization } from '../../src/simulator/organization.ts'
import type { Simulator } from '../../src/simulator/simulator.ts'
import { interfaceAccount, shownUser } from '../../src/simulator/v1/interface-wire.ts'
import { capabilityNames, type EssentialsClient } from '../../src/vendor/adapter.ts'
import { type ConnectionOptions, createEssentialsClient } from '../../src/vendor/client.ts'
import { createInterfaceClient, interfaceCapabilities, ordinaryInterfaceRoles } from '../../src/vendor/v1/client.ts'
import type { MirrorState } from './mirror-state.ts'

export type Api = 'v1' | 'v2'
export const apis: readonly Api[] = ['v2', 'v1']

/** What the configuration of an organization says of its API. */
export function columnsOf(api: Api) {
  if (api === 'v2') return {}
  return { capabilities: capabilityNames(interfaceCapabilities), ordinaryRoles: ordinaryInterfaceRoles }
}

export interface Credentials {
  readonly apiKey: string
  readonly apiSecret: string
}

export function createClient(
  api: Api,
  simulator: Pick<Simulator, 'url' | 'origin'>,
  { apiKey, apiSecret, ...shared }: Omit<ConnectionOptions, 'baseUrl'> & Credentials,
): EssentialsClient {
  return api === 'v2'
    ? createEssentialsClient({ ...shared, baseUrl: simulator.url, apiKey, apiSecret })
    : createInterfaceClient({
        ...shared,
        baseUrl: simulator.origin,
        domain: 'example.com',
        user: apiKey,
        password: apiSecret,
      })
}

/** Where the vendor serves the list of users, one user, and what tells whether it serves anything. */
export function pathOfUsers(api: Api): RegExp {
  return api === 'v1' ? /^\/orgs\/[^/]+\/users$/ : /^\/users\?/
}

export function pathOfProbe(api: Api): RegExp {
  return api === 'v1' ? /^\/orgs\/[^/]+$/ : /^\/users\?.*pageSize=1(&|$)/
}

export function pathOfUser(api: Api, address: string): RegExp {
  return new RegExp(`^${api === 'v1' ? '/orgs/[^/]+' : ''}/users/${encodeURIComponent(address)}$`)
}

/** A response with the user, in which these fields differ. */
export function userText(
  api: Api,
  vendor: SimulatedOrganization,
  address: string,
  fields: Partial<Profile> = {},
): string {
  const account = vendor.directory.find(address)
  if (!account) throw new Error(`there is no user ${address}`)
  if (api === 'v2') return JSON.stringify({ ...vendor.user(address), ...fields })
  return JSON.stringify(shownUser({ ...account, profile: { ...account.profile, ...fields } }, vendor.interfaceSwitches))
}

/** The state of a mirror of the API v1 that has everything. */
export function interfaceState({ directory }: SimulatedOrganization): MirrorState {
  const users = directory.accounts.map(interfaceAccount)
  return {
    users: users
      .sort((a, b) => (a.primaryEmail.toLowerCase() < b.primaryEmail.toLowerCase() ? -1 : 1))
      .map((user) => ({
        primaryEmail: user.primaryEmail,
        type: 'USER',
        firstName: user.firstname || null,
        lastName: user.surname || null,
        status: user.isActive ? 'ACTIVE' : 'INACTIVE',
        mailboxSize: null,
        spamPolicy: null,
        createdAt: null,
        updatedAt: null,
        roles: [user.type.toUpperCase()],
        aliases: user.aliases.toSorted(),
        groups: null,
        unresolved: [],
      })),
    groups: [],
  }
}
