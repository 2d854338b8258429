/**
 * Asks the vendor about organizations, beside each pull: the licenses of one, and the organizations below a partner. A
 * list that fails, lacks something or is empty retires no organization. One that a complete list lacks is retired once
 * a read of it agrees.
 */
import {
  type FoundOrganization,
  type Licenses,
  putChildrenProblem,
  putDescription,
  putDiscovery,
  readToDescribe,
  type ToDescribe,
} from '../mirror/child-organizations.ts'
import type { OrganizationFacts, OrganizationReader } from '../vendor/adapter.ts'
import { EssentialsError } from '../vendor/errors/essentials-error.ts'
import { NotFoundError, UnauthorizedError } from '../vendor/errors/rejection-errors.ts'
import type { CallOptions } from '../vendor/http/connection.ts'
import { forOrganization, type SyncDeps } from './deps.ts'

/** The partner's own list is at depth 1. */
const mostDepth = 4
const mostOrganizations = 10_000
/** Missing organizations that are read after one list. The others stay until later ones. */
const mostReads = 10

export async function describeOrganization(
  anyDeps: SyncDeps,
  organizationId: number,
  signal: AbortSignal,
): Promise<void> {
  const reader = anyDeps.clientOf(organizationId)?.organizations
  const organization = await readToDescribe(anyDeps.sql, organizationId)
  if (!reader || !organization) return
  const deps = forOrganization(anyDeps, organizationId)
  const call = { priority: 'background', signal } as const
  try {
    if (organization.mirrorsChildren) await discoverChildren(deps, reader, organizationId, organization, call)
    else {
      const { value } = await reader.read(undefined, call)
      await putDescription(deps.sql, organizationId, organization.lastPull, licensesOf(value))
    }
  } catch (error) {
    if (signal.aborted || !(error instanceof EssentialsError) || error.code === 'ALLOWANCE_FAILED') throw error
    const { lastPull, mirrorsChildren } = organization
    if (mirrorsChildren) {
      const problem = `The child organizations could not be read: ${error.message}`
      await putChildrenProblem(deps.sql, organizationId, lastPull, problem)
    } else await putDescription(deps.sql, organizationId, lastPull, undefined)
    deps.logger.warn({ err: error }, 'the vendor could not be asked about the organization')
  }
}

async function discoverChildren(
  { sql, logger }: SyncDeps,
  reader: OrganizationReader,
  partnerId: number,
  { domains, children, lastPull }: ToDescribe,
  call: CallOptions,
): Promise<void> {
  const { sentAt, own, found, doubts } = await listAll(reader, domains, call)
  const eids = new Set(found.map(({ eid }) => eid))
  const missing = children.filter(({ eid }) => !eids.has(eid))
  const isTrusted = doubts.length === 0 && found.length > 0
  if (found.length === 0 && children.length > 0)
    doubts.push(`The list of child organizations is empty, although ${children.length} are known`)
  const gone: number[] = []
  let kept = missing.length
  // Each time from another one on: those that turn out not to be closed would keep the others from being read.
  const from = missing.length > mostReads ? Math.floor(Math.random() * missing.length) : 0
  const asked = [...missing.slice(from), ...missing.slice(0, from)].slice(0, mostReads)
  for (const { id, domain, eid } of isTrusted ? asked : []) {
    if (!(await isGone(reader, domain, eid, call))) continue
    gone.push(id)
    kept -= 1
  }
  if (isTrusted && kept > 0)
    doubts.push(`The list of child organizations lacks ${kept} that are not known to be closed`)
  const problem = doubts.length === 0 ? null : [...new Set(doubts)].join('. ')
  const licenses = own && licensesOf(own)
  const stored = await putDiscovery(sql, partnerId, { pullId: lastPull, sentAt, licenses, found, gone, problem })
  if (stored && stored.added.length + stored.retired.length > 0)
    logger.info(stored, 'the child organizations have changed')
}

interface Listing {
  readonly sentAt: string
  /** Undefined: the list lacks the partner itself. */
  readonly own: OrganizationFacts | undefined
  readonly found: readonly FoundOrganization[]
  /** Why the list may lack an organization, as sentences without a full stop. */
  readonly doubts: string[]
}

/** Instead of a number: several organizations have the domain. */
const contested = Symbol('contested')

/** Lists the children of the partner, and those of children that may have some. */
async function listAll(reader: OrganizationReader, ownDomains: readonly string[], call: CallOptions): Promise<Listing> {
  const first = await reader.list(undefined, call)
  const own =
    first.value.find(({ domains }) => domains.some((domain) => ownDomains.includes(domain))) ??
    (await reader.read(undefined, call)).value
  const found = new Map<string, FoundOrganization>()
  // Users are asked for by the primary domain: one that another organization also has would show that one's users.
  const ownerOf = new Map<string, string | symbol | undefined>(own.domains.map((domain) => [domain, own.eid]))
  const doubts: string[] = []
  const open: { readonly domain: string; readonly depth: number }[] = []
  const take = (rows: readonly OrganizationFacts[], depth: number) => {
    for (const { eid, domains } of rows)
      for (const domain of domains) {
        const owner = ownerOf.get(domain) ?? eid
        ownerOf.set(domain, owner === eid ? owner : contested)
      }
    for (const { eid, domains, name, isPartner, ...licenses } of rows) {
      const [domain] = domains
      if (eid === undefined || domain === undefined)
        doubts.push('The list of child organizations has a row that cannot be used')
      else if (eid === own.eid || found.has(eid)) continue
      else if (ownerOf.get(domain) !== eid)
        doubts.push(`The domain ${domain} belongs to two organizations of the list, so neither is asked by it`)
      else if (found.size >= mostOrganizations)
        doubts.push(`There are more than ${mostOrganizations} child organizations`)
      else {
        found.set(eid, { eid, name, domains, licenses })
        if (isPartner && depth < mostDepth) open.push({ domain, depth: depth + 1 })
      }
    }
  }
  take(first.value, 1)
  for (let next = open.shift(); next; next = open.shift()) {
    try {
      take((await reader.list(next.domain, call)).value, next.depth)
    } catch (error) {
      if (!(error instanceof EssentialsError) || error.code === 'ALLOWANCE_FAILED') throw error
      doubts.push(`The children of ${next.domain} could not be read: ${error.message}`)
    }
  }
  // A later list may have contested the domain of an earlier row.
  for (const [eid, { domains }] of found)
    if (ownerOf.get(domains[0] ?? '') !== eid) {
      found.delete(eid)
      doubts.push(`The domain ${domains[0]} belongs to two organizations of the list, so neither is asked by it`)
    }
  return { sentAt: first.sentAt, own, found: [...found.values()], doubts }
}

/** Whether the vendor shows that its organization with this number is not below the partner any more. */
async function isGone(reader: OrganizationReader, domain: string, eid: string, call: CallOptions): Promise<boolean> {
  try {
    const { value } = await reader.read(domain, call)
    return value.eid !== undefined && value.eid !== eid
  } catch (error) {
    if (error instanceof NotFoundError) return true
    if (error instanceof UnauthorizedError) return error.status === 403
    if (!(error instanceof EssentialsError) || error.code === 'ALLOWANCE_FAILED') throw error
    return false
  }
}

function licensesOf({ licenseCount, licensedUsers, licensePackage }: OrganizationFacts): Licenses {
  return { licenseCount, licensedUsers, licensePackage }
}
