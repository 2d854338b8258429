/**
 * Which organization a question is about, of those that there are for the caller. The slug is looked up inside the statement that answers,
 * and so is whether there is only one to mean: any number of processes, and an organization that came a moment ago, see the same.
 */
import { asc, type Column, type SQL, sql } from 'drizzle-orm'
import { organizations } from '../mirror/tables.ts'
import { badInput, checkedText } from './bad-input.ts'
import type { GraphContext } from './context.ts'
import { type Asking, isVisible } from './visible.ts'

/** The slug that a caller gave, or null for "the only one". */
export type OrganizationArgument = string | null | undefined

/** Whether a row belongs to the organization meant. Nothing does where there is no such one, or more than one could be meant. */
export function belongsTo(context: Asking, organizationId: Column, slug: OrganizationArgument): SQL {
  return sql`${organizationId} = ${organizationMeant(context, slug)}`
}

/** Its id, as a subquery of one value, or of null. */
export function organizationMeant(context: Asking, slug: OrganizationArgument): SQL {
  const there = isVisible(context, organizations)
  return slug == null
    ? sql`(select case when count(*) = 1 then min(${organizations.id}) end from ${organizations} where ${there})`
    : sql`(select ${organizations.id} from ${organizations} where ${organizations.slug} = ${checkedText('organization', slug)} and ${there})`
}

/** To be asked where one thing was not found: throws bad input where that is because several organizations could be meant. */
export async function checkOneIsMeant(context: GraphContext, slug: OrganizationArgument): Promise<void> {
  if (slug == null) await visibleSlugsNow(context, slug)
}

/** To be asked where a list came out empty: throws bad input where several organizations could be meant, or none has that slug. */
export async function checkListIsMeant(context: GraphContext, slug: OrganizationArgument): Promise<void> {
  const slugs = await visibleSlugsNow(context, slug)
  if (slug == null || slugs.includes(slug)) return
  const known = slugs.length > 0 ? `expected one of: ${slugs.join(', ')}` : 'none is mirrored yet'
  throw badInput(`Unknown organization; ${known}`, { organizations: slugs })
}

async function visibleSlugsNow(context: GraphContext, slug: OrganizationArgument): Promise<string[]> {
  const rows = await context.drizzle
    .select({ slug: organizations.slug })
    .from(organizations)
    .where(isVisible(context, organizations))
    .orderBy(asc(organizations.slug))
  const slugs = rows.map((row) => row.slug)
  if (slug == null && slugs.length > 1) {
    throw badInput(`Several organizations are mirrored, and the question names none; name one of ${slugs.join(', ')}`, {
      organizations: slugs,
    })
  }
  return slugs
}
