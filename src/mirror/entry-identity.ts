/**
 * Which organization of the vendor an entry of the configuration names. An entry has a domain, and domains change their
 * owners, so the vendor's number of the organization decides. A worker reads it; until it has, a known domain is trusted.
 *
 * | The entry | Its row |
 * |---|---|
 * | has a slug that is new, or that has no users yet | names the organization that has the domain |
 * | has a domain that the row is known to have | continues |
 * | has another domain, or another host | is neither pulled nor written until a read shows the same organization |
 * | has the slug of a child, but none of its domains | stays the child's; the entry is rejected |
 */
import type { Sql, Transaction } from '../db/database.ts'
import { array } from '../db/pg-array.ts'

interface NamedOrganization {
  readonly slug: string
  readonly vendor?: { readonly host: string; readonly domain: string } | undefined
}

/** What the row of an entry has from now on. */
export interface EntryIdentity {
  readonly host: string | null
  readonly domain: string | null
  readonly domains: readonly string[] | null
  /** The number that was read of the organization to which the domain belonged. */
  readonly entryEid: string | null
  /** By which children are recognized as the same organization. */
  readonly eid: string | null
  readonly problem: string | null
  /** Whether the vendor is to be asked at once. */
  readonly isReset: boolean
}

const unchecked =
  'The domain or the host of its configuration entry has changed, and the vendor has not shown yet that it is still the same organization'

/** The condition on an organization `o`: its entry can be used, or it has none. */
export function hasUsableEntry(sql: Sql) {
  return sql`(o.partner_id is not null or o.entry_problem is null)`
}

interface Known {
  readonly slug: string
  readonly host: string | null
  readonly domains: readonly string[]
  readonly entryDomain: string | null
  readonly entryEid: string | null
  readonly vendorEid: string | null
  readonly problem: string | null
}

interface Row extends Known {
  readonly isChild: boolean
  readonly hasUsers: boolean
}

/** By slug. Undefined: the entry is rejected. The caller holds the lock of the organizations. */
export async function identifyEntries(
  tx: Transaction,
  entries: readonly NamedOrganization[],
): Promise<Map<string, EntryIdentity | undefined>> {
  const rows = await tx<Row[]>`
    select slug, vendor_host as host, coalesce(domains, '{}') as domains, entry_domain as "entryDomain", entry_eid as "entryEid",
      vendor_eid as "vendorEid", entry_problem as problem, partner_id is not null as "isChild",
      exists (select from users u where u.organization_id = o.id) as "hasUsers"
    from organizations o where slug = any(${array(entries.map(({ slug }) => slug))}::text[])`
  const known = new Map(rows.map((row) => [row.slug, row]))
  return new Map(entries.map((entry) => [entry.slug, identityOf(entry, known.get(entry.slug))]))
}

function identityOf({ vendor }: NamedOrganization, row: Row | undefined): EntryIdentity | undefined {
  const host = vendor?.host ?? null
  const domain = vendor?.domain.toLowerCase() ?? null
  const fresh = { host, domain, domains: domain === null ? null : [domain], entryEid: null, eid: null, problem: null }
  if (!row) return { ...fresh, isReset: false }
  const { domains, entryEid, vendorEid } = row
  const eid = entryEid ?? vendorEid
  const kept = { host, domain, domains, entryEid: eid, eid, problem: null, isReset: false }
  const isSamePlace = domain !== null && domains.includes(domain) && row.host === host
  if (row.isChild) return isSamePlace ? kept : undefined
  if (domain === null) return vendorEid === null ? { ...fresh, isReset: false } : { ...kept, host: row.host }
  const isSameEntry = row.entryDomain === domain && row.host === host
  if (isSamePlace) return { ...kept, problem: isSameEntry ? row.problem : null }
  if (domains.length === 0 || (!row.hasUsers && vendorEid === null)) return { ...fresh, isReset: true }
  return { ...kept, problem: (isSameEntry ? row.problem : null) ?? unchecked, isReset: !isSameEntry }
}

/** What the vendor says of the organization that has the domain of an entry. */
export interface EntryFacts {
  readonly host: string
  readonly domain: string
  readonly eid: string | undefined
  readonly domains: readonly string[]
}

/** More are not stored. */
const mostDomains = 1_000

/**
 * Stores which organization an entry names. If it is another one than before, the entry is not used any more: its users
 * would replace those of the mirror. Undefined: the entry has changed since. The caller holds the lock of the
 * organizations.
 */
export async function putIdentity(
  tx: Transaction,
  organizationId: number,
  { host, domain, eid, domains }: EntryFacts,
): Promise<{ readonly problem: string | null; readonly isChanged: boolean } | undefined> {
  const [row] = await tx<Known[]>`
    select slug, vendor_host as host, coalesce(domains, '{}') as domains, entry_domain as "entryDomain", entry_eid as "entryEid",
      vendor_eid as "vendorEid", entry_problem as problem
    from organizations
    where id = ${organizationId} and partner_id is null and retired_at is null and entry_domain = ${domain}
      and vendor_host = ${host}`
  if (!row) return undefined
  const problem = problemOf(row, { host, domain, eid, domains })
  const isChanged = problem !== row.problem || (problem === null && eid !== undefined && eid !== row.entryEid)
  if (problem === null) {
    const stored = [...new Set([...domains.slice(0, mostDomains), domain])]
    await tx`
      update organizations set entry_eid = coalesce(${eid ?? null}::text, entry_eid), entry_problem = null,
        domains = ${array(stored)}::text[]
      where id = ${organizationId}`
  } else if (isChanged) await tx`update organizations set entry_problem = ${problem} where id = ${organizationId}`
  return { problem, isChanged }
}

function problemOf(row: Known, { domain, eid, domains }: EntryFacts): string | null {
  const before = row.entryEid ?? row.vendorEid
  const advice = 'so its configuration entry is not used: correct the domain, or give the entry another slug'
  if (before !== null && eid !== undefined)
    return before === eid
      ? null
      : `The domain ${domain} belongs to another organization of the vendor (number ${eid}) than the one that is mirrored (number ${before}), ${advice}`
  if (row.problem === null || domains.some((one) => row.domains.includes(one))) return null
  return `The vendor does not show that the domain ${domain} belongs to the organization that is mirrored, ${advice}`
}

/** Those of these organizations whose entries cannot be used. */
export async function readUnusable(sql: Sql, organizationIds: readonly number[]): Promise<Set<number>> {
  const rows = await sql<{ id: number }[]>`
    select id from organizations o where id = any(${array(organizationIds)}::bigint[]) and not ${hasUsableEntry(sql)}`
  return new Set(rows.map(({ id }) => id))
}

/** Active entries by other slugs that name the same organization, as a sentence without a full stop. */
export async function findTwins(tx: Transaction, organizationId: number): Promise<string | null> {
  const rows = await tx<{ slug: string }[]>`
    select t.slug from organizations o join organizations t on t.vendor_host = o.vendor_host and t.id <> o.id
      and coalesce(t.entry_eid, t.vendor_eid) = coalesce(o.entry_eid, o.vendor_eid)
    where o.id = ${organizationId} and t.partner_id is null and t.retired_at is null and t.retiring_until is null
    order by t.slug limit 3`
  if (rows.length === 0) return null
  return `The configuration names the same organization also as ${rows.map(({ slug }) => slug).join(', ')}: remove all entries but one`
}

/**
 * The row that stands for an organization of the vendor, whichever of its rows is used: one that was discovered and one
 * with an entry of its own may exist side by side while operations end.
 */
export async function oldestRowOf(sql: Sql, organizationId: number): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    select min(t.id) as id from organizations o join organizations t on t.id = o.id or t.vendor_host = o.vendor_host
      and coalesce(t.entry_eid, t.vendor_eid) = coalesce(o.entry_eid, o.vendor_eid)
    where o.id = ${organizationId}`
  return row?.id ?? organizationId
}
