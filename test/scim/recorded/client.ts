/** A client that repeats a request after Retry-After, as identity providers do in their next cycle. */
import { expect } from 'vitest'
import type { ScimAnswered, ScimHarness, ScimHarnessOptions } from '../harness.ts'

export interface Client {
  readonly scim: ScimHarness
  readonly adapter: Adapter
  /** Sends a request, and expects the status. */
  request(method: string, path: string, status: number, body?: unknown): Promise<ScimAnswered['body']>
  /** The only hit of a filter; undefined: none. */
  find(resources: 'Users' | 'Groups', filter: string, more?: string): Promise<ScimAnswered['body']>
  /** The user at the vendor. */
  atVendor(userName: string): ReturnType<ScimHarness['vendor']['user']>
  /** Whether the user was turned off, as the adapter does it. */
  isOff(userName: string): boolean
}

/** A connection to the vendor, by what it offers. */
export interface Adapter {
  readonly name: string
  readonly hasGroups: boolean
  readonly leaving: 'INACTIVE' | 'FUNCTIONAL'
  readonly options: Pick<ScimHarnessOptions, 'api' | 'capabilities'>
}

export const v2: Adapter = { name: 'v2', hasGroups: true, leaving: 'INACTIVE', options: {} }
/** The API v2, with what the API v1 offers. */
export const kinds: Adapter = {
  name: 'account kinds',
  hasGroups: false,
  leaving: 'FUNCTIONAL',
  options: { capabilities: ['accountKinds'] },
}
export const v1: Adapter = { ...kinds, name: 'v1', options: { api: 'v1' } }

export type Suite = (client: Client) => Promise<void>

const mostAttempts = 8

export function clientOf(scim: ScimHarness, adapter = v2): Client {
  const request: Client['request'] = async (method, path, status, body) => {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await scim.send(method, path, body)
      const retryAfter = Number(answer.headers.get('retry-after') ?? 0)
      if (answer.status !== 503 || attempt === mostAttempts) {
        expect({ method, path, status: answer.status, body: answer.body }).toMatchObject({ method, path, status })
        return answer.body
      }
      scim.pass(retryAfter * 1_000)
    }
  }
  return {
    scim,
    adapter,
    request,
    async find(resources, filter, more = '') {
      const found = await request('GET', `/${resources}?filter=${encodeURIComponent(filter)}${more}`, 200)
      expect(found.totalResults).toBeLessThanOrEqual(1)
      return found.Resources[0]
    },
    atVendor: (userName) => scim.vendor.user(userName),
    isOff(userName) {
      const user = scim.vendor.user(userName)
      if (adapter.leaving === 'INACTIVE') return user?.status === 'inactive'
      const kinds = user?.ofInterface ? [user.ofInterface.type?.toUpperCase()] : user?.roles
      return user?.status === 'active' && (kinds?.includes('FUNCTIONAL_ACCOUNT') ?? false)
    },
  }
}

export const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
