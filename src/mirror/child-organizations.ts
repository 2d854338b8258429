/**
 * The organizations below a partner, which its entry in the configuration stands for. Workers discover them, and every
 * process reads them from here: an organization that is known stays until the vendor says that it is gone.
 */
import { domainToASCII } from 'node:url'
import type { Sql, Transaction } from '../db/database.ts'
import { lockOrganizations } from '../db/organizations-lock.ts'
import { array } from '../db/pg-array.ts'
import { putChildSettings, putPrivilegedRoles, retiringSeconds } from './sync-organizations.ts'

/** Sent when the children of a partner have changed. The payload is the id of the partner. */
export const organizationsChannel = 'organization_changes'

export interface ChildOrganization {
  readonly id: number
  readonly slug: string
  readonly name: string
  /** The domain by which the vendor is asked about it. */
  readonly domain: string
  readonly partnerId: number
}

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

export interface Discovery {
  readonly pullId: number
  /** When the first request was sent. An earlier discovery than the last one is ignored. */
  readonly sentAt: string
  /** Those of the partner itself. */
  readonly licenses: Licenses | undefined
  readonly found: readonly FoundOrganization[]
  /** The ids of those that are proved to be gone. */
  readonly gone: readonly number[]
  readonly problem: string | null
}

/** The children of these partners that are mirrored. */
export async function readChildren(sql: Sql, partnerIds: readonly number[]): Promise<ChildOrganization[]> {
  if (partnerIds.length === 0) return []
  return await sql<ChildOrganization[]>`
    select id, slug, name, domains[1] as domain, partner_id as "partnerId" from organizations
    where partner_id = any(${array(partnerIds)}::bigint[]) and retired_at is null and retiring_until is null order by slug`
}

export interface ToDescribe {
  readonly mirrorsChildren: boolean
  /** The domains that are known of the organization itself. */
  readonly domains: readonly string[]
  readonly lastPull: number
  readonly children: readonly (ChildOrganization & { readonly eid: string })[]
}

/** Undefined: there is nothing to ask the vendor now. */
export async function readToDescribe(sql: Sql, organizationId: number): Promise<ToDescribe | undefined> {
  const [own] = await sql<Omit<ToDescribe, 'children'>[]>`
    select mirrors_children as "mirrorsChildren", coalesce(domains, '{}') as domains,
      (select max(id) from pulls where organization_id = o.id) as "lastPull"
    from organizations o where id = ${organizationId} and ${needsDescription(sql)} and retired_at is null`
  if (!own) return undefined
  const children = await sql<ToDescribe['children'][number][]>`
    select id, slug, name, domains[1] as domain, partner_id as "partnerId", vendor_eid as eid from organizations
    where partner_id = ${organizationId} and retired_at is null and retiring_until is null order by id`
  return { ...own, children }
}

/** The condition on an organization `o`: each pull asks for the children, and once an hour one asks for the licenses. */
export function needsDescription(sql: Sql) {
  return sql`(o.vendor_host is not null and o.partner_id is null
    and (o.mirrors_children or o.described_as_of < clock_timestamp() - interval '1 hour')
    and o.described_pull < (select max(p.id) from pulls p where p.organization_id = o.id))`
}

/** Stores what the vendor says of an organization itself. Undefined: it could not be asked, and will be in an hour. */
export async function putDescription(
  sql: Sql,
  organizationId: number,
  pullId: number,
  licenses: Licenses | undefined,
): Promise<void> {
  await sql`
    update organizations set described_as_of = clock_timestamp(), described_pull = greatest(described_pull, ${pullId})
    where id = ${organizationId}`
  if (licenses) await putLicenses(sql, organizationId, licenses)
}

async function putLicenses(sql: Sql | Transaction, organizationId: number, licenses: Licenses): Promise<void> {
  const { licenseCount = null, licensedUsers = null, licensePackage = null } = licenses
  await sql`
    update organizations set license_count = ${licenseCount}, licensed_users = ${licensedUsers}, license_package = ${licensePackage}
    where id = ${organizationId}`
}

/** Says why the children of a partner could not be discovered. Nothing else changes. */
export async function putChildrenProblem(sql: Sql, partnerId: number, pullId: number, problem: string): Promise<void> {
  await sql`
    update organizations set children_problem = ${problem}, described_pull = greatest(described_pull, ${pullId})
    where id = ${partnerId}`
}

interface Row {
  readonly id: number
  readonly slug: string
  readonly host: string | null
  readonly eid: string | null
  readonly partnerId: number | null
  readonly domains: readonly string[]
  readonly isActive: boolean
}

/**
 * Adds, renames and retires the children of a partner. A child that has an entry of its own, or belongs to another
 * partner's entry, is left to it. Returns undefined if the partner is gone, or a later discovery is stored.
 */
export async function putDiscovery(
  sql: Sql,
  partnerId: number,
  discovery: Discovery,
): Promise<{ readonly added: readonly string[]; readonly retired: readonly string[] } | undefined> {
  const { sentAt, pullId, found, gone } = discovery
  return await sql.begin(async (tx) => {
    await lockOrganizations(tx)
    const [partner] = await tx<{ host: string }[]>`
      select vendor_host as host from organizations
      where id = ${partnerId} and retired_at is null and retiring_until is null and mirrors_children
        and described_as_of < ${sentAt}::timestamptz`
    if (!partner) return undefined
    const rows = await tx<Row[]>`
      select id, slug, vendor_host as host, vendor_eid as eid, partner_id as "partnerId", coalesce(domains, '{}') as domains,
        retired_at is null and retiring_until is null as "isActive" from organizations order by id`
    const { children, problem } = place(found, partnerId, partner.host, rows)
    const added = await putChildren(tx, partnerId, partner.host, children)
    const retired = await retire(tx, partnerId, gone)
    await putChildSettings(tx, [partnerId])
    if (added.length > 0) await putPrivilegedRoles(tx)
    await tx`
      update organizations set described_as_of = ${sentAt}::timestamptz, described_pull = greatest(described_pull, ${pullId}),
        children_problem = nullif(concat_ws('. ', ${discovery.problem}::text, ${problem}::text), '')
      where id = ${partnerId}`
    if (discovery.licenses) await putLicenses(tx, partnerId, discovery.licenses)
    const isChanged = children.some(({ isChanged }) => isChanged) || retired.length > 0
    if (isChanged) await tx`select pg_notify(${organizationsChannel}, ${String(partnerId)})`
    return { added, retired }
  })
}

interface Placed {
  readonly slug: string
  readonly organization: FoundOrganization
  /** Whether other processes have to know. */
  readonly isChanged: boolean
}

/** Decides which rows the children have. */
function place(
  found: readonly FoundOrganization[],
  partnerId: number,
  host: string,
  rows: readonly Row[],
): { readonly children: Placed[]; readonly problem: string | null } {
  const slugs = new Set(rows.map(({ slug }) => slug))
  const others = rows.filter((row) => row.isActive && row.partnerId !== partnerId)
  const listed = new Set(others.flatMap((row) => row.domains))
  const children: Placed[] = []
  const unnamed: string[] = []
  const known = new Map<string | null, Row>()
  // The host may have another name than before. Then the number alone proves nothing.
  const domainsOf = new Map(found.map(({ eid, domains }) => [eid, domains]))
  const hasDomainOf = ({ eid, domains }: Row) => domains.some((domain) => domainsOf.get(eid ?? '')?.includes(domain))
  for (const row of rows) if (row.partnerId === partnerId && hasDomainOf(row)) known.set(row.eid, row)
  for (const row of rows) if (row.host === host && row.eid !== null) known.set(row.eid, row)
  for (const organization of found.toSorted((a, b) => Number(a.eid) - Number(b.eid))) {
    const row = known.get(organization.eid)
    if (row ? others.includes(row) : false) continue
    if (organization.domains.some((domain) => listed.has(domain))) continue
    const slug = row?.slug ?? freeSlug(organization, slugs)
    if (slug === undefined) {
      unnamed.push(organization.eid)
      continue
    }
    slugs.add(slug)
    const isChanged = !row?.isActive || row.domains[0] !== organization.domains[0]
    children.push({ slug, organization, isChanged })
  }
  const problem =
    unnamed.length === 0
      ? null
      : `No slug is free for the child organizations ${unnamed.join(', ')}: give them entries of their own`
  return { children, problem }
}

const longestSlug = 63

/** From the primary domain. A slug that is in use, or was once in use, gets the vendor's number. */
function freeSlug({ domains: [domain = ''], eid }: FoundOrganization, taken: ReadonlySet<string>): string | undefined {
  const plain = (domainToASCII(domain) || domain)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  const cut = (length: number) => plain.slice(0, length).replace(/-+$/, '')
  const candidates = [cut(longestSlug), `${cut(longestSlug - eid.length - 1) || 'organization'}-${eid}`]
  return candidates.find((slug) => slug !== '' && !taken.has(slug))
}

/** Returns the slugs of those that were not mirrored. Writes only differences. */
async function putChildren(
  tx: Transaction,
  partnerId: number,
  host: string,
  children: readonly Placed[],
): Promise<string[]> {
  if (children.length === 0) return []
  const rows = children.map(({ slug, organization: { eid, name, domains, licenses } }) => {
    const { licenseCount = null, licensedUsers = null, licensePackage = null } = licenses
    return { slug, eid, name: name ?? domains[0], domains, licenseCount, licensedUsers, licensePackage }
  })
  const put = await tx<{ slug: string; wasActive: boolean }[]>`
    with c as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as c(slug text, eid text, name text, domains text[],
        "licenseCount" int, "licensedUsers" int, "licensePackage" text)
    ),
    before as (select slug, retired_at is null and retiring_until is null as active from organizations)
    insert into organizations as o (id, slug, name, partner_id, vendor_host, vendor_eid, domains, license_count, licensed_users,
      license_package, next_pull_at, capabilities, ordinary_roles)
    select coalesce((select id from organizations o where o.slug = c.slug), nextval('node_ids')), slug, name, ${partnerId},
      ${host}, eid, domains, "licenseCount", "licensedUsers", "licensePackage", clock_timestamp(), p.capabilities, p.ordinary_roles
    from c, (select capabilities, ordinary_roles from organizations where id = ${partnerId}) p
    on conflict (slug) do update set name = excluded.name, partner_id = excluded.partner_id, vendor_host = excluded.vendor_host,
      domains = excluded.domains, license_count = excluded.license_count, licensed_users = excluded.licensed_users,
      license_package = excluded.license_package, mirrors_children = false, capabilities = excluded.capabilities,
      ordinary_roles = excluded.ordinary_roles, retired_at = null, retiring_until = null
    where (o.name, o.partner_id, o.vendor_host, o.domains, o.license_count, o.licensed_users, o.license_package)
        is distinct from (excluded.name, excluded.partner_id, excluded.vendor_host, excluded.domains, excluded.license_count,
          excluded.licensed_users, excluded.license_package)
      or o.retired_at is not null or o.retiring_until is not null
    returning slug, coalesce((select active from before where before.slug = o.slug), false) as "wasActive"`
  return put.flatMap(({ slug, wasActive }) => (wasActive ? [] : [slug])).sort()
}

/** Children with operations are shown until these have ended, like organizations whose entry is removed. */
async function retire(tx: Transaction, partnerId: number, ids: readonly number[]): Promise<string[]> {
  if (ids.length === 0) return []
  const rows = await tx<{ slug: string }[]>`
    with c as (
      select id, exists (select from operations op where op.organization_id = o.id and op.finished_at is null) as "hasWork"
      from organizations o where id = any(${array(ids)}::bigint[]) and partner_id = ${partnerId} and retired_at is null
    )
    update organizations o set
      retiring_until = case when "hasWork" then clock_timestamp() + ${retiringSeconds} * interval '1 second' end,
      retired_at = case when not "hasWork" then clock_timestamp() end
    from c where c.id = o.id returning o.slug`
  return rows.map(({ slug }) => slug).sort()
}
