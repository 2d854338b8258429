import { displayName, globalId, label, list, object, text } from './json-sql.ts'
import { type NestedUser, type Query, someUsers } from './query.ts'

const document = `query ($after: String!) {
  users(first: 50, after: $after) {
    nodes {
      id primaryEmail displayName status
      aliases { address }
      roles { name }
      groups(first: 50) { nodes { id name } }
    }
  }
}`

const postgraphileDocument = `query ($after: String!) {
  users: usersAfter(first: 50, address: $after) {
    nodes {
      id primaryEmail displayName status
      aliases(orderBy: [ADDRESS_KEY_ASC, ROW_ID_ASC]) { nodes { address } }
      roles: roleGrants(orderBy: ROLE_NAME_ASC) { nodes { role { name } } }
      groups: memberships(first: 50, orderBy: GROUP_ID_ASC) { nodes { group { id name } } }
    }
  }
}`

const cursorDocument = `query ($email: String!) {
  users(first: 1, filter: { primaryEmail: { eq: $email } }) { edges { cursor } }
}`

interface CursorData {
  readonly users: { readonly edges: readonly { readonly cursor: string }[] }
}

/** A page of 50 users after a user, as in a scan of all users. */
export const fiftyUsers: Query = {
  name: '50 users',
  parameters: `select address_key as email from ${someUsers} u`,
  before: {
    ask: ({ email }) => ({ query: cursorDocument, variables: { email } }),
    parameters: (data) => ({ cursor: (data as CursorData).users.edges[0]?.cursor ?? '' }),
  },
  ours: ({ cursor }) => ({ query: document, variables: { after: cursor } }),
  mercurius: ({ email }) => ({ query: document, variables: { after: email } }),
  postgraphile: {
    ask: ({ email }) => ({ query: postgraphileDocument, variables: { after: email } }),
    data: ({ users }: { users: { nodes: readonly NestedUser[] } }) => ({
      users: {
        nodes: users.nodes.map((user) => ({
          ...user,
          aliases: user.aliases.nodes,
          roles: user.roles.nodes.map(({ role }) => role),
          groups: { nodes: user.groups.nodes.map(({ group }) => group) },
        })),
      },
    }),
  },
  limit: {
    sql: `select ${object({
      users: object({
        nodes: list(`select ${object({
          id: globalId('User', 'u.id'),
          primaryEmail: text('u.primary_email'),
          displayName,
          status: label('u.status'),
          aliases: list(`select ${object({ address: text('a.address') })}
            from aliases a where a.user_id = u.id and a.valid_to is null order by a.address_key, a.id`),
          roles: list(`select ${object({ name: text('r.name') })}
            from role_grants x join roles r on r.id = x.role_id
            where x.user_id = u.id and x.valid_to is null order by r.name`),
          groups: object({
            nodes: list(`select ${object({ id: globalId('Group', 'g.id'), name: text('g.name') })}
              from memberships m join groups g on g.id = m.group_id
              where m.user_id = u.id and m.valid_to is null order by m.group_id limit 50`),
          }),
        })} from (
          select u.* from users u, organizations o
          where u.organization_id = o.id and u.address_key > $1 and u.deleted_at is null
          order by u.address_key limit 50
        ) u order by u.address_key`),
      }),
    })} as json`,
    values: ({ email }) => [email],
  },
}
