import { globalId, list, object, text } from './json-sql.ts'
import { globalIdOf, type Query, someUsers } from './query.ts'

const document = `query ($from: ID!, $to: ID!) {
  paths(from: $from, to: $to) {
    length
    truncated
    paths { length nodes { ... on User { id primaryEmail } ... on Group { id groupId name } } }
  }
}`

const user = (row: string) => object({ id: globalId('User', `${row}.id`), primaryEmail: text(`${row}.primary_email`) })

/**
 * The paths between two users with a common group. The API searches to any length. The hand-written statement knows
 * that the length is 2, because longer paths are too many for an answer that is defined.
 */
export const paths: Query = {
  name: 'paths',
  parameters: `select a.id::text as "from", (
      select m.user_id::text from memberships m
      where m.valid_to is null and m.user_id <> a.id and m.group_id = (
        select g.id from memberships own join groups g on g.id = own.group_id
        where own.user_id = a.id and own.valid_to is null order by g.member_count, g.id limit 1
      ) order by hashint8(m.user_id), m.user_id limit 1
    ) as "to"
    from ${someUsers} a where exists (
      select from memberships own join groups g on g.id = own.group_id
      where own.user_id = a.id and own.valid_to is null and g.member_count > 1
    )`,
  ours: ({ from, to }) => ({
    query: document,
    variables: { from: globalIdOf('User', from), to: globalIdOf('User', to) },
  }),
  mercurius: null,
  postgraphile: null,
  limit: {
    sql: `
      with common as materialized (
        select g.* from memberships x join memberships y on y.group_id = x.group_id join groups g on g.id = x.group_id
        where x.user_id = $1::bigint and y.user_id = $2::bigint and x.valid_to is null and y.valid_to is null
      )
      select ${object({
        paths: object({
          length: `'2'`,
          truncated: `(select count(*) > 10 from common)::text`,
          paths: list(
            `select ${object({
              length: `'2'`,
              nodes: `'[' || ${user('a')} || ',' || ${object({
                id: globalId('Group', 'g.id'),
                groupId: text('g.group_id'),
                name: text('g.name'),
              })} || ',' || ${user('b')} || ']'`,
            })} from (select * from common order by id limit 10) g order by g.id`,
          ),
        }),
      })} as json from users a, users b where a.id = $1::bigint and b.id = $2::bigint`,
    values: ({ from, to }) => [from, to],
  },
}
