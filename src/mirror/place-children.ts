/** Decides which rows the organizations below a partner have, and which of them are left to other entries. Pure. */
import { domainToASCII } from 'node:url'

export interface FoundOrganization {
  readonly eid: string
  readonly name: string | undefined
  /** The primary one first. At least one. */
  readonly domains: readonly string[]
  readonly licenses: Licenses
}

export interface Licenses {
  readonly licenseCount: number | undefined
  readonly licensedUsers: number | undefined
  readonly licensePackage: string | undefined
}

export interface PlacedRow {
  readonly id: number
  readonly slug: string
  readonly host: string | null
  /** The number by which it was discovered. */
  readonly eid: string | null
  /** The number that was read of the domain of its entry. */
  readonly entryEid: string | null
  readonly partnerId: number | null
  readonly domains: readonly string[]
  readonly isActive: boolean
}

export interface Placement {
  readonly children: readonly Placed[]
  /** The ids of children whose organizations have entries of their own. */
  readonly replaced: readonly number[]
  /** Why organizations are not mirrored as children, as sentences without a full stop. */
  readonly problems: readonly string[]
}

export interface Placed {
  readonly slug: string
  readonly organization: FoundOrganization
  /** Whether other processes have to know. */
  readonly isChanged: boolean
}

/**
 * Rows at other hosts are never compared: another vendor may have the same domains and numbers. `identified`: numbers of
 * organizations that have entries, by the ids of their rows.
 */
export function placeChildren(
  found: readonly FoundOrganization[],
  { id: partnerId, host }: { readonly id: number; readonly host: string },
  rows: readonly PlacedRow[],
  identified: ReadonlyMap<number, string>,
): Placement {
  const slugs = new Set(rows.map(({ slug }) => slug))
  const known = rowsByNumber(found, partnerId, host, rows)
  const others = othersAt(host, partnerId, rows, identified)
  const children: Placed[] = []
  const replaced: number[] = []
  const unnamed = new Examples()
  const ofPartners = new Examples()
  const contested = new Examples()
  for (const organization of found.toSorted((a, b) => compareNumbers(a.eid, b.eid))) {
    const { eid, domains } = organization
    const [domain = ''] = domains
    const row = known.get(eid)
    const other = others.byNumber.get(eid) ?? first(domains, others.unidentified)
    if (other) {
      if (other.partnerId !== null) ofPartners.add(domain)
      if (row && row.id !== other.id && row.partnerId === partnerId && row.isActive) replaced.push(row.id)
      continue
    }
    // It would be asked by a domain that shows the users of the other one.
    if (others.byDomain.has(domain)) {
      contested.add(domain)
      continue
    }
    const slug = row?.slug ?? freeSlug(organization, slugs)
    if (slug === undefined) {
      unnamed.add(eid)
      continue
    }
    slugs.add(slug)
    const isChanged = !row?.isActive || row.partnerId !== partnerId || row.domains[0] !== domain
    children.push({ slug, organization, isChanged })
  }
  const problems = [
    ofPartners.in((some) => `Child organizations that another partner's entry mirrors are left to it: ${some}`),
    contested.in(
      (some) => `Child organizations have domains of other organizations, and are not asked by them: ${some}`,
    ),
    unnamed.in((some) => `No slug is free for the child organizations ${some}: give them entries of their own`),
  ]
  return { children, replaced, problems: problems.filter((text) => text !== undefined) }
}

/** The row that an organization has, or had. */
function rowsByNumber(
  found: readonly FoundOrganization[],
  partnerId: number,
  host: string,
  rows: readonly PlacedRow[],
): Map<string, PlacedRow> {
  const domainsOf = new Map(found.map(({ eid, domains }) => [eid, domains]))
  const known = new Map<string, PlacedRow>()
  for (const row of rows) {
    if (row.partnerId !== partnerId || row.host === host || row.eid === null) continue
    // The host has another name than before. Then the number alone proves nothing.
    const domains = new Set(domainsOf.get(row.eid))
    if (row.domains.some((domain) => domains.has(domain))) known.set(row.eid, row)
  }
  for (const row of rows) if (row.host === host && row.eid !== null) known.set(row.eid, row)
  return known
}

/** Active organizations at the host that are not below the partner's entry. */
function othersAt(
  host: string,
  partnerId: number,
  rows: readonly PlacedRow[],
  identified: ReadonlyMap<number, string>,
) {
  const byNumber = new Map<string, PlacedRow>()
  const byDomain = new Map<string, PlacedRow>()
  const unidentified = new Map<string, PlacedRow>()
  for (const row of rows) {
    if (!row.isActive || row.host !== host || row.partnerId === partnerId || row.id === partnerId) continue
    const number = row.entryEid ?? row.eid ?? identified.get(row.id)
    // An entry goes before the child of another partner.
    if (number !== undefined && (row.partnerId === null || !byNumber.has(number))) byNumber.set(number, row)
    for (const domain of row.domains) (number === undefined ? unidentified : byDomain).set(domain, row)
  }
  return { byNumber, byDomain, unidentified }
}

function first<T>(keys: readonly string[], values: ReadonlyMap<string, T>): T | undefined {
  for (const key of keys) {
    const value = values.get(key)
    if (value !== undefined) return value
  }
  return undefined
}

/** By length first: numbers may have more digits than a double is exact for. */
function compareNumbers(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}

/** A bounded text, however many there are. */
export class Examples {
  #count = 0
  #some = new Set<string>()

  add(one: string): void {
    this.#count += 1
    if (this.#some.size < 3) this.#some.add(one.slice(0, 100))
  }

  /** Undefined: there are none. */
  in(sentence: (some: string, count: number) => string): string | undefined {
    if (this.#count === 0) return undefined
    const more = this.#count - this.#some.size
    return sentence([...this.#some].join(', ') + (more > 0 ? ` and ${more} more` : ''), this.#count)
  }
}

const longestSlug = 63
/** That of an organization without an entry file, and words that operators read as no organization. */
const reserved = new Set(['default', 'admin', 'all', 'organization'])

/** From the primary domain. A slug that is in use, or was once in use, gets the vendor's number. */
function freeSlug({ domains: [domain = ''], eid }: FoundOrganization, taken: ReadonlySet<string>): string | undefined {
  const plain = (domainToASCII(domain) || domain)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  const cut = (length: number) => plain.slice(0, length).replace(/-+$/, '')
  const candidates = [cut(longestSlug), `${cut(longestSlug - eid.length - 1) || 'organization'}-${eid}`]
  return candidates.find((slug) => slug !== '' && !taken.has(slug) && !reserved.has(slug))
}
