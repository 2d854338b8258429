/** The schema of a database according to its catalogs, so that two databases can be compared. */
import type { Sql } from '../../src/db/database.ts'

/** BullMQ's own migrations are responsible for the queue's tables. */
const schemas = ['public', 'past', 'drizzle']

/**
 * The whole schema as sorted lines, except for the order of columns: a column that is added later cannot have the
 * position that it has in a new table.
 */
export async function describeSchema(sql: Sql): Promise<string[]> {
  const rows = await sql.unsafe<{ line: string }[]>(
    `
    with space as (select oid, nspname from pg_namespace where nspname = any ($1)),
      own_class as (
        select c.*, s.nspname || '.' || c.relname as name from pg_class c join space s on s.oid = c.relnamespace
      ),
      -- What an extension brings is compared as the extension.
      own_proc as (
        select p.* from pg_proc p join space s on s.oid = p.pronamespace
        where not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
      )
    select concat_ws(' ', 'column', c.name, a.attname, format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' end,
        'storage', a.attstorage, nullif(a.attcompression, ''), 'identity', nullif(a.attidentity, ''), 'generated', nullif(a.attgenerated, ''),
        'collation', (select collname from pg_collation where oid = a.attcollation), 'statistics', a.attstattarget, a.attoptions::text,
        pg_get_expr(d.adbin, d.adrelid)) as line
      from own_class c join pg_attribute a on a.attrelid = c.oid
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      where c.relkind in ('r', 'v', 'm', 'p') and a.attnum > 0 and not a.attisdropped
    union all
    select concat_ws(' ', 'relation', c.name, c.relkind, c.relpersistence, c.reloptions::text, case when c.relrowsecurity then 'row security' end,
        obj_description(c.oid, 'pg_class'))
      from own_class c where c.relkind <> 'i'
    union all
    select concat_ws(' ', 'sequence', c.name, format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle)
      from own_class c join pg_sequence s on s.seqrelid = c.oid
    union all
    select concat_ws(' ', 'index', pg_get_indexdef(i.indexrelid), case when not i.indisvalid then 'invalid' end)
      from own_class c join pg_index i on i.indexrelid = c.oid
    union all
    select concat_ws(' ', 'constraint', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid), case when not k.convalidated then 'not valid' end)
      from pg_constraint k join space s on s.oid = k.connamespace
    union all
    select concat_ws(' ', 'enum', s.nspname, t.typname, (select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum where enumtypid = t.oid))
      from pg_type t join space s on s.oid = t.typnamespace where t.typtype = 'e'
    union all
    select 'function ' || pg_get_functiondef(oid) from own_proc where prokind in ('f', 'p')
    union all
    select concat_ws(' ', 'view', c.name, pg_get_viewdef(c.oid)) from own_class c where c.relkind in ('v', 'm')
    union all
    select 'trigger ' || pg_get_triggerdef(t.oid) from pg_trigger t join own_class c on c.oid = t.tgrelid where not t.tgisinternal
    union all
    select concat_ws(' ', 'extension', extname, (select nspname from pg_namespace where oid = extnamespace)) from pg_extension
    union all
    select concat_ws(' ', 'schema', nspname, obj_description(oid, 'pg_namespace')) from space
    order by 1`,
    [schemas],
  )
  return rows.map(({ line }) => line)
}
