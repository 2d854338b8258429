/** A partner whose vendor answers with functions, and discoveries of the organizations below it. */
import pino from 'pino'
import { beginPull } from '../../src/mirror/pulls/pulls.ts'
import { type OrganizationRow, putOrganizations } from '../../src/mirror/sync-organizations.ts'
import { describeOrganization } from '../../src/sync/describe-organization.ts'
import type { OrganizationFacts, OrganizationReader } from '../../src/vendor/adapter.ts'
import { AllowanceExhaustedError } from '../../src/vendor/errors/allowance-errors.ts'
import { NotFoundError, UnauthorizedError } from '../../src/vendor/errors/rejection-errors.ts'
import { ServerFailureError } from '../../src/vendor/errors/response-errors.ts'
import { reusedDatabase } from '../support/database.ts'

export function facts(
  eid: number | undefined,
  domain: string,
  more: Partial<OrganizationFacts> = {},
): OrganizationFacts {
  const none = { name: undefined, licenseCount: undefined, licensedUsers: undefined, licensePackage: undefined }
  return { eid: eid === undefined ? undefined : String(eid), domains: [domain], isPartner: false, ...none, ...more }
}

export const own = facts(1, 'partner.example', { isPartner: true, licenseCount: 7 })
export const failure = {
  organization: 'partner',
  method: 'GET',
  endpoint: '/orgs/{domain}/orgs',
  path: '/orgs',
  write: false,
  sent: true,
  counts: { requests: 1, retries: 0, rateLimited: 0 },
  status: 500,
  sentAt: '2026-01-01T00:00:00Z',
  arrivedAt: '2026-01-01T00:00:00Z',
  said: 'x'.repeat(500),
}
export const errors = {
  500: () => new ServerFailureError(failure, { retryAfterMs: undefined }),
  401: () => new UnauthorizedError({ ...failure, status: 401 }),
  404: () => new NotFoundError({ ...failure, status: 404 }),
  exhausted: () => new AllowanceExhaustedError(failure, '2026-01-01T00:00:00Z'),
}

export interface Vendor {
  read(domain: string): OrganizationFacts
  list(domain: string): readonly OrganizationFacts[] | Promise<readonly OrganizationFacts[]>
}

/** A partner whose vendor answers with these functions. */
export async function partnerOf(vendor: Partial<Vendor>, open = reusedDatabase) {
  const database = await open()
  const { sql } = database
  const requests: string[] = []
  const observed = <T>(value: T) => ({
    value,
    sentAt: new Date().toISOString(),
    arrivedAt: new Date().toISOString(),
    warnings: [],
    requests: 1,
    retries: 0,
    rateLimited: 0,
  })
  const reader: OrganizationReader = {
    host: 'vendor.example',
    read: async (domain = '') => {
      requests.push(`read ${domain}`)
      if (domain === 'partner.example' && !vendor.read) return observed(own)
      return observed((vendor.read ?? (() => own))(domain))
    },
    list: async (domain = '') => {
      requests.push(`list ${domain}`)
      return observed(await (vendor.list ?? (() => [own]))(domain))
    },
  }
  const row: OrganizationRow = {
    slug: 'partner',
    name: 'Partner',
    allowanceKey: 'key',
    pullIntervalSeconds: 300,
    vendor: { host: 'vendor.example', domain: 'partner.example', mirrorsChildren: true },
  }
  const id = (await putOrganizations(sql, [row])).get('partner') ?? 0
  const lines: string[] = []
  const logger = pino({ base: null }, { write: (line: string) => lines.push(line) })
  const deps = { sql, logger, historyDays: 400, clientOf: () => undefined, organizationsOf: () => reader }
  return {
    id,
    sql,
    row,
    requests,
    /** Also replaces what the vendor answers. */
    async discover(next: Partial<Vendor> = {}) {
      Object.assign(vendor, next)
      requests.length = 0
      await sql`update pulls set state = 'COMPLETE', finished_at = clock_timestamp() where organization_id = ${id}`
      await beginPull(sql, id, 'REQUEST')
      await describeOrganization(deps, id, new AbortController().signal)
    },
    async problem() {
      const [row] = await sql<{ problem: string | null; licenses: number | null }[]>`
        select children_problem as problem, license_count as licenses from organizations where id = ${id}`
      return row
    },
    /** The slugs of those that are mirrored. */
    async children() {
      const rows = await sql<{ slug: string }[]>`
        select slug from organizations where partner_id = ${id} and retired_at is null order by slug`
      return rows.map(({ slug }) => slug)
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}
