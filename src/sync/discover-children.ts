/**
 * Discovers the organizations below a partner. A list that fails, lacks something or is empty retires no organization.
 * One that a complete list lacks is retired once a read of it agrees. Limits apply to the requests, to what is stored
 * and to the text of problems.
 */
import { putDiscovery, type ToDescribe } from '../mirror/child-organizations.ts'
import { Examples, type FoundOrganization, type Licenses } from '../mirror/place-children.ts'
import type { OrganizationFacts, OrganizationReader } from '../vendor/adapter.ts'
import { AskedToWaitError } from '../vendor/errors/allowance-errors.ts'
import { EssentialsError } from '../vendor/errors/essentials-error.ts'
import { NotFoundError, UnauthorizedError } from '../vendor/errors/rejection-errors.ts'
import type { CallOptions } from '../vendor/http/connection.ts'
import type { SyncDeps } from './deps.ts'

/** The partner's own list is at depth 1. */
const mostDepth = 4
const mostOrganizations = 10_000
/** Of one organization, and of all together. */
const mostDomains = 1_000
const mostDomainsOfAll = 100_000
/** Lists of partners below the partner. The others are listed by later discoveries. */
const mostLists = 200
const mostFailures = 5
/** Missing organizations that are read after one list. The others stay until later ones. */
const mostReads = 10

export async function discoverChildren(
  { sql, logger }: SyncDeps,
  reader: OrganizationReader,
  partnerId: number,
  { host, domain, eid, children, lastPull, unidentified }: ToDescribe,
  own: OrganizationFacts | undefined,
  call: CallOptions,
): Promise<void> {
  const listing = await listAll(reader, { domain, eid }, own, call)
  const { sentAt, found } = listing
  const doubts = [...listing.doubts]
  const eids = new Set(found.map((one) => one.eid))
  const missing = children.filter((one) => !eids.has(one.eid))
  const isTrusted = doubts.length === 0 && found.length > 0
  if (found.length === 0 && children.length > 0)
    doubts.push(`The list of child organizations is empty, although ${children.length} are known`)
  const gone = isTrusted ? await findGone(reader, missing, call) : []
  const kept = missing.length - gone.length
  if (isTrusted && kept > 0)
    doubts.push(`The list of child organizations lacks ${kept} that are not known to be closed`)
  const identified = listing.isEnded ? new Map() : await identifyEntries(reader, unidentified, found, call)
  const stored = await putDiscovery(sql, partnerId, {
    pullId: lastPull,
    sentAt,
    own: own && { host, domain, eid: own.eid, domains: own.domains },
    licenses: listing.own && licensesOf(listing.own),
    found,
    gone,
    identified,
    problems: [...doubts, ...listing.notices],
  })
  if (stored && stored.added.length + stored.retired.length > 0)
    logger.info(stored, 'the child organizations have changed')
}

interface Listing {
  readonly sentAt: string
  /** Undefined: the vendor does not show the partner itself. */
  readonly own: OrganizationFacts | undefined
  readonly found: readonly FoundOrganization[]
  /** Why the list may lack an organization, as sentences without a full stop. */
  readonly doubts: readonly string[]
  /** Which organizations are never listed, in the same form. */
  readonly notices: readonly string[]
  /** Whether no more requests are to be sent. */
  readonly isEnded: boolean
}

/** Lists the children of the partner, and those of children that may have some. */
async function listAll(
  reader: OrganizationReader,
  partner: { readonly domain: string; readonly eid: string | null },
  read: OrganizationFacts | undefined,
  call: CallOptions,
): Promise<Listing> {
  const first = await reader.list(partner.domain, call)
  const own = read?.eid === undefined ? (ownRow(first.value, partner) ?? read) : read
  const catalog = new Catalog(own?.eid ?? partner.eid, [...(own?.domains ?? []), partner.domain])
  const failed = new Examples()
  let failures = 0
  let lists = 0
  let isEnded = false
  catalog.take(first.value, 1)
  for (let next = catalog.nextPartner(); next && !isEnded; next = catalog.nextPartner()) {
    if (lists === mostLists || failures === mostFailures) {
      catalog.unlisted.add(next.domain)
      continue
    }
    try {
      lists += 1
      catalog.take((await reader.list(next.domain, call)).value, next.depth)
    } catch (error) {
      isEnded = endsDiscovery(error, call)
      failures += 1
      failed.add(`${next.domain} (${error instanceof Error ? error.message.slice(0, 300) : 'unknown'})`)
    }
  }
  const found = catalog.organizations()
  const doubts = [
    failed.in((some) => `The children of partners could not be read: ${some}`),
    isEnded ? 'The discovery stopped there' : undefined,
    ...catalog.doubts(),
  ].filter(isText)
  return { sentAt: first.sentAt, own, found, doubts, notices: catalog.notices().filter(isText), isEnded }
}

function isText(text: string | undefined): text is string {
  return text !== undefined
}

/** The row of the partner, which is known by its number, or else by its primary domain if no other row has that. */
function ownRow(
  rows: readonly OrganizationFacts[],
  { domain, eid }: { readonly domain: string; readonly eid: string | null },
): OrganizationFacts | undefined {
  const candidates = rows.filter((row) => (eid === null ? row.domains[0] === domain : row.eid === eid))
  return candidates.length === 1 ? candidates[0] : undefined
}

/** Instead of a number: several organizations have the domain, or a partner whose number is not known. */
const contested = Symbol('contested')
const partner = Symbol('partner')

/** What lists have shown. Bounded. */
class Catalog {
  readonly unlisted = new Examples()
  readonly #found = new Map<string, FoundOrganization>()
  /** Users are asked for by the primary domain: one that another organization also has would show that one's users. */
  readonly #ownerOf: Map<string, string | symbol>
  readonly #own: string | null
  readonly #ownDomains: ReadonlySet<string>
  readonly #partners: { readonly domain: string; readonly depth: number }[] = []
  #next = 0
  readonly #unusable = new Examples()
  readonly #twice = new Examples()
  readonly #surplus = new Examples()
  readonly #deep = new Examples()

  /** `own`: the number of the partner, if it is known. */
  constructor(own: string | null, ownDomains: readonly string[]) {
    this.#own = own
    this.#ownDomains = new Set(ownDomains)
    this.#ownerOf = new Map(ownDomains.map((domain) => [domain, own ?? partner]))
  }

  take(rows: readonly OrganizationFacts[], depth: number): void {
    for (const { eid, domains, name, isPartner, ...licenses } of rows) {
      const [domain] = domains
      if (eid === undefined || domain === undefined) {
        const isOwn = this.#own === null && domain !== undefined && this.#ownDomains.has(domain)
        if (!isOwn) this.#unusable.add(eid ?? domain ?? '')
        continue
      }
      const isKnown = eid === this.#own || this.#found.has(eid)
      const isFull = this.#found.size >= mostOrganizations || this.#ownerOf.size >= mostDomainsOfAll
      if (!isKnown && isFull) {
        this.#surplus.add(eid)
        continue
      }
      for (const one of domains.slice(0, mostDomains)) {
        const owner = this.#ownerOf.get(one)
        if (owner === undefined && isKnown && isFull) continue
        this.#ownerOf.set(one, owner === undefined || owner === eid ? eid : contested)
      }
      if (isKnown) {
        const [before = domain] = this.#found.get(eid)?.domains ?? []
        if (before !== domain) this.#twice.add(`${before} and ${domain}`)
        continue
      }
      this.#found.set(eid, { eid, name, domains: domains.slice(0, mostDomains), licenses })
      if (!isPartner) continue
      if (depth < mostDepth) this.#partners.push({ domain, depth: depth + 1 })
      else this.#deep.add(domain)
    }
  }

  /** Each time from another one on: with more than a discovery lists, the others would never be. */
  nextPartner(): { readonly domain: string; readonly depth: number } | undefined {
    if (this.#next === 0 && this.#partners.length > mostLists) rotate(this.#partners)
    const next = this.#partners[this.#next]
    this.#next += 1
    return next
  }

  /** Without those whose primary domain another one has. */
  organizations(): FoundOrganization[] {
    return [...this.#found.values()].filter(({ eid, domains: [domain = ''] }) => this.#ownerOf.get(domain) === eid)
  }

  doubts(): (string | undefined)[] {
    const shared = new Examples()
    for (const {
      eid,
      domains: [domain = ''],
    } of this.#found.values())
      if (this.#ownerOf.get(domain) !== eid) shared.add(domain)
    return [
      this.#unusable.in((_some, count) => `The list of child organizations has rows that cannot be used (${count})`),
      this.#twice.in((some) => `Organizations of the list have the same number, so only the first is known: ${some}`),
      shared.in((some) => `Domains belong to two organizations of the list, so neither is asked by them: ${some}`),
      this.#surplus.in(
        () => `There are more than ${mostOrganizations} child organizations, or ${mostDomainsOfAll} domains of them`,
      ),
      this.unlisted.in(
        (_some, count) => `The children of ${count} partners were not read: at most ${mostLists} are at once`,
      ),
    ]
  }

  notices(): (string | undefined)[] {
    return [
      this.#deep.in((some) => `Partners more than ${mostDepth - 1} levels below are not asked for children: ${some}`),
    ]
  }
}

function rotate<T>(values: T[]): void {
  values.push(...values.splice(0, Math.floor(Math.random() * values.length)))
}

/** The ids of those that a read shows to be closed, or not below the partner any more. */
async function findGone(
  reader: OrganizationReader,
  missing: ToDescribe['children'],
  call: CallOptions,
): Promise<number[]> {
  const asked = [...missing]
  // Those that turn out not to be closed would keep the others from being read.
  if (asked.length > mostReads) rotate(asked)
  const gone: number[] = []
  for (const { id, domain, eid } of asked.slice(0, mostReads)) {
    try {
      const { value } = await reader.read(domain, call)
      if (value.eid !== undefined && value.eid !== eid) gone.push(id)
    } catch (error) {
      if (error instanceof NotFoundError) gone.push(id)
      else if (error instanceof UnauthorizedError && error.status === 403) gone.push(id)
      else if (endsDiscovery(error, call)) break
    }
  }
  return gone
}

/**
 * Entries that no read has identified may be children: without their numbers, an organization would be mirrored twice if
 * its entry has a domain that the list does not show.
 */
async function identifyEntries(
  reader: OrganizationReader,
  unidentified: ToDescribe['unidentified'],
  found: readonly FoundOrganization[],
  call: CallOptions,
): Promise<Map<number, string>> {
  const listed = new Set(found.flatMap(({ domains }) => domains))
  const identified = new Map<number, string>()
  for (const { id, domain } of unidentified) {
    if (listed.has(domain)) continue
    try {
      const { eid } = (await reader.read(domain, call)).value
      if (eid !== undefined) identified.set(id, eid)
    } catch (error) {
      if (endsDiscovery(error, call)) break
    }
  }
  return identified
}

/** Whether no request that follows has a chance. Rejects with an error that is none of the vendor's. */
export function endsDiscovery(error: unknown, { signal }: CallOptions): boolean {
  if (signal?.aborted || !(error instanceof EssentialsError) || error.code === 'ALLOWANCE_FAILED') throw error
  if (error instanceof UnauthorizedError) return error.status === 401
  if (error instanceof AskedToWaitError) return true
  return ['ALLOWANCE_EXHAUSTED', 'RATE_LIMITED', 'UNREACHABLE'].includes(error.code)
}

export function licensesOf({ licenseCount, licensedUsers, licensePackage }: OrganizationFacts): Licenses {
  return { licenseCount, licensedUsers, licensePackage }
}
