import type { Sql, Transaction } from '../db/database.ts'
import { lockOrganizations } from '../db/organizations-lock.ts'
import { array } from '../db/pg-array.ts'
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

/** Two organizations would share one history. */
export class SlugInUseError extends Error {
  override readonly name = 'SlugInUseError'

  constructor(slugs: readonly string[]) {
    super(
      `The slug ${slugs.join(', ')} belongs to an organization that a partner's entry has discovered, and the domain of the entry is not one of its domains. Give the entry another slug.`,
    )
  }
}

const capabilitiesOfV2 = ['groups', 'timestamps', 'pagedList', 'passwordOnCreate', 'mailSettings']
/** The condition on an organization `o`. The running pull of any other one rests. */
export function isPulled(sql: Sql) {
  return sql`o.retired_at is null and o.retiring_until is null and o.paused_at is null`
}

/**
 * For how long a process that has the key of a removed organization is trusted to continue its operations, from its last
 * sign of life on.
 */
export const retiringSeconds = 180

/**
 * Synchronizes the mirror's organizations with the configuration. Organizations that are no longer configured are
 * hidden but kept; with AFTER_OPERATIONS, only once their operations have ended (`continueRetiring`). Returns the id of
 * each slug.
 */
export async function putOrganizations(
  sql: Sql,
  organizations: readonly OrganizationRow[],
  leave: 'NOW' | 'AFTER_OPERATIONS' = 'NOW',
): Promise<Map<string, number>> {
  const column = <K extends 'slug' | 'name' | 'allowanceKey' | 'pullIntervalSeconds'>(key: K) =>
    array(organizations.map((one) => one[key]))
  const ordinary = organizations.map(({ ordinaryRoles = ['USER'] }) => array(ordinaryRoles))
  const offered = organizations.map(({ capabilities = capabilitiesOfV2 }) => array(capabilities))
  const places = organizations.map(({ vendor }) => vendor)
  const domains = array(places.map((place) => place?.domain.toLowerCase()))
  const hosts = array(places.map((place) => place?.host))
  const partners = array(places.map((place) => place?.mirrorsChildren ?? false))
  const privileged = organizations.map(({ privilegedRoles }) => privilegedRoles && array(privilegedRoles.map(roleName)))
  return await sql.begin(async (tx) => {
    await lockOrganizations(tx)
    const taken = await tx<{ slug: string }[]>`
      select slug from organizations join unnest(${column('slug')}::text[], ${domains}::text[]) as t(slug, domain) using (slug)
      where vendor_eid is not null and (t.domain = any(domains)) is not true order by slug`
    if (taken.length > 0) throw new SlugInUseError(taken.map(({ slug }) => slug))
    const rows = await tx<{ id: number; slug: string }[]>`
      with wanted as (
        select * from unnest(${column('slug')}::text[], ${column('name')}::text[], ${column('allowanceKey')}::text[],
          ${column('pullIntervalSeconds')}::int[], ${array(privileged)}::text[], ${array(ordinary)}::text[], ${array(offered)}::text[],
          ${domains}::text[], ${hosts}::text[], ${partners}::boolean[])
          as t(slug, name, allowance_key, pull_interval_seconds, privileged_roles, ordinary_roles, capabilities, domain, host, partner)
      ),
      removed as (
        select id, retiring_until, ${leave}::text = 'AFTER_OPERATIONS' and exists (
          select from operations op where op.organization_id = o.id and op.finished_at is null) as "hasWork"
        from organizations o where retired_at is null and slug not in (select slug from wanted)
          -- The children of a partner stay, unless they have entries of their own.
          and not coalesce(not domains && (select array_agg(domain) from wanted)
            and partner_id in (select p.id from organizations p join wanted w on w.slug = p.slug where w.partner), false)
      ),
      retired as (
        update organizations o set
          retiring_until = case when "hasWork" then clock_timestamp() + ${retiringSeconds} * interval '1 second' end,
          retired_at = case when not "hasWork" then clock_timestamp() end
        from removed r where r.id = o.id and ("hasWork" or (r.retiring_until > clock_timestamp()) is not true)
      )
      insert into organizations (id, slug, name, allowance_key, pull_interval_seconds, next_pull_at, privileged_roles,
        ordinary_roles, capabilities, vendor_host, domains, mirrors_children)
      select coalesce((select id from organizations o where o.slug = wanted.slug), nextval('node_ids')), slug, name, allowance_key,
        pull_interval_seconds, clock_timestamp(), privileged_roles::text[], ordinary_roles::text[], capabilities::text[],
        host, case when domain is not null then array[domain] end, partner
      from wanted
      on conflict (slug) do update set name = excluded.name, allowance_key = excluded.allowance_key,
        retired_at = null, retiring_until = null,
        pull_interval_seconds = excluded.pull_interval_seconds, privileged_roles = excluded.privileged_roles,
        ordinary_roles = excluded.ordinary_roles, capabilities = excluded.capabilities,
        partner_id = null, mirrors_children = excluded.mirrors_children, described_pull = 0, children_problem = null,
        vendor_host = case when organizations.vendor_eid is null then excluded.vendor_host else organizations.vendor_host end,
        domains = case when organizations.vendor_eid is null then excluded.domains else organizations.domains end,
        next_pull_at = case
          when organizations.next_pull_at is null or organizations.pull_interval_seconds = excluded.pull_interval_seconds
          then organizations.next_pull_at
          else least(organizations.next_pull_at, clock_timestamp() + excluded.pull_interval_seconds * interval '1 second') end,
        pace_seconds = case when organizations.pull_interval_seconds = excluded.pull_interval_seconds then organizations.pace_seconds end
      returning id, slug`
    await putChildSettings(
      tx,
      rows.map(({ id }) => id),
    )
    await putPrivilegedRoles(tx)
    return new Map(rows.map((row) => [row.slug, row.id]))
  })
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
