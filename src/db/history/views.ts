/**
 * The mirror at a past moment. Each table with history has a view of the same name and columns in a separate schema.
 * The view shows the content of the table at the moment in the setting `essentials.moment`: later rows are absent, and
 * rows that ended later have not ended. A connection with that schema first in its search path
 * (`Database.readSnapshot`) answers the same queries for that moment.
 */
import { createHash } from 'node:crypto'
import { getTableName } from 'drizzle-orm'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import { pastSchema } from '../database.ts'
import * as tables from '../schema/tables.ts'

/** A subquery is evaluated once per statement instead of once per row. */
const moment = `(select current_setting('essentials.moment')::timestamptz)`

/** Null if the time is after the moment. */
const ended = (column: string) => `case when ${column} <= ${moment} then ${column} end::timestamptz(6)`

interface Source {
  readonly from: string
  readonly where: string
  /** Expressions that replace columns. All other columns come from the alias `t`. */
  readonly columns?: Readonly<Record<string, string>>
}

/**
 * When the last pull that was complete at the moment, and carried these field groups, sent its first request. Pruned
 * pulls completed before any moment that can still be queried.
 */
const asOf = (bits: number, pruned: string) =>
  `greatest(t.${pruned}, (
    select max(p.first_sent_at) from public.pulls p where p.organization_id = t.id and p.state = 'COMPLETE' and p.finished_at <= ${moment}
      and coalesce(p.carried, 0) & ${bits} = ${bits}))::timestamptz(6)`

/**
 * Selects a row from its table if it was current at the moment, and otherwise from its versions. The two tables are
 * combined first and filtered by time afterwards, so that the planner treats them as one table and uses the indexes of
 * both for the conditions of the query. Versions exist only of rows that lived on. `is true` keeps the planner from
 * scanning an index by time: it underestimates the rows for a moment that it does not know.
 */
function versioned(table: PgTable, versions: PgTable, key: string, own: Readonly<Record<string, string>> = {}): Source {
  const [name, before] = [getTableName(table), getTableName(versions)]
  const kept = new Set(namesOf(versions).filter((column) => column !== key && !column.startsWith('valid_')))
  const ofVersion: Readonly<Record<string, string>> = {
    id: `v.${key}`,
    valid_from: `(select t.valid_from from public.${name} t where t.id = v.${key})`,
    version_from: 'v.valid_from',
    ...own,
  }
  const now = namesOf(table).map((column) => `t.${column}`)
  // Columns that versions do not store are of no concern to readers.
  const then = getTableConfig(table).columns.map(
    (column) => ofVersion[column.name] ?? (kept.has(column.name) ? `v.${column.name}` : `null::${typeOf(column)}`),
  )
  return {
    from: `(
      select ${now.join(', ')}, 'infinity'::timestamptz as version_to from public.${name} t
      union all select ${then.join(', ')}, v.valid_to from public.${before} v
    ) t`,
    where: `(t.version_from <= ${moment}) is true and (t.version_to > ${moment}) is true`,
    columns: {
      deleted_at: ended('t.deleted_at'),
      gone_at: `case when t.deleted_at <= ${moment} then t.gone_at end::timestamptz(6)`,
    },
  }
}

const standing = (table: string, columns: Source['columns'] = {}): Source => ({
  from: `public.${table} t`,
  where: `t.valid_from <= ${moment}`,
  columns: { valid_to: ended('t.valid_to'), ...columns },
})

/** The first spelling that ended after the moment. */
const spelling = `coalesce((
  select s.address from public.alias_spellings s where s.alias_id = t.id and s.valid_to > ${moment} order by s.valid_to limit 1), t.address)`

const pasts: readonly (readonly [PgTable, Source])[] = [
  [
    tables.organizations,
    {
      from: 'public.organizations t',
      where: 'true',
      columns: {
        feed_position: `coalesce((
            select c.last_position from public.change_sets c where c.organization_id = t.id and c.applied_at <= ${moment}
            order by c.applied_at desc, c.last_position desc limit 1), t.feed_pruned_to)`,
        profile_as_of: asOf(0, 'pruned_profile_as_of'),
        roles_as_of: asOf(1, 'pruned_roles_as_of'),
        aliases_as_of: asOf(2, 'pruned_aliases_as_of'),
        groups_as_of: asOf(4, 'pruned_groups_as_of'),
      },
    },
  ],
  [tables.users, versioned(tables.users, tables.userVersions, 'user_id')],
  // Only the last confirmation is stored, so the past has none.
  [tables.userConfirmations, { from: 'public.user_confirmations t', where: 'false' }],
  [
    tables.groups,
    versioned(tables.groups, tables.groupVersions, 'group_id', {
      group_id: '(select t.group_id from public.groups t where t.id = v.group_id)',
      search_key: `public.search_key(v.name || ' ' || (select t.group_id from public.groups t where t.id = v.group_id))`,
    }),
  ],
  [tables.roles, { from: 'public.roles t', where: `t.valid_from <= ${moment}` }],
  [tables.aliases, standing('aliases', { address: spelling })],
  [tables.memberships, standing('memberships')],
  [tables.roleGrants, standing('role_grants')],
  [tables.changeSets, { from: 'public.change_sets t', where: `t.applied_at <= ${moment}` }],
]

const definition = pasts
  .map(([table, { from, where, columns: own = {} }]) => {
    const columns = namesOf(table).map((name) => (own[name] ? `${own[name]} as ${name}` : `t.${name}`))
    return `create view ${pastSchema}.${getTableName(table)} as select ${columns.join(', ')} from ${from} where ${where};`
  })
  .join('\n')

type TableColumn = ReturnType<typeof getTableConfig>['columns'][number]

/** The SQL type name does not say whether the column is an array. */
function typeOf(column: TableColumn): string {
  const name = column.getSQLType()
  return name.endsWith(']') ? name : `${name}${'[]'.repeat(column.dimensions ?? 0)}`
}

function namesOf(table: PgTable): string[] {
  return getTableConfig(table).columns.map(({ name }) => name)
}

/** Runs SQL in the migration transaction. */
type RunStatement = (text: string) => Promise<readonly Record<string, unknown>[]>

/** Recreates the views if they are not those of this version. The caller must hold the migration lock. */
export async function putPastViews(run: RunStatement): Promise<void> {
  const version = createHash('sha256').update(definition).digest('hex')
  const [row] = await run(
    `select obj_description(oid, 'pg_namespace') as version from pg_namespace where nspname = '${pastSchema}'`,
  )
  if (row?.version === version) return
  await run(`
    drop schema if exists ${pastSchema} cascade;
    create schema ${pastSchema};
    ${definition}
    comment on schema ${pastSchema} is '${version}';`)
}

/** Drops the views, which would prevent a migration from dropping or altering the columns that they read. */
export async function dropPastViews(run: RunStatement): Promise<void> {
  await run(`drop schema if exists ${pastSchema} cascade`)
}
