/** Finds the ids of a page of resources, and their number. */
import type { Queryable } from '../../db/database.ts'
import type { Filter } from '../protocol/filter-parser.ts'
import { compileFilter, groupFilters, Parameters, userFilters } from '../protocol/filter-sql.ts'
import type { Page } from '../protocol/list-response.ts'

export interface FoundPage {
  readonly total: number
  readonly ids: readonly string[]
}

const visible = `r.organization_id = $1 and r.hidden_at is null and r.ended_at is null`

export async function listResources(
  sql: Queryable,
  organizationId: number,
  kind: 'User' | 'Group',
  filter: Filter | undefined,
  { startIndex, count }: Page,
): Promise<FoundPage> {
  const parameters = new Parameters()
  parameters.add(organizationId, 'bigint')
  const [offset, limit] = [parameters.add(startIndex - 1, 'bigint'), parameters.add(count, 'int')]
  const from = `scim_resources r where ${visible} and r.kind = '${kind}'`
  const text = filter
    ? `with hit as materialized (
        select r.id, r.created_at from ${joined[kind]} where ${visible} and r.kind = '${kind}'
          and ${compileFilter(filter, kind === 'User' ? userFilters : groupFilters, parameters)}
      )
      select (select count(*)::int from hit) as total,
        array(select id from hit order by created_at, id offset ${offset} limit ${limit}) as ids`
    : `select (select count(*)::int from ${from}) as total,
        array(select r.id from ${from} order by r.created_at, r.id offset ${offset} limit ${limit}) as ids`
  // Each filter is a text of its own, so only the text without one is worth preparing.
  const [row] = await sql.unsafe<FoundPage[]>(text, parameters.values, { prepare: filter === undefined })
  return row ?? { total: 0, ids: [] }
}

const joined = {
  User: 'scim_resources r left join users u on u.id = r.node_id',
  Group: 'scim_resources r join groups g on g.id = r.node_id',
}
