/**
 * The mirror as it was. For each table with a past there is a view of the same name, in a schema of its own, with the same columns, that shows
 * what the table held at the moment in the setting `essentials.moment`: nothing later is known, what ended later has not ended. A connection
 * whose search path has that schema first (`Database.past`) answers every question for that moment, in the words in which it is asked of now.
 */
import { createHash } from 'node:crypto'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import type { Sql } from './database.ts'
import { pastSchema } from './database.ts'
import * as tables from './tables.ts'

/** As a subquery it is read once a statement, and not once a row. */
const moment = `(select current_setting('essentials.moment')::timestamptz)`

/** A time that is not known yet where it lies after the moment. */
const ended = (column: string) => `case when ${column} <= ${moment} then ${column} end::timestamptz(6)`

/** A view's rows, or a part of them. */
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

/**
 * A row is either as it is now, if it was so then, or as one version says: two parts, each of the columns themselves, so that what a question
 * looks for is looked up in the indexes of either. `is true` keeps the planner from reading all that is older than the moment in an index by
 * time: of a moment that it does not know it expects few.
 */
const versioned = (
  table: string,
  versions: string,
  key: string,
  columns: readonly string[],
  searchKey: string,
): readonly Source[] => [
  {
    from: `public.${table} t`,
    where: `t.valid_from <= ${moment} and (t.version_from <= ${moment}) is true`,
    columns: life,
  },
  {
    from: `public.${versions} v join public.${table} t on t.id = v.${key}`,
    where: `t.valid_from <= ${moment} and v.valid_from <= ${moment} and (v.valid_to > ${moment}) is true`,
    columns: {
      ...life,
      ...Object.fromEntries(columns.map((column) => [column, `v.${column}`])),
      version_from: 'v.valid_from',
      search_key: searchKey,
    },
  },
]

const standing = (table: string): readonly Source[] => [
  { from: `public.${table} t`, where: `t.valid_from <= ${moment}`, columns: { valid_to: ended('t.valid_to') } },
]

const pasts: readonly (readonly [PgTable, readonly Source[]])[] = [
  [
    tables.organizations,
    [
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
  ],
  [tables.users, versioned('users', 'user_versions', 'user_id', userVersion, 'v.search_key')],
  [
    tables.groups,
    versioned(
      'groups',
      'group_versions',
      'group_id',
      ['name', 'member_count'],
      `public.search_key(v.name || ' ' || t.group_id)`,
    ),
  ],
  [tables.roles, [{ from: 'public.roles t', where: `t.valid_from <= ${moment}` }]],
  [tables.aliases, standing('aliases')],
  [tables.memberships, standing('memberships')],
  [tables.roleGrants, standing('role_grants')],
  [tables.changeSets, [{ from: 'public.change_sets t', where: `t.applied_at <= ${moment}` }]],
]

const definition = pasts
  .map(([table, parts]) => {
    const { name, columns } = getTableConfig(table)
    const selects = parts.map(({ from, where, columns: own = {} }) => {
      const selected = columns.map((column) =>
        own[column.name] ? `${own[column.name]} as ${column.name}` : `t.${column.name}`,
      )
      return `select ${selected.join(', ')} from ${from} where ${where}`
    })
    return `create view ${pastSchema}.${name} as ${selects.join(' union all ')};`
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
