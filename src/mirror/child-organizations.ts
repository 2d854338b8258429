/**
 * The organizations below a partner, which its entry in the configuration stands for. Workers discover them, and every
 * process reads them from here: an organization that is known stays until the vendor says that it is gone.
 */
import type { Sql, Transaction } from '../db/database.ts'
import { lockOrganizations } from '../db/organizations-lock.ts'
import { array } from '../db/pg-array.ts'
import { type EntryFacts, findTwins, putIdentity } from './entry-identity.ts'
import { type FoundOrganization, type Licenses, type Placed, type PlacedRow, placeChildren } from './place-children.ts'
import { isRunning, putChildSettings, putPrivilegedRoles, retireChildren } from './sync-organizations.ts'

/**
 * Sent when the children of a partner have changed, or whether an entry can be used. The payload is the id of the
 * partner, or of the organization with the entry.
 */
export const organizationsChannel = 'organization_changes'

export interface ChildOrganization {
  readonly id: number
  readonly slug: string
  readonly name: string
  /** The domain by which the vendor is asked about it. */
  readonly domain: string
  readonly partnerId: number
}

export interface Discovery {
  readonly pullId: number | null
  /** When the list was requested. An earlier discovery than the last one is ignored. */
  readonly sentAt: string
  /** What was read of the partner itself. Undefined: nothing. */
  readonly own: EntryFacts | undefined
  readonly licenses: Licenses | undefined
  readonly found: readonly FoundOrganization[]
  /** The ids of those that are proved to be gone. */
  readonly gone: readonly number[]
  /** Numbers of organizations that have entries, by their ids. */
  readonly identified: ReadonlyMap<number, string>
  /** Why the list may lack an organization, as sentences without a full stop. */
  readonly problems: readonly string[]
}

/** The children of these partners that are mirrored. */
export async function readChildren(sql: Sql, partnerIds: readonly number[]): Promise<ChildOrganization[]> {
  if (partnerIds.length === 0) return []
  return await sql<ChildOrganization[]>`
    select id, slug, name, domains[1] as domain, partner_id as "partnerId" from organizations
    where partner_id = any(${array(partnerIds)}::bigint[]) and retired_at is null and retiring_until is null order by slug`
}

export interface ToDescribe {
  readonly slug: string
  readonly host: string
  readonly mirrorsChildren: boolean
  /** The domain of its entry. */
  readonly domain: string
  /** The number of the organization to which the domain belonged. */
  readonly eid: string | null
  /** Whether only its identity is to be read. */
  readonly isUnusable: boolean
  /** Null: it was never pulled. */
  readonly lastPull: number | null
  readonly children: readonly (ChildOrganization & { readonly eid: string })[]
  /** Organizations at the same vendor that have entries, and were not identified yet. */
  readonly unidentified: readonly { readonly id: number; readonly domain: string }[]
}

/** Entries that a discovery identifies itself. */
const mostUnidentified = 10

/** Undefined: there is nothing to ask the vendor now. */
export async function readToDescribe(sql: Sql, organizationId: number): Promise<ToDescribe | undefined> {
  const [own] = await sql<Omit<ToDescribe, 'children' | 'unidentified'>[]>`
    select slug, mirrors_children as "mirrorsChildren", vendor_host as host, entry_domain as domain, coalesce(entry_eid, vendor_eid) as eid,
      entry_problem is not null as "isUnusable", (select max(id) from pulls where organization_id = o.id) as "lastPull"
    from organizations o where id = ${organizationId} and ${isDescribed(sql)}`
  if (!own) return undefined
  if (!own.mirrorsChildren || own.isUnusable) return { ...own, children: [], unidentified: [] }
  const children = await sql<ToDescribe['children'][number][]>`
    select id, slug, name, domains[1] as domain, partner_id as "partnerId", vendor_eid as eid from organizations
    where partner_id = ${organizationId} and retired_at is null and retiring_until is null order by id`
  const unidentified = await sql<ToDescribe['unidentified'][number][]>`
    select o.id, o.entry_domain as domain from organizations o join organizations own on own.vendor_host = o.vendor_host
    where own.id = ${organizationId} and o.id <> own.id and o.entry_domain is not null and o.retired_at is null
      and o.entry_eid is null and o.vendor_eid is null
    order by o.id limit ${mostUnidentified}`
  return { ...own, children, unidentified }
}

/**
 * The condition on an organization `o` whose vendor is to be asked about it: each pull asks for the children, and once an
 * hour one asks for the organization itself. An entry that cannot be used is checked every few minutes.
 */
export function isDescribed(sql: Sql) {
  return sql`(${isRunning(sql)} and o.entry_domain is not null and o.partner_id is null and case
    when o.entry_problem is not null then o.described_as_of < clock_timestamp() - interval '5 minutes'
    else (o.mirrors_children or o.described_as_of < clock_timestamp() - interval '1 hour')
      and o.described_pull < (select max(p.id) from pulls p where p.organization_id = o.id) end)`
}

/**
 * Stores what the vendor says of an organization with an entry. Undefined: it could not be asked, and will be later.
 * Resolves to the problem of the entry, and to the children that it replaces.
 */
export async function putDescription(
  sql: Sql,
  organizationId: number,
  pullId: number | null,
  facts: (EntryFacts & { readonly licenses: Licenses }) | undefined,
): Promise<{ readonly problem: string | null; readonly retired: readonly string[] } | undefined> {
  return await sql.begin(async (tx) => {
    if (facts) await lockOrganizations(tx)
    await tx`
      update organizations set described_as_of = clock_timestamp(), described_pull = greatest(described_pull, ${pullId}::bigint)
      where id = ${organizationId}`
    const identity = facts && (await putIdentity(tx, organizationId, facts))
    if (!identity) return undefined
    const { problem, isChanged } = identity
    if (problem !== null) {
      if (isChanged) await notify(tx, organizationId)
      return { problem, retired: [] }
    }
    await putLicenses(tx, organizationId, facts.licenses)
    const duplicates = await tx<{ id: number }[]>`
      select c.id from organizations o join organizations c on c.vendor_host = o.vendor_host and c.vendor_eid = o.entry_eid
      where o.id = ${organizationId} and c.id <> o.id and c.partner_id is not null and c.retired_at is null
        and c.retiring_until is null`
    const retired = await retireChildren(
      tx,
      duplicates.map(({ id }) => id),
    )
    const twins = await findTwins(tx, organizationId)
    await tx`
      update organizations set children_problem = ${twins}
      where id = ${organizationId} and not mirrors_children and children_problem is distinct from ${twins}`
    if (isChanged || retired.length > 0) await notify(tx, organizationId)
    return { problem, retired }
  })
}

async function notify(tx: Transaction, organizationId: number): Promise<void> {
  await tx`select pg_notify(${organizationsChannel}, ${String(organizationId)})`
}

async function putLicenses(sql: Sql | Transaction, organizationId: number, licenses: Licenses): Promise<void> {
  const { licenseCount = null, licensedUsers = null, licensePackage = null } = licenses
  await sql`
    update organizations set license_count = ${licenseCount}, licensed_users = ${licensedUsers}, license_package = ${licensePackage}
    where id = ${organizationId}`
}

/** Says why the children of a partner could not be discovered. Nothing else changes. */
export async function putChildrenProblem(
  sql: Sql,
  partnerId: number,
  pullId: number | null,
  problem: string,
): Promise<void> {
  await sql`
    update organizations set children_problem = ${bounded([problem])}, described_pull = greatest(described_pull, ${pullId}::bigint)
    where id = ${partnerId}`
}

const longestProblem = 1_500

function bounded(problems: readonly string[]): string | null {
  const text = problems.join('. ')
  if (text.length <= longestProblem) return text === '' ? null : text
  return `${text.slice(0, longestProblem)}…`
}

/**
 * Adds, renames and retires the children of a partner. A child that has an entry of its own, or belongs to another
 * partner's entry, is left to it. Returns undefined if the partner is gone, or a later discovery is stored.
 */
export async function putDiscovery(
  sql: Sql,
  partnerId: number,
  { sentAt, pullId, own, licenses, found, gone, identified, problems }: Discovery,
): Promise<{ readonly added: readonly string[]; readonly retired: readonly string[] } | undefined> {
  return await sql.begin(async (tx) => {
    await lockOrganizations(tx)
    const [partner] = await tx<{ host: string }[]>`
      select vendor_host as host from organizations
      where id = ${partnerId} and retired_at is null and retiring_until is null and mirrors_children and entry_problem is null
        and described_as_of < ${sentAt}::timestamptz`
    if (!partner) return undefined
    const identity = own && (await putIdentity(tx, partnerId, own))
    if (identity?.problem != null) await notify(tx, partnerId)
    // The entry has changed since, or names another organization.
    if (own && identity?.problem !== null) return undefined
    const rows = await tx<PlacedRow[]>`
      select id, slug, vendor_host as host, vendor_eid as eid, entry_eid as "entryEid", partner_id as "partnerId",
        coalesce(domains, '{}') as domains, retired_at is null and retiring_until is null as "isActive"
      from organizations order by id`
    const placement = placeChildren(found, { id: partnerId, ...partner }, rows, identified)
    const { children } = placement
    const added = await putChildren(tx, partnerId, partner.host, children)
    const isOurs = new Set(rows.filter((row) => row.partnerId === partnerId).map(({ id }) => id))
    const retired = await retireChildren(tx, [...gone.filter((id) => isOurs.has(id)), ...placement.replaced])
    await putChildSettings(tx, [partnerId])
    if (added.length > 0) await putPrivilegedRoles(tx)
    const twins = await findTwins(tx, partnerId)
    const all = [...problems, ...placement.problems, ...(twins === null ? [] : [twins])]
    await tx`
      update organizations set described_as_of = ${sentAt}::timestamptz,
        described_pull = greatest(described_pull, ${pullId}::bigint), children_problem = ${bounded(all)}
      where id = ${partnerId}`
    if (licenses) await putLicenses(tx, partnerId, licenses)
    const isChanged = children.some((child) => child.isChanged) || retired.length > 0
    if (isChanged) await notify(tx, partnerId)
    return { added, retired }
  })
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
    return {
      slug,
      eid,
      name: name ?? domains[0],
      domains,
      licenseCount,
      licensedUsers,
      licensePackage,
    }
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
    -- A conflict locks the row even if nothing is to be updated, and would wait for the page that is being applied.
    where not exists (
      select from organizations o where o.slug = c.slug and o.retired_at is null and o.retiring_until is null
        and (o.name, o.partner_id, o.vendor_host, o.domains, o.license_count, o.licensed_users, o.license_package)
          is not distinct from (c.name, ${partnerId}::bigint, ${host}::text, c.domains, c."licenseCount", c."licensedUsers",
            c."licensePackage"))
    on conflict (slug) do update set name = excluded.name, partner_id = excluded.partner_id, vendor_host = excluded.vendor_host,
      domains = excluded.domains, license_count = excluded.license_count, licensed_users = excluded.licensed_users,
      license_package = excluded.license_package, mirrors_children = false, capabilities = excluded.capabilities,
      entry_domain = null, entry_eid = null, children_problem = null,
      entry_problem = case when o.partner_id is not null then o.entry_problem end,
      ordinary_roles = excluded.ordinary_roles, retired_at = null, retiring_until = null
    where (o.name, o.partner_id, o.vendor_host, o.domains, o.license_count, o.licensed_users, o.license_package)
        is distinct from (excluded.name, excluded.partner_id, excluded.vendor_host, excluded.domains, excluded.license_count,
          excluded.licensed_users, excluded.license_package)
      or o.retired_at is not null or o.retiring_until is not null
    returning slug, coalesce((select active from before where before.slug = o.slug), false) as "wasActive"`
  return put.flatMap(({ slug, wasActive }) => (wasActive ? [] : [slug])).sort()
}
