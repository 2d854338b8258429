/**
 * The visibility of organizations. An organization that is no longer mirrored, or that the caller's token does not
 * list, is invisible, and so is everything in it. The statement itself excludes its rows, so no count, error or ID
 * reveals them. Every read that does not go through a visible parent must use one of these conditions.
 */
import { type Column, isNull, type SQL, sql } from 'drizzle-orm'
import { array } from '../../db/pg-array.ts'
import { organizations } from '../../db/schema/tables.ts'
import { type Given, given } from '../../planner/given.ts'
import type { Env } from '../../planner/read.ts'
import type { Viewer } from '../context.ts'

type Organizations = typeof organizations

/** The part of the context that identifies the caller. */
export interface Asking {
  readonly viewer: { readonly organizations: Viewer['organizations'] | Given<readonly string[]> }
  /** Of a plan: the statement has no answer if this holds. */
  readonly unless?: Env['unless']
  /** Of a plan: the statement reads the value once. */
  readonly shared?: Env['shared']
}

/** Returns the condition on an organization's row. */
export function isVisible(context: Asking, organization: Pick<Organizations, 'slug' | 'retiredAt'>): SQL {
  const { organizations } = context.viewer
  const mirrored = isNull(organization.retiredAt)
  if (organizations === 'all') return mirrored
  const slugs = given<Iterable<string>>(organizations).map((all) => array([...all]))
  return sql`${mirrored} and ${organization.slug} = any(${slugs}::text[])`
}

/** Returns the condition on the id of a row's organization. */
export function isOfVisible(context: Asking, organizationId: Column): SQL {
  return sql`${organizationId} = any(array(select ${organizations.id} from ${organizations} where ${isVisible(context, organizations)}))`
}

/** Returns the id of the visible organization with the slug, as a subquery. */
export function organizationOf(slug: SQL, context: Asking): SQL {
  return sql`(select ${organizations.id} from ${organizations} where ${organizations.slug} = ${slug} and ${isVisible(context, organizations)})`
}

/**
 * Returns the slugs of the visible organizations, for handwritten SQL. Null means all mirrored organizations; slugs
 * that are not mirrored may be included.
 */
export function visibleSlugs({ viewer }: { readonly viewer: Pick<Viewer, 'organizations'> }): string[] | null {
  return viewer.organizations === 'all' ? null : [...viewer.organizations]
}
