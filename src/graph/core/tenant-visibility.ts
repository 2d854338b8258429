/**
 * The visibility of organizations. An organization that is no longer mirrored, or that the caller's token does not
 * list, is invisible, and so is everything in it. The statement itself excludes its rows, so no count, error or ID
 * reveals them. Every read that does not go through a visible parent must use one of these conditions.
 */
import { isNull, type SQL, sql } from 'drizzle-orm'
import { array } from '../../db/pg-array.ts'
import type { organizations } from '../../db/schema/tables.ts'
import type { Viewer } from '../context.ts'

type Organizations = typeof organizations

/** The part of the context that identifies the caller. */
export interface Asking {
  readonly viewer: Pick<Viewer, 'organizations'>
}

/** Returns the condition on an organization's row. */
export function isVisible(context: Asking, organization: Pick<Organizations, 'slug' | 'retiredAt'>): SQL {
  const slugs = visibleSlugs(context)
  const mirrored = isNull(organization.retiredAt)
  return slugs ? sql`${mirrored} and ${organization.slug} = any(${array(slugs)}::text[])` : mirrored
}

/** Returns the condition on a row that has an organization, in Drizzle's relational form, to be spread into `where`. */
export function visibleTo(context: Asking) {
  return { organization: { RAW: (organization: Organizations) => isVisible(context, organization) } }
}

/**
 * Returns the slugs of the visible organizations, for handwritten SQL. Null means all mirrored organizations; slugs
 * that are not mirrored may be included.
 */
export function visibleSlugs({ viewer }: Asking): string[] | null {
  return viewer.organizations === 'all' ? null : [...viewer.organizations]
}
