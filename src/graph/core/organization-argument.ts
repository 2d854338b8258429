import { asc, type Column, type SQL, sql } from 'drizzle-orm'
import { organizations } from '../../db/schema/tables.ts'
import { type Given, given, type Value } from '../../planner/given.ts'
import type { GraphContext } from '../context.ts'
import { type Asking, isVisible } from './tenant-visibility.ts'
import { checkedText, userInputError } from './user-input-error.ts'

/**
 * Resolves the organization that a query refers to, among those visible to the caller. The statement that answers the
 * query also looks up the slug, and checks that there is only one organization if none is given. All processes
 * therefore agree, even about an organization that was just added.
 */

/** The slug that a caller gave, or null for the only organization. */
export type OrganizationArgument = Value<string> | null | undefined

/**
 * Returns the condition that a row belongs to the requested organization. It selects nothing if there is no such
 * organization, or if the request is ambiguous.
 */
export function belongsTo(context: Asking, organizationId: Column, slug: OrganizationArgument): SQL {
  return sql`${organizationId} = ${resolveOrganization(context, slug)}`
}

/** Returns the organization's id, as a subquery of one value or null. */
export function resolveOrganization(context: Asking, slug: OrganizationArgument): SQL {
  const there = isVisible(context, organizations)
  const query =
    slug == null
      ? sql`select case when count(*) = 1 then min(${organizations.id}) end from ${organizations} where ${there}`
      : sql`select ${organizations.id} from ${organizations} where ${organizations.slug} = ${slugOf(slug)} and ${there}`
  const meant = context.shared?.(slug ?? null, query) ?? sql`(${query})`
  context.unless?.(sql`${meant} is null`, slug)
  return meant
}

function slugOf(slug: Value<string>): Given<string> {
  return given(slug).map((text) => checkedText('organization', text))
}

/**
 * Called if an object was not found. Throws bad input if the request is ambiguous because there are several
 * organizations.
 */
export async function checkOneIsMeant(context: GraphContext, slug: string | null | undefined): Promise<void> {
  if (slug == null) await visibleSlugsNow(context, slug)
}

/**
 * Called if a list is empty. Throws bad input if the request is ambiguous because there are several organizations, or
 * if none has the slug.
 */
export async function assertOrganizationKnown(context: GraphContext, slug: string | null | undefined): Promise<void> {
  const slugs = await visibleSlugsNow(context, slug)
  if (slug == null || slugs.includes(slug)) return
  const known = slugs.length > 0 ? `expected one of: ${slugs.join(', ')}` : 'none is mirrored yet'
  throw userInputError(`Unknown organization; ${known}`, { organizations: slugs })
}

async function visibleSlugsNow(context: GraphContext, slug: string | null | undefined): Promise<string[]> {
  const rows = await context
    .drizzle()
    .select({ slug: organizations.slug })
    .from(organizations)
    .where(isVisible(context, organizations))
    .orderBy(asc(organizations.slug))
  const slugs = rows.map((row) => row.slug)
  if (slug == null && slugs.length > 1) {
    throw userInputError(
      `\`organization\` is required when more than one organization is visible; expected one of: ` +
        `${slugs.join(', ')}`,
      {
        organizations: slugs,
      },
    )
  }
  return slugs
}

/**
 * Returns the id of the organization that a mutation refers to. Throws bad input if no organization has the slug, or if
 * there are several and no slug is given.
 */
export async function organizationIdOf(context: GraphContext, slug: string | null | undefined): Promise<number> {
  return (await mutableOrganization(context, slug)).id
}

/** The same. A write also fails with bad input if the organization was removed from the configuration. */
export async function writableOrganizationId(context: GraphContext, slug: string | null | undefined): Promise<number> {
  const { id, retiringUntil } = await mutableOrganization(context, slug)
  if (retiringUntil === null) return id
  throw userInputError(
    'The organization was removed from the configuration: its running operations end, and it accepts no more writes',
  )
}

/** The same. A pull also fails with bad input if an operator has paused the organization. */
export async function pullableOrganizationId(context: GraphContext, slug: string | null | undefined): Promise<number> {
  const { id, pausedAt } = await mutableOrganization(context, slug)
  if (pausedAt === null) return id
  throw userInputError(
    'The pulls of the organization are paused by an operator; resume them first with `npm run organizations -- resume`',
  )
}

async function mutableOrganization(context: GraphContext, slug: string | null | undefined) {
  const { id, retiringUntil, pausedAt } = organizations
  const [found] = await context
    .drizzle()
    .select({ id, retiringUntil, pausedAt })
    .from(organizations)
    .where(sql`${organizations.id} = ${resolveOrganization(context, slug)}`)
  if (found) return found
  await assertOrganizationKnown(context, slug)
  throw userInputError(
    'No organization is available: none is mirrored yet, or the token lists none of the mirrored ones',
  )
}
