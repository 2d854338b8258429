/** An organization with objects of each type. Every value that identifies the organization contains its slug. */
import { encodeGlobalId } from '../../../src/graph/core/global-id.ts'
import { type Graph, observedAt } from './fixture.ts'

/** Returns the type names and global ids of the objects. */
export async function fill(
  { add, sql }: Pick<Graph, 'add' | 'sql'>,
  slug: string,
): Promise<[typeName: string, id: string][]> {
  const organization = await add.organization(slug, { profile_as_of: observedAt, feed_position: 1 })
  const user = await add.user(organization, `ann@${slug}.example`)
  const shared = await add.user(organization, 'shared@example.org')
  const former = await add.user(organization, 'former@example.org', { deleted_at: observedAt })
  const alias = await add.alias(organization, user, `info@${slug}.example`)
  await add.alias(organization, shared, 'both@example.org')
  const group = await add.group(organization, 'grp_001', `Everyone of ${slug}`)
  const role = await add.role(organization, 'ADMINISTRATOR')
  await add.member(organization, user, group)
  await add.grant(organization, user, role)
  const [pull] = await sql<{ id: number }[]>`
    insert into pulls (id, organization_id, state, trigger) values (nextval('node_ids') + 1000, ${organization}, 'QUARANTINED', 'START')
    returning id`
  await sql`
    insert into change_sets (organization_id, last_position, subject_id, kinds, object_ids, origin, not_after, reached_at, applied_at)
    values (${organization}, 1, ${user}, '{MEMBER_ADDED}', ${`{${group}}`}::bigint[], 'PULL', ${observedAt}, ${observedAt}, ${observedAt})`
  const [operation] = await sql<{ id: number }[]>`
    insert into operations (id, organization_id, kind, created_by) values (nextval('node_ids') + 2000, ${organization}, 'ONBOARDING', 'bo')
    returning id`
  const [finding] = await sql<{ id: number }[]>`
    insert into findings (organization_id, rule, key, severity, subject_ids, subject_types, evidence, first_seen_at, last_seen_at)
    values (
      ${organization}, 'EMPTY_GROUP', '', 1, ${`{${group}}`}::bigint[], '{Group}', ${JSON.stringify({ seenIn: slug })}::text::jsonb,
      ${observedAt}, ${observedAt}
    )
    returning id`
  const ids: [string, string | number][] = [
    ['Organization', organization],
    ['User', user],
    ['User', former],
    ['Alias', alias],
    ['Group', group],
    ['Role', role],
    ['Pull', Number(pull?.id)],
    ['Change', `${organization}-1`],
    ['Operation', Number(operation?.id)],
    ['Finding', Number(finding?.id)],
  ]
  return ids.map(([type, key]) => [type, encodeGlobalId(type, key)])
}
