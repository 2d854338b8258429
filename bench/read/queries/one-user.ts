import { displayName, globalId, label, list, moment, number, object, text } from './json-sql.ts'
import { type NestedUser, type Query, someUsers } from './query.ts'

const document = `query ($email: EmailAddress!) {
  user(primaryEmail: $email) {
    id primaryEmail displayName firstName lastName type status mailboxSize createdAt updatedAt
    organization { slug name }
    aliases { id address }
    roles { id name }
    groups(first: 50) { totalCount nodes { id groupId name memberCount } }
  }
}`

const postgraphileDocument = `query ($email: String!) {
  user: userByAddressKey(addressKey: $email) {
    id primaryEmail displayName firstName lastName type status mailboxSize createdAt updatedAt
    organization { slug name }
    aliases(orderBy: [ADDRESS_KEY_ASC, ROW_ID_ASC]) { nodes { id address } }
    roles: roleGrants(orderBy: ROLE_NAME_ASC) { nodes { role { id name } } }
    groups: memberships(first: 50, orderBy: GROUP_ID_ASC) { totalCount nodes { group { id groupId name memberCount } } }
  }
}`

export const oneUser: Query = {
  name: 'one user',
  parameters: `select address_key as email from ${someUsers} u`,
  ours: ({ email }) => ({ query: document, variables: { email } }),
  mercurius: ({ email }) => ({ query: document, variables: { email } }),
  postgraphile: {
    ask: ({ email }) => ({ query: postgraphileDocument, variables: { email } }),
    data: ({ user }: { user: NestedUser }) => ({
      user: {
        ...user,
        aliases: user.aliases.nodes,
        roles: user.roles.nodes.map(({ role }) => role),
        groups: { ...user.groups, nodes: user.groups.nodes.map(({ group }) => group) },
      },
    }),
  },
  limit: {
    sql: `select ${object({
      user: object({
        id: globalId('User', 'u.id'),
        primaryEmail: text('u.primary_email'),
        displayName,
        firstName: text('u.first_name'),
        lastName: text('u.last_name'),
        type: label('u.type'),
        status: label('u.status'),
        mailboxSize: number('u.mailbox_size'),
        createdAt: moment('u.created_at'),
        updatedAt: moment('u.updated_at'),
        organization: object({ slug: text('o.slug'), name: text('o.name') }),
        aliases: list(`select ${object({ id: globalId('Alias', 'a.id'), address: text('a.address') })}
          from aliases a where a.user_id = u.id and a.valid_to is null order by a.address_key, a.id`),
        roles: list(`select ${object({ id: globalId('Role', 'r.id'), name: text('r.name') })}
          from role_grants x join roles r on r.id = x.role_id
          where x.user_id = u.id and x.valid_to is null order by r.name`),
        groups: object({
          totalCount: number('select count(*) from memberships m where m.user_id = u.id and m.valid_to is null'),
          nodes: list(`select ${object({
            id: globalId('Group', 'g.id'),
            groupId: text('g.group_id'),
            name: text('g.name'),
            memberCount: number('g.member_count'),
          })} from memberships m join groups g on g.id = m.group_id
            where m.user_id = u.id and m.valid_to is null order by m.group_id limit 50`),
        }),
      }),
    })} as json
      from users u join organizations o on o.id = u.organization_id
      where u.address_key = $1 and u.deleted_at is null`,
    values: ({ email }) => [email],
  },
}
