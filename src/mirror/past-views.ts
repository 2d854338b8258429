/**
 * The mirror as it was. For each table with a past there is a view of the same name, in a schema of its own, with the same columns, that shows
 * what the table held at the moment in the setting `essentials.moment`: nothing later is known, what ended later has not ended. A connection
 * whose search path has that schema first (`Database.past`) answers every question for that moment, in the words in which it is asked of now.
 */
import { createHash } from 'node:crypto'
import { getTableName } from 'drizzle-orm'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import type { Sql } from './database.ts'
import { pastSchema } from './database.ts'
import * as tables from './tables.ts'

/** As a subquery it is read once a statement, and not once a row. */
const moment = `(select current_setting('essentials.moment')::timestamptz)`

/** A time that is not known yet where it lies after the moment. */
const ended = (column: string) => `case when ${column} <= ${moment} then ${column} end::timestamptz(6)`

interface Source {
  readonly from: string
  readonly where: string
  /** What stands in a column's place; every other is that of the alias `t`. */
  readonly columns?: Readonly<Record<string, string>>
}

const life = {
  deleted_at: ended('t.deleted_at'),
  gone_at: `case when t.deleted_at <= ${moment} then t.gone_at end::timestamptz(6)`,
}

const userVersion = [
  'primary_email',
  'first_name',
  'last_name',
  'type',
  'status',
  'mailbox_size',
  'spam_policy',
  'created_at',
  'updated_at',
  'profile_known',
  'profile_at',
  'roles_at',
  'aliases_at',
  'groups_at',
  'unresolved_groups',
]

/** When the last pull's first request was sent that was complete by the moment, of those that carried what these bits say. */
const asOf = (bits: number) =>
  `(select max(p.first_sent_at) from public.pulls p where p.organization_id = t.id and p.state = 'COMPLETE' and p.finished_at <= ${moment}
    and coalesce(p.carried, 0) & ${bits} = ${bits})::timestamptz(6)`

/** A row is either as it is now, if it was so then, or as one version says. A join, into which Postgres can carry what the question looks for. */
const versioned = (
  table: string,
  versions: string,
  key: string,
  columns: readonly string[],
  searchKey: string,
): Source => {
  const then = (now: string, before: string) => `case when t.version_from <= ${moment} then ${now} else ${before} end`
  return {
    from: `public.${table} t left join public.${versions} v
      on v.${key} = t.id and t.version_from > ${moment} and v.valid_from <= ${moment} and v.valid_to > ${moment}`,
    where: `t.valid_from <= ${moment}`,
    columns: {
      ...life,
      ...Object.fromEntries(columns.map((column) => [column, then(`t.${column}`, `v.${column}`)])),
      version_from: then('t.version_from', 'v.valid_from'),
      search_key: then('t.search_key', `public.search_key(${searchKey})`),
    },
  }
}

const standing = (table: string): Source => ({
  from: `public.${table} t`,
  where: `t.valid_from <= ${moment}`,
  columns: { valid_to: ended('t.valid_to') },
})

const pasts: readonly (readonly [PgTable, Source])[] = [
  [
    tables.organizations,
    {
      from: 'public.organizations t',
      where: 'true',
      columns: {
        feed_position: `coalesce((
            select c.last_position from public.change_sets c where c.organization_id = t.id and c.applied_at <= ${moment}
            order by c.applied_at desc, c.last_position desc limit 1), 0)`,
        profile_as_of: asOf(0),
        roles_as_of: asOf(1),
        aliases_as_of: asOf(2),
        groups_as_of: asOf(4),
      },
    },
  ],
  [
    tables.users,
    versioned(
      'users',
      'user_versions',
      'user_id',
      userVersion,
      `coalesce(v.first_name, '') || ' ' || coalesce(v.last_name, '') || ' ' || split_part(t.address_key, '@', 1)`,
    ),
  ],
  [
    tables.groups,
    versioned('groups', 'group_versions', 'group_id', ['name', 'member_count'], `v.name || ' ' || t.group_id`),
  ],
  [tables.roles, { from: 'public.roles t', where: `t.valid_from <= ${moment}` }],
  [tables.aliases, standing('aliases')],
  [tables.memberships, standing('memberships')],
  [tables.roleGrants, standing('role_grants')],
  [tables.changeSets, { from: 'public.change_sets t', where: `t.applied_at <= ${moment}` }],
]

const definition = pasts
  .map(([table, { from, where, columns: own = {} }]) => {
    const columns = getTableConfig(table).columns.map(({ name }) =>
      own[name] ? `${own[name]} as ${name}` : `t.${name}`,
    )
    return `create view ${pastSchema}.${getTableName(table)} as select ${columns.join(', ')} from ${from} where ${where};`
  })
  .join('\n')

/** Makes the views anew where they are not those of this version. The caller holds the lock of migrations. */
export async function putPastViews(sql: Pick<Sql, 'unsafe'>): Promise<void> {
  const version = createHash('sha256').update(definition).digest('hex')
  const [row] = await sql.unsafe<{ version: string | null }[]>(
    `select obj_description(oid, 'pg_namespace') as version from pg_namespace where nspname = '${pastSchema}'`,
  )
  if (row?.version === version) return
  await sql.unsafe(`
    begin;
    drop schema if exists ${pastSchema} cascade;
    create schema ${pastSchema};
    ${definition}
    comment on schema ${pastSchema} is '${version}';
    commit;`)
}
