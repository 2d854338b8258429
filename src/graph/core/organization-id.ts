import { sql } from 'drizzle-orm'
import { organizations } from '../../db/schema/tables.ts'
import { badInput } from './user-input-error.ts'
import type { GraphContext } from '../context.ts'
import { checkListIsMeant, type OrganizationArgument, organizationMeant } from './organization-argument.ts'

/**
 * Returns the id of the organization that a mutation refers to. Throws bad input if no organization has the slug, or if
 * there are several and no slug is given.
 */
export async function organizationIdOf(context: GraphContext, slug: OrganizationArgument): Promise<number> {
  const [found] = await context.drizzle
    .select({ id: organizations.id })
    .from(organizations)
    .where(sql`${organizations.id} = ${organizationMeant(context, slug)}`)
  if (found) return found.id
  await checkListIsMeant(context, slug)
  throw badInput('No organization is available: none is mirrored yet, or the token lists none of the mirrored ones')
}
