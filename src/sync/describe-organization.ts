/**
 * Asks the vendor about organizations, beside each pull: which organization an entry of the configuration names, and its
 * licenses; and the organizations below a partner (discover-children.ts).
 */
import { putChildrenProblem, putDescription, readToDescribe, type ToDescribe } from '../mirror/child-organizations.ts'
import type { OrganizationFacts, OrganizationReader } from '../vendor/adapter.ts'
import { EssentialsError } from '../vendor/errors/essentials-error.ts'
import type { CallOptions } from '../vendor/http/connection.ts'
import { organizationsOf, type SyncDeps } from './deps.ts'
import { discoverChildren, endsDiscovery, licensesOf } from './discover-children.ts'

export async function describeOrganization(
  anyDeps: SyncDeps,
  organizationId: number,
  signal: AbortSignal,
): Promise<void> {
  const reader = organizationsOf(anyDeps, organizationId)
  const organization = await readToDescribe(anyDeps.sql, organizationId)
  // This process may not have read the present entry yet.
  if (!reader || organization?.host !== reader.host) return
  const deps = { ...anyDeps, logger: anyDeps.logger.child({ organization: organization.slug }) }
  const call = { priority: 'background', signal } as const
  const { lastPull, mirrorsChildren, isUnusable } = organization
  const discovers = mirrorsChildren && !isUnusable
  try {
    const own = await readOwn(reader, organization, call)
    if (!discovers || isOther(organization, own)) await identify(deps, organizationId, organization, own)
    else await discoverChildren(deps, reader, organizationId, organization, own, call)
  } catch (error) {
    if (signal.aborted || !(error instanceof EssentialsError) || error.code === 'ALLOWANCE_FAILED') throw error
    if (discovers) {
      const problem = `The child organizations could not be read: ${error.message}`
      await putChildrenProblem(deps.sql, organizationId, lastPull, problem)
    } else await putDescription(deps.sql, organizationId, lastPull, undefined)
    deps.logger.warn({ err: error }, 'the vendor could not be asked about the organization')
  }
}

/** Undefined: a partner that is known could not be read alone. Its list may be readable. */
async function readOwn(
  reader: OrganizationReader,
  { domain, mirrorsChildren, isUnusable }: ToDescribe,
  call: CallOptions,
): Promise<OrganizationFacts | undefined> {
  try {
    return (await reader.read(domain, call)).value
  } catch (error) {
    if (!mirrorsChildren || isUnusable || endsDiscovery(error, call)) throw error
    return undefined
  }
}

function isOther({ eid }: ToDescribe, own: OrganizationFacts | undefined): boolean {
  return eid !== null && own?.eid !== undefined && own.eid !== eid
}

async function identify(
  { sql, logger }: SyncDeps,
  organizationId: number,
  { host, domain, lastPull }: ToDescribe,
  own: OrganizationFacts | undefined,
): Promise<void> {
  const facts = own && { host, domain, eid: own.eid, domains: own.domains, licenses: licensesOf(own) }
  const stored = await putDescription(sql, organizationId, lastPull, facts)
  if (stored?.problem != null) logger.error(stored.problem)
  if (stored && stored.retired.length > 0)
    logger.info({ retired: stored.retired }, 'discovered organizations have entries of their own')
}
