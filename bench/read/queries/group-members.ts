import { displayName, globalId, label, list, number, object, text } from './json-sql.ts'
import type { NestedUser, Query } from './query.ts'

const document = `query ($groupId: String!) {
  group(groupId: $groupId) {
    id groupId name memberCount
    members(first: 100) { nodes { id primaryEmail displayName status roles { name } } }
  }
}`

const postgraphileDocument = `query ($groupId: String!) {
  group: groupByGroupId(groupId: $groupId) {
    id groupId name memberCount
    members: memberships(first: 100, orderBy: USER_ID_ASC) {
      nodes {
        user {
          id primaryEmail displayName status
          roles: roleGrants(orderBy: ROLE_NAME_ASC) { nodes { role { name } } }
        }
      }
    }
  }
}`

interface NestedGroup {
  readonly members: { readonly nodes: readonly { readonly user: Pick<NestedUser, 'roles'> }[] }
}

export const groupMembers: Query = {
  name: 'group with 100 members',
  parameters: `select group_id as "groupId" from groups
    where deleted_at is null and member_count >= 100 order by hashint8(id), id limit $1`,
  ours: ({ groupId }) => ({ query: document, variables: { groupId } }),
  mercurius: ({ groupId }) => ({ query: document, variables: { groupId } }),
  postgraphile: {
    ask: ({ groupId }) => ({ query: postgraphileDocument, variables: { groupId } }),
    data: ({ group }: { group: NestedGroup }) => ({
      group: {
        ...group,
        members: {
          nodes: group.members.nodes.map(({ user }) => ({ ...user, roles: user.roles.nodes.map(({ role }) => role) })),
        },
      },
    }),
  },
  limit: {
    sql: `select ${object({
      group: object({
        id: globalId('Group', 'g.id'),
        groupId: text('g.group_id'),
        name: text('g.name'),
        memberCount: number('g.member_count'),
        members: object({
          nodes: list(`select ${object({
            id: globalId('User', 'u.id'),
            primaryEmail: text('u.primary_email'),
            displayName,
            status: label('u.status'),
            roles: list(`select ${object({ name: text('r.name') })}
              from role_grants x join roles r on r.id = x.role_id
              where x.user_id = u.id and x.valid_to is null order by r.name`),
          })} from (
            select m.user_id from memberships m where m.group_id = g.id and m.valid_to is null
            order by m.user_id limit 100
          ) m join users u on u.id = m.user_id order by m.user_id`),
        }),
      }),
    })} as json
      from groups g, organizations o
      where g.organization_id = o.id and g.group_id = $1 and g.deleted_at is null`,
    values: ({ groupId }) => [groupId],
  },
}
