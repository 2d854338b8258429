/** Inserts a long feed, as years of use would produce it, directly into the tables. */
import type { Sql } from '../src/db/database.ts'

/** Role 2 is the role that every user has. */
export const bigGroup = 10
/** A user with a fiftieth of all changes. */
export const hotUser = 100_001

const perUser = 7
/** Seven tenths of the changes belong to the first pull, seven per user. */
const usersOf = (changes: number) => Math.floor((changes * 0.7) / perUser)

/** The user at this share of the first pull. */
export function userIds(changes: number, share: number): number {
  return 100_000 + Math.ceil(usersOf(changes) * share)
}

/** When the change at this share of the feed arrived; sets are a second apart. */
export function momentAt(changes: number, share: number): string {
  const users = usersOf(changes)
  const at = changes * share
  const sets = at <= users * perUser ? at / perUser : users + (at - users * perUser)
  return new Date(Date.UTC(2026, 0, 1) + Math.floor(sets) * 1_000).toISOString()
}

/**
 * An organization with a feed of this many changes: a first pull of users with a role, an alias and four groups each,
 * then one change at a time. One change in `rare` has the rare kind, and one set in a thousand was overtaken by
 * another.
 */
export async function seedFeed(sql: Sql, changes: number, rare: number): Promise<void> {
  const users = usersOf(changes)
  const rest = changes - users * perUser
  const first = `timestamptz '2026-01-01T00:00:00Z'`
  await sql`insert into organizations (id, slug, name, feed_position) values (1, 'default', 'Default', ${changes})`
  await sql.unsafe(`
    insert into aliases (id, organization_id, user_id, address, address_key, domain, valid_from)
    select 10100000 + i, 1, 100000 + i, 'a', 'a', 'a', ${first} from generate_series(1, ${users}) i`)
  const sets = `insert into change_sets (organization_id, last_position, subject_id, kinds, object_ids, befores, afters, origin, not_before,
    not_after, reached_at, applied_at)`
  await sql.unsafe(`${sets}
    select 1, ${perUser} * i, 100000 + i,
      '{USER_CREATED,ROLE_GRANTED,ALIAS_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED,MEMBER_ADDED}',
      array[null, 2, 10100000 + i, ${bigGroup}, 11 + i % 500, 600 + i % 500, 1200 + i % 500], null,
      '[{"primaryEmail": "somebody@example.com", "firstName": "Some", "lastName": "Body", "type": "USER", "status": "ACTIVE"}]',
      'PULL', null, at, at, at from generate_series(1, ${users}) i, lateral (select ${first} + i * interval '1 second') t(at)`)
  await sql.unsafe(`${sets}
    select 1, ${users * perUser} + j, case when kind::text like 'GROUP%' then ${bigGroup} when j % 15 = 0 then ${hotUser} else 100000 + 1 + (j * 7919::bigint) % ${users} end,
      array[kind], array[case when kind::text like 'MEMBER%' then case when j % 3 = 0 then ${bigGroup} else 11 + j % 500 end
        when kind::text like 'ROLE%' then 2 end], '["old"]', '["new"]', 'PULL', at,
      at - case when j % 1000 = 0 then interval '1 hour' else interval '0' end, at, at
    from generate_series(1, ${rest}) j,
    lateral (select ${first} + (${users} + j) * interval '1 second', case
      when j % ${rare} = 0 then 'USER_RECREATED' when j % ${rare} = 1 then 'GROUP_RENAMED' when j % 20 < 8 then 'FIELD_CHANGED'
      when j % 20 < 13 then 'MEMBER_ADDED' when j % 20 < 18 then 'MEMBER_REMOVED' else 'ROLE_GRANTED' end::change_kind) t(at, kind)`)
  // The sets that pulls of 1,000 sets each would have written.
  await sql`
    insert into change_places (node_id, kind, last_position, positions)
    select node_id, kind, max(last_position), array_agg(last_position order by last_position) from (
      select *, (row_number() over (partition by pull, node_id, kind order by last_position) - 1) / 64 as row from (
        select distinct s.last_position / 7000 as pull, node_id, kind, s.last_position
        from change_sets s, unnest(kinds, object_ids) as e(kind, object_id), unnest(array[
          organization_id,
          case when kinds[1] <> 'USER_CREATED' then subject_id end,
          case when kind in ('MEMBER_ADDED', 'MEMBER_REMOVED', 'ROLE_GRANTED', 'ROLE_REVOKED') then object_id end
        ]) as node_id where node_id is not null
      ) places
    ) numbered group by pull, node_id, kind, row`
}
