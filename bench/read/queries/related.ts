import { displayName, globalId, list, object, text } from './json-sql.ts'
import { type Query, someUsers } from './query.ts'

const document = `query ($email: EmailAddress!) {
  user(primaryEmail: $email) {
    id
    related(first: 20, via: [MEMBER_OF]) { score user { id primaryEmail displayName } sharedGroups { id name } }
  }
}`

/** The users that share the most groups. The definitions are those of src/analysis/graph/related.ts. */
export const related: Query = {
  name: 'related',
  parameters: `select address_key as email from ${someUsers} u`,
  ours: ({ email }) => ({ query: document, variables: { email } }),
  mercurius: null,
  postgraphile: null,
  limit: {
    sql: `
      with things as materialized (
        select asked_id, group_id, holders, round(1e9 / ln(1 + holders))::int as weight from (
          select a.id as asked_id, m.group_id, (
            select count(*) from (
              select from memberships h where h.group_id = m.group_id and h.valid_to is null limit 2500
            ) h
          ) as holders
          from users a join memberships m on m.user_id = a.id and m.valid_to is null
          where a.address_key = $1 and a.deleted_at is null
        ) had where holders > 1
      ),
      popular as materialized (select * from things where holders >= 2500),
      candidates as materialized (
        select m.user_id, sum(t.weight) as weight
        from things t join memberships m on m.group_id = t.group_id and m.valid_to is null
        where t.holders < 2500 and m.user_id <> t.asked_id group by m.user_id
      ),
      promising as materialized (
        select * from candidates
        where weight >= coalesce((select weight from candidates order by weight desc offset 19 limit 1), 0)
          - (select coalesce(sum(weight), 0) from popular)
      ),
      ranked as (
        select user_id, weight, rank() over (order by weight desc) as place from (
          select p.user_id, p.weight + coalesce((
            select sum(t.weight) from popular t join memberships m
              on m.group_id = t.group_id and m.user_id = p.user_id and m.valid_to is null
          ), 0) as weight from promising p
        ) lifted
      ),
      nearest as (
        select u.*, r.weight from ranked r join users u on u.id = r.user_id where r.place <= 20
        order by r.weight desc, u.address_key, u.id limit 20
      )
      select ${object({
        user: object({
          id: globalId('User', 'a.id'),
          related: list(
            `select ${object({
              score: '(u.weight::float8 / 1e9)::text',
              user: object({ id: globalId('User', 'u.id'), primaryEmail: text('u.primary_email'), displayName }),
              sharedGroups: list(`select ${object({ id: globalId('Group', 'g.id'), name: text('g.name') })}
              from things t join groups g on g.id = t.group_id
              where exists (
                select from memberships m
                where m.user_id = u.id and m.group_id = t.group_id and m.valid_to is null
              )
              order by t.weight desc, t.group_id`),
            })} from nearest u order by u.weight desc, u.address_key, u.id`,
          ),
        }),
      })} as json from users a where a.address_key = $1 and a.deleted_at is null`,
    values: ({ email }) => [email],
  },
}
