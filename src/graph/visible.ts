/**
 * What there is for a caller. An organization that is mirrored no longer, or that the caller's token does not name, is simply not there,
 * and neither is anything of it: it is left out by the statement that would have found it, so that no count, no error and no id tells of it.
 * Whatever finds rows other than through a parent that was found so asks one of these.
 */
import { isNull, type SQL, sql } from 'drizzle-orm'
import { array } from '../mirror/array.ts'
import type { organizations } from '../mirror/tables.ts'
import type { Viewer } from './context.ts'

type Organizations = typeof organizations

/** As much of the context as says who asks. */
export interface Asking {
  readonly viewer: Pick<Viewer, 'organizations'>
}

/** Of an organization's row. */
export function isVisible(context: Asking, organization: Pick<Organizations, 'slug' | 'retiredAt'>): SQL {
  const slugs = visibleSlugs(context)
  const mirrored = isNull(organization.retiredAt)
  return slugs ? sql`${mirrored} and ${organization.slug} = any(${array(slugs)}::text[])` : mirrored
}

/** Of the row of whatever has an organization, in Drizzle's relational form: to be spread into `where`. */
export function visibleTo(context: Asking) {
  return { organization: { RAW: (organization: Organizations) => isVisible(context, organization) } }
}

/** For SQL of one's own: the slugs that may be seen, as far as they are mirrored; null: all that are. */
export function visibleSlugs({ viewer }: Asking): string[] | null {
  return viewer.organizations === 'all' ? null : [...viewer.organizations]
}
