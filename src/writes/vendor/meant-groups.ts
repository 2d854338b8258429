import type { Sql } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'

/** The number of unknown groups for which a message names the group that was probably meant. */
const mostHints = 20
/** The least trigram similarity of a name that was probably meant. */
const leastSimilarity = 0.5

/**
 * Returns which groups were probably meant by ids that no group has: a caller often gives the name of a group.
 * Undefined if no group is called similarly.
 */
export async function meantGroups(
  sql: Sql,
  organizationId: number,
  called: readonly string[],
): Promise<string | undefined> {
  const rows = await sql<{ groupId: string; name: string }[]>`
    select distinct on (c.place) g.group_id as "groupId", g.name
    from unnest(${array(called.slice(0, mostHints))}::text[]) with ordinality as c(called, place)
    join groups g on g.organization_id = ${organizationId} and g.deleted_at is null
    cross join lateral (select greatest(similarity(lower(g.name), lower(c.called)), similarity(lower(g.group_id), lower(c.called))) as similarity) s
    where s.similarity >= ${leastSimilarity}
    order by c.place, s.similarity desc, g.missed_pulls, g.group_id`
  if (rows.length === 0) return undefined
  return `did you mean ${rows.map(({ groupId, name }) => `${groupId} (the ID of "${name}")`).join(', ')}?`
}
