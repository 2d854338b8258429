/**
 * Inserts an organization of any size directly into the mirror's tables, in SQL. It has a few large groups and many
 * small ones, names and addresses made of syllables, and a history: ended relationships, changed names and deleted
 * accounts, with the feed that reported them.
 */
import type { Sql } from '../src/db/database.ts'

export interface SeedSize {
  readonly users: number
  readonly groups: number
}

/** The largest group has 17 % of the users; the sizes of the others fall by this power. */
const power = 0.85
const membershipsAUser = 4.25
/** How far back the history reaches. */
const days = 300

/** Ids start with groups at 1, then roles, users and aliases. The same size always gives the same data. */
export async function seedOrganization(sql: Sql, { users, groups }: SeedSize): Promise<void> {
  const firstRole = groups + 1
  const firstUser = groups + 10
  const firstAlias = firstUser + users
  await sql.begin(async (tx) => {
    await tx`select setseed(0.5)`
    await tx`set local synchronous_commit = off`
    await tx`set local work_mem = '256MB'`
    await tx`
      insert into organizations (id, slug, name, profile_as_of, roles_as_of, aliases_as_of, groups_as_of, learnt_at)
      select 1, 'bench', 'Bench Ltd', t, t, t, t, t from (select now() - interval '1 minute' as t) t`
    await tx`
      insert into groups (id, organization_id, group_id, name, member_count, profile_at, valid_from, version_from)
      select n, 1, 'grp_' || lpad(n::text, 5, '0'), initcap(${tx.unsafe(syllables(3, 'n'))}) || ' ' || n, null, now(), t, t
      from generate_series(1, ${groups}::int) n, (select now() - ${days} * interval '1 day' as t) t`
    await tx`
      insert into roles (id, organization_id, name, valid_from, privileged)
      select ${firstRole}::int - 1 + n, 1, name, now() - ${days} * interval '1 day', name <> 'USER'
      from unnest(array['USER', 'ADMINISTRATOR', 'HELPDESK', 'AUDITOR']) with ordinality as r(name, n)`
    await tx`
      insert into users (id, organization_id, primary_email, address_key, domain, first_name, last_name, type, status, mailbox_size,
        created_at, updated_at, profile_known, profile_at, roles_at, aliases_at, groups_at, valid_from, version_from, deleted_at, gone_at)
      select id, 1, address, address, domain, initcap(first), initcap(last), 'USER',
        case when random() < 0.04 then 'INACTIVE' else 'ACTIVE' end::user_status, 5120,
        began, began, 511, began, began, began, began, began, case when renamed then began + age * 0.9 else began end, gone, gone
      from (
        select ${firstUser}::int - 1 + n as id, first, last, domain, began, now() - began as age, random() < 0.05 as renamed,
          first || '.' || last || n || '@' || domain as address,
          case when random() < 0.02 then began + (now() - began) * random() end as gone
        from (
          select n, ${tx.unsafe(syllables(2, 'n % 400'))} as first, ${tx.unsafe(syllables(3, 'n::bigint * 7919 % 60000'))} as last,
            case when random() < 0.7 then 'bench.example' else 'd' || (random() * 40)::int || '.example' end as domain,
            now() - random() * ${days} * interval '1 day' as began
          from generate_series(1, ${users}::int) n
        ) named offset 0
      ) people
      on conflict do nothing`
    await tx`
      insert into user_versions (user_id, organization_id, primary_email, address_key, domain, first_name, last_name, type, status, mailbox_size, created_at,
        updated_at, profile_known, profile_at, roles_at, aliases_at, groups_at, valid_from, valid_to)
      select id, 1, primary_email, address_key, domain, first_name, 'Former' || last_name, type, status, mailbox_size, created_at, updated_at, profile_known,
        profile_at, roles_at, aliases_at, groups_at, valid_from, version_from
      from users where version_from > valid_from`
    await tx`
      insert into role_grants (user_id, role_id, organization_id, valid_from, valid_to)
      select u.id, ${firstRole}::int - 1 + r, 1, u.valid_from, u.deleted_at from users u, generate_series(1, 4) r
      where r = 1 or hashint8(u.id * 10 + r) % 100 = 0`
    await tx`
      insert into aliases (id, organization_id, user_id, address, address_key, domain, valid_from, valid_to)
      select ${firstAlias}::int - 1 + row_number() over (), 1, u.id, a, a, u.domain, u.valid_from, u.deleted_at
      from users u, generate_series(1, 2) n, lateral (select 'a' || n || '-' || case when hashint8(u.id + n) % 1000 = 0 then u.id / 50 else u.id end || '@' || u.domain as a) a
      where n = 1 or hashint8(u.id) % 2 = 0`
    await tx`create temporary table bound on commit drop as
      select array_agg(b order by n) as bounds from (
        select n, sum(n::float8 ^ -${power}::float8) over (order by n) / sum(n::float8 ^ -${power}::float8) over () as b
        from generate_series(1, ${groups}::int) n) t`
    // One membership in twenty has ended; some of these users joined the group again.
    await tx`
      insert into memberships (user_id, group_id, organization_id, happened_by, valid_from, valid_to)
      select user_id, group_id, 1, since, since, case when ended then since + (now() - since) * 0.5 else deleted_at end
      from (
        select u.id as user_id, least(1 + width_bucket(r, (select bounds from bound)), ${groups}::int) as group_id,
          u.valid_from + least(now() - u.valid_from, coalesce(u.deleted_at, now()) - u.valid_from) * 0.1 as since,
          u.deleted_at is null and random() < 0.05 as ended, u.deleted_at
        from users u cross join lateral (
          select random() as r from generate_series(1, (${membershipsAUser}::float8 * (0.25 + 1.5 * random()) + 0 * u.id)::int)
        ) drawn
      ) m
      on conflict do nothing`
    await tx`
      update groups g set member_count = m.count
      from (select group_id, count(*) from memberships where valid_to is null group by 1) m where m.group_id = g.id`
    await tx`
      insert into change_sets (organization_id, last_position, subject_id, kinds, object_ids, fields, origin, not_after, reached_at, applied_at)
      select 1, row_number() over (order by at, id, kind), id, array[kind], array[null::bigint],
        case when kind = 'FIELD_CHANGED' then array['lastName'] end, 'PULL', at, at, at
      from (
        select id, valid_from as at, 'USER_CREATED'::change_kind as kind from users
        union all select id, version_from, 'FIELD_CHANGED' from users where version_from > valid_from
        union all select id, deleted_at, 'USER_DELETED' from users where deleted_at is not null
      ) learnt order by 2`
    await tx`update organizations set feed_position = (select max(last_position) from change_sets)`
    await tx`select setval('node_ids', (select max(id) from aliases))`
  })
  await sql`vacuum analyze`
}

/** Pronounceable text, always the same for the same number. */
function syllables(count: number, number: string): string {
  const parts = Array.from(
    { length: count },
    (_, place) =>
      `substr('${letters.consonants}', 1 + abs(hashint8((${number})::bigint * 31 + ${place})) % ${letters.consonants.length}, 1)
       || substr('${letters.vowels}', 1 + abs(hashint8((${number})::bigint * 37 + ${place})) % ${letters.vowels.length}, 1)
       || substr('${letters.consonants}', 1 + abs(hashint8((${number})::bigint * 41 + ${place})) % ${letters.consonants.length}, 1)`,
  )
  return `(${parts.join(' || ')})`
}

const letters = { consonants: 'bcdfghklmnprstvw', vowels: 'aeiou' }
