import type { Sql, Transaction } from '../db/database.ts'
import { lockOrganizations } from '../db/organizations-lock.ts'
import { array } from '../db/pg-array.ts'
import { type EntryIdentity, hasUsableEntry, identifyEntries } from './entry-identity.ts'
import { roleName } from './role-name.ts'

export interface OrganizationRow {
  readonly slug: string
  readonly name: string
  readonly allowanceKey: string
  readonly pullIntervalSeconds: number
  /** The names of the privileged roles. Undefined: every role but the ordinary ones. */
  readonly privilegedRoles?: readonly string[] | undefined
  /** Defaults to USER. */
  readonly ordinaryRoles?: readonly string[] | undefined
  /** The names of what its connection offers. Defaults to what the API v2 offers. */
  readonly capabilities?: readonly string[] | undefined
  /** Undefined: its connection cannot tell anything of organizations. */
  readonly vendor?: VendorPlace | undefined
}

/** Where an organization is at the vendor, and which organizations its entry stands for. */
export interface VendorPlace {
  /** The host of the API. */
  readonly host: string
  /** Any domain of the organization. */
  readonly domain: string
  /** Whether the organizations below it are mirrored too (child-organizations.ts). */
  readonly mirrorsChildren: boolean
}

const capabilitiesOfV2 = ['groups', 'timestamps', 'pagedList', 'passwordOnCreate', 'mailSettings']
/** The condition on an organization `o`. The running pull of any other one rests. */
export function isPulled(sql: Sql) {
  return sql`${isRunning(sql)} and ${hasUsableEntry(sql)}`
}

/** The condition on an organization `o`: the vendor may be asked about it. */
export function isRunning(sql: Sql) {
  return sql`o.retired_at is null and o.retiring_until is null and o.paused_at is null`
}

/**
 * For how long a process that has the key of a removed organization is trusted to continue its operations, from its last
 * sign of life on.
 */
export const retiringSeconds = 180

const slugInUse =
  'An entry of the configuration has this slug, but none of the known domains, and is not used: give the entry another slug'

/**
 * Synchronizes the mirror's organizations with the configuration. Organizations that are no longer configured are
 * hidden but kept; with AFTER_OPERATIONS, only once their operations have ended (`continueRetiring`). Returns the id of
 * each slug. A slug that belongs to a discovered organization has none: two organizations would share one history.
 */
export async function putOrganizations(
  sql: Sql,
  organizations: readonly OrganizationRow[],
  leave: 'NOW' | 'AFTER_OPERATIONS' = 'NOW',
): Promise<Map<string, number>> {
  return await sql.begin(async (tx) => {
    await lockOrganizations(tx)
    const identities = await identifyEntries(tx, organizations)
    const wanted = organizations.flatMap((one) => {
      const identity = identities.get(one.slug)
      return identity ? [{ ...one, ...identity }] : []
    })
    const rejected = organizations.flatMap(({ slug }) => (identities.get(slug) ? [] : [slug]))
    const rows = await putEntries(tx, wanted, leave)
    await tx`
      update organizations set entry_problem = case when slug = any(${array(rejected)}::text[]) then ${slugInUse}::text end
      where partner_id is not null and (entry_problem is not null or slug = any(${array(rejected)}::text[]))`
    await putChildSettings(
      tx,
      rows.map(({ id }) => id),
    )
    await putPrivilegedRoles(tx)
    return new Map(rows.map((row) => [row.slug, row.id]))
  })
}

async function putEntries(
  tx: Transaction,
  wanted: readonly (OrganizationRow & EntryIdentity)[],
  leave: 'NOW' | 'AFTER_OPERATIONS',
): Promise<{ id: number; slug: string }[]> {
  type Plain = 'slug' | 'name' | 'allowanceKey' | 'pullIntervalSeconds' | keyof Omit<EntryIdentity, 'domains'>
  const column = <K extends Plain>(key: K) => array(wanted.map((one) => one[key]))
  const ordinary = wanted.map(({ ordinaryRoles = ['USER'] }) => array(ordinaryRoles))
  const offered = wanted.map(({ capabilities = capabilitiesOfV2 }) => array(capabilities))
  const domains = wanted.map((one) => one.domains && array(one.domains))
  const partners = array(wanted.map(({ vendor }) => vendor?.mirrorsChildren ?? false))
  const privileged = wanted.map(({ privilegedRoles }) => privilegedRoles && array(privilegedRoles.map(roleName)))
  return await tx<{ id: number; slug: string }[]>`
    with wanted as (
      select * from unnest(${column('slug')}::text[], ${column('name')}::text[], ${column('allowanceKey')}::text[],
        ${column('pullIntervalSeconds')}::int[], ${array(privileged)}::text[], ${array(ordinary)}::text[], ${array(offered)}::text[],
        ${array(domains)}::text[], ${column('host')}::text[], ${partners}::boolean[], ${column('domain')}::text[],
        ${column('entryEid')}::text[], ${column('eid')}::text[], ${column('problem')}::text[], ${column('isReset')}::boolean[])
        as t(slug, name, allowance_key, pull_interval_seconds, privileged_roles, ordinary_roles, capabilities, domains, host,
          partner, domain, entry_eid, eid, problem, is_reset)
    ),
    removed as (
      select id, retiring_until, ${leave}::text = 'AFTER_OPERATIONS' and exists (
        select from operations op where op.organization_id = o.id and op.finished_at is null) as "hasWork"
      from organizations o where retired_at is null and slug not in (select slug from wanted)
        -- The children of a partner stay, unless they have entries of their own.
        and not coalesce(
          partner_id in (select p.id from organizations p join wanted w on w.slug = p.slug where w.partner)
          and not coalesce((vendor_host, vendor_eid) in (
            select host, eid from wanted where problem is null and host is not null and eid is not null), false)
          and not exists (
            select from wanted w where w.host = o.vendor_host and w.eid is null and w.domain = any(o.domains)), false)
    ),
    retired as (
      update organizations o set
        retiring_until = case when "hasWork" then clock_timestamp() + ${retiringSeconds} * interval '1 second' end,
        retired_at = case when not "hasWork" then clock_timestamp() end
      from removed r where r.id = o.id and ("hasWork" or (r.retiring_until > clock_timestamp()) is not true)
    )
    insert into organizations (id, slug, name, allowance_key, pull_interval_seconds, next_pull_at, privileged_roles,
      ordinary_roles, capabilities, vendor_host, domains, mirrors_children, entry_domain, entry_eid, entry_problem, described_as_of)
    select coalesce((select id from organizations o where o.slug = wanted.slug), nextval('node_ids')), slug, name, allowance_key,
      pull_interval_seconds, clock_timestamp(), privileged_roles::text[], ordinary_roles::text[], capabilities::text[],
      host, domains::text[], partner, domain, entry_eid, problem,
      coalesce((select o.described_as_of from organizations o where o.slug = wanted.slug and not is_reset), '-infinity')
    from wanted
    on conflict (slug) do update set name = excluded.name, allowance_key = excluded.allowance_key,
      retired_at = null, retiring_until = null,
      pull_interval_seconds = excluded.pull_interval_seconds, privileged_roles = excluded.privileged_roles,
      ordinary_roles = excluded.ordinary_roles, capabilities = excluded.capabilities,
      partner_id = null, mirrors_children = excluded.mirrors_children, described_pull = 0, children_problem = null,
      vendor_host = excluded.vendor_host,
      -- Another row may have been discovered there with the same number. The entry keeps it as entry_eid.
      vendor_eid = case when not exists (select from organizations other where other.vendor_host = excluded.vendor_host
        and other.vendor_eid = organizations.vendor_eid and other.id <> organizations.id) then organizations.vendor_eid end,
      domains = excluded.domains, entry_domain = excluded.entry_domain,
      entry_eid = excluded.entry_eid, entry_problem = excluded.entry_problem, described_as_of = excluded.described_as_of,
      next_pull_at = case
        when organizations.next_pull_at is null or organizations.pull_interval_seconds = excluded.pull_interval_seconds
        then organizations.next_pull_at
        else least(organizations.next_pull_at, clock_timestamp() + excluded.pull_interval_seconds * interval '1 second') end,
      pace_seconds = case when organizations.pull_interval_seconds = excluded.pull_interval_seconds then organizations.pace_seconds end
    returning id, slug`
}

/** Gives the children of these partners what the partner's entry says. */
export async function putChildSettings(tx: Transaction, partnerIds: readonly number[]): Promise<void> {
  await tx`
    update organizations c set allowance_key = p.allowance_key, privileged_roles = p.privileged_roles,
      ordinary_roles = p.ordinary_roles, capabilities = p.capabilities, pull_interval_seconds = p.pull_interval_seconds,
      pace_seconds = case when c.pull_interval_seconds = p.pull_interval_seconds then c.pace_seconds end,
      next_pull_at = case when c.pull_interval_seconds = p.pull_interval_seconds then c.next_pull_at
        else least(c.next_pull_at, clock_timestamp() + p.pull_interval_seconds * interval '1 second') end
    from organizations p
    where c.partner_id = p.id and c.retired_at is null and p.id = any(${array(partnerIds)}::bigint[])
      and (c.allowance_key, c.privileged_roles, c.ordinary_roles, c.capabilities, c.pull_interval_seconds)
        is distinct from (p.allowance_key, p.privileged_roles, p.ordinary_roles, p.capabilities, p.pull_interval_seconds)`
}

/**
 * Derives which roles are privileged. If that differs from before, cached counts are no longer valid, and all findings
 * are evaluated again.
 */
export async function putPrivilegedRoles(tx: Transaction): Promise<void> {
  await tx`
    with changed as (
      update roles r set privileged = not r.privileged from organizations o
      where o.id = r.organization_id and o.retired_at is null
        and r.privileged <> coalesce(r.name = any(o.privileged_roles), r.name <> all(o.ordinary_roles))
      returning o.id
    ),
    reset as (delete from finding_runs where organization_id in (select id from changed))
    update organizations set learnt_at = learnt_at + interval '1 microsecond' where id in (select id from changed)`
}

/**
 * Stores, for each of these organizations, what keeps the queue from working. Undefined: it works. Writes only
 * differences.
 */
export async function putQueueProblem(
  sql: Sql,
  isOurs: (organizationId: number) => boolean,
  problem: string | undefined,
): Promise<void> {
  const text = problem ?? null
  const rows = await sql<{ id: number }[]>`
    select id from organizations where retired_at is null and queue_problem is distinct from ${text}::text`
  const ids = rows.map(({ id }) => id).filter(isOurs)
  if (ids.length === 0) return
  await sql.begin(async (tx) => {
    await lockOrganizations(tx)
    await tx`update organizations set queue_problem = ${text}::text where id = any(${array(ids)}::bigint[])`
  })
}

/**
 * Retires organizations that were discovered. Those with operations are shown until these have ended, like organizations
 * whose entry is removed.
 */
export async function retireChildren(tx: Transaction, ids: readonly number[]): Promise<string[]> {
  if (ids.length === 0) return []
  const rows = await tx<{ slug: string }[]>`
    with c as (
      select id, exists (select from operations op where op.organization_id = o.id and op.finished_at is null) as "hasWork"
      from organizations o where id = any(${array(ids)}::bigint[]) and partner_id is not null and retired_at is null
    )
    update organizations o set
      retiring_until = case when "hasWork" then clock_timestamp() + ${retiringSeconds} * interval '1 second' end,
      retired_at = case when not "hasWork" then clock_timestamp() end
    from c where c.id = o.id returning o.slug`
  return rows.map(({ slug }) => slug).sort()
}
