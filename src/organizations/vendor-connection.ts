/** Chooses the adapter of an organization by its configuration. Nothing else asks which API it is. */
import { createHash, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import type { Config } from '../config/env.ts'
import type { VendorPlace } from '../mirror/sync-organizations.ts'
import type { AllowanceTimes, KeyLimits } from '../rate-limit/slots.ts'
import { capabilityNames, type EssentialsClient } from '../vendor/adapter.ts'
import type { Allowance } from '../vendor/allowance.ts'
import {
  accessOf,
  type ConnectionOptions,
  capabilitiesOfV2,
  createEssentialsClient,
  ordinaryRolesOfV2,
} from '../vendor/client.ts'
import type { Access } from '../vendor/http/connection.ts'
import {
  createInterfaceClient,
  interfaceAccess,
  interfaceCapabilities,
  interfaceLeaseMs,
  ordinaryInterfaceRoles,
} from '../vendor/v1/client.ts'

type Organization = Config['organizations'][number]
type Opening = Omit<ConnectionOptions, 'baseUrl' | 'organization'>

export interface OrganizationConnection {
  /** Identifies the allowance in the database without revealing the credentials. */
  readonly allowanceKey: string
  /** Undefined: the usual ones. */
  readonly times: AllowanceTimes | undefined
  readonly limits: KeyLimits | undefined
  readonly capabilities: readonly string[]
  readonly ordinaryRoles: readonly string[]
  /** Undefined: the connection cannot tell anything of organizations. */
  readonly vendor: VendorPlace | undefined
  /** Where requests go. Clients with the same place differ only in their credentials. */
  readonly place: string
  accessOf(allowance: Allowance): Access
  open(options: Opening): EssentialsClient
}

/** The maximum number of requests in progress with one password, of which one is left to interactive requests. */
const mostAtOnce = 4

export async function connectionOf(one: Organization): Promise<OrganizationConnection> {
  const { slug: organization, baseUrl } = one
  if (one.api === 'v1') {
    const { domain, user, password } = one
    const { origin, host } = new URL(baseUrl)
    const allowanceKey = digest(`allowance v1 ${origin} ${user.toLowerCase()}`)
    return {
      allowanceKey,
      times: { windowMs: 60_000, leaseMs: interfaceLeaseMs },
      limits: { atOnce: mostAtOnce, credential: await slowDigest(password, allowanceKey) },
      capabilities: capabilityNames(interfaceCapabilities),
      ordinaryRoles: ordinaryInterfaceRoles,
      vendor: { host, domain, mirrorsChildren: one.children ?? false },
      place: `v1 ${baseUrl} ${domain}`,
      accessOf: (allowance) => interfaceAccess(one, allowance),
      open: (options) => createInterfaceClient({ ...options, organization, baseUrl, domain, user, password }),
    }
  }
  const { apiKey, apiSecret } = one
  return {
    allowanceKey: digest(`allowance ${apiKey}`),
    times: undefined,
    limits: undefined,
    capabilities: capabilityNames(capabilitiesOfV2),
    ordinaryRoles: ordinaryRolesOfV2,
    vendor: undefined,
    place: `v2 ${baseUrl}`,
    accessOf: (allowance) => accessOf(one, allowance),
    open: (options) => createEssentialsClient({ ...options, organization, baseUrl, apiKey, apiSecret }),
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

const derive = promisify<string, string, number, Buffer>(scrypt)
/** One digest serves all organizations of a credential. */
const digests = new Map<string, Promise<string>>()

/** A password has little entropy: a fast digest of it would let a reader of the database guess it. */
function slowDigest(password: string, salt: string): Promise<string> {
  const key = `${salt} ${password}`
  const known = digests.get(key) ?? derive(password, salt, 24).then((bytes) => bytes.toString('base64url'))
  digests.set(key, known)
  known.catch(() => digests.delete(key))
  return known
}
