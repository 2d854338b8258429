import { sql } from 'drizzle-orm'
import { organizations } from '../mirror/tables.ts'
import { badInput } from './bad-input.ts'
import type { GraphContext } from './context.ts'
import { checkListIsMeant, type OrganizationArgument, organizationMeant } from './organization-scope.ts'

/** The id of the organization that a mutation is about. Throws bad input where none has the slug, or several could be meant. */
export async function organizationIdOf(context: GraphContext, slug: OrganizationArgument): Promise<number> {
  const [found] = await context.drizzle
    .select({ id: organizations.id })
    .from(organizations)
    .where(sql`${organizations.id} = ${organizationMeant(context, slug)}`)
  if (found) return found.id
  await checkListIsMeant(context, slug)
  throw badInput('There is no organization: none is mirrored yet, or this token names none that is')
}
