import type { EdgeKind as Kind } from '../../analysis/graph/edges.ts'
import { mostHolders, type RelatedUser, readRelated } from '../../analysis/graph/related.ts'
import type { users } from '../../db/schema/tables.ts'
import { columns } from '../../planner/json-text.ts'
import { ref } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import { costs, fewItems, type ListSize } from '../core/cost.ts'
import { checkedSize } from '../core/user-input-error.ts'
import { Group } from '../group/group.ts'
import { Role } from '../group/role.ts'
import { batched } from '../pagination/batch.ts'
import { User } from '../user/user.ts'
import { EdgeKind, edgeKinds } from './graph-edge.ts'

type Users = typeof users
type UserRead = Readonly<Record<'rolesAt' | 'aliasesAt' | 'groupsAt' | 'deletedAt', string | null>> & {
  readonly id: number
}

const usualVia = ['MEMBER_OF', 'HOLDS', 'OWNS'] as const
const relatedSize = { arguments: ['first'], default: 20, least: 0, most: 100 } as const satisfies ListSize

const RelatedUserRef = builder.objectRef<RelatedUser>('RelatedUser').implement({
  description: 'A user that shares groups, roles or addresses with another user.',
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'The other user.',
      refs: ({ userId }) => ref('User', userId),
    }),
    score: t.exposeFloat('score', {
      description:
        'The Adamic–Adar index: the sum of 1 / ln(1 + number of holders) over everything that both users share.',
    }),
    sharedGroups: t.field({
      type: [Group],
      description: 'The groups that both users are members of, fewest members first.',
      extensions: costs({ size: fewItems }),
      refs: ({ groupIds }) => groupIds.map((id) => ref('Group', id)),
    }),
    sharedRoles: t.field({
      type: [Role],
      description: 'The roles that both users hold, fewest holders first. Excludes USER, which is not counted.',
      extensions: costs({ size: fewItems }),
      refs: ({ roleIds }) => roleIds.map((id) => ref('Role', id)),
    }),
    sharedAddresses: t.field({
      type: ['EmailAddress'],
      description: 'The addresses that both users have, as primary address or as alias.',
      resolve: ({ addresses }) => [...addresses],
    }),
  }),
})

builder.objectField(User, 'related', (t) =>
  t.field({
    type: [RelatedUserRef],
    nullable: true,
    description:
      'The live users of the same organization that share the most with this user, sorted by score (highest ' +
      'first), then by address. A group with three members counts more than one with thousands; the role USER ' +
      `is not counted. Groups, roles and addresses with ${mostHolders} or more holders do not add users to the ` +
      `result; for users that are already in it, they count as if they had ${mostHolders} holders. Empty for a ` +
      "deleted user. Null if no related user was found and some of the user's relations have not been read yet.",
    // 11 to 14 ms per user for many users; 30 ms for a single user.
    extensions: costs({ base: 1_000, perNode: 700, size: relatedSize }),
    args: {
      via: t.arg({
        type: [EdgeKind],
        defaultValue: [...usualVia],
        description:
          'What users can share: groups (MEMBER_OF), roles (HOLDS) and addresses (OWNS). SAME_PERSON also compares ' +
          'addresses, and names.',
      }),
      first: t.arg.int({
        defaultValue: relatedSize.default,
        description: `Number of users to return (0–${relatedSize.most}).`,
      }),
    },
    sql: ({ id, rolesAt, aliasesAt, groupsAt, deletedAt }: Users) =>
      columns({ id, rolesAt, aliasesAt, groupsAt, deletedAt }),
    compute: async (user: UserRead, { via, first }, context, info) => {
      const limit = checkedSize(relatedSize, { first }, 'users')
      const found = await batched(context, info, user.id, async (userIds) => {
        const found = await readRelated(context.sql, { userIds, via: edgeKinds(via, usualVia), limit })
        return userIds.map((userId) => found.get(userId) ?? [])
      })
      return found.length === 0 && limit > 0 && isUnread(user, edgeKinds(via, usualVia)) ? null : found
    },
  }),
)

/** Returns true if relations that a live user may share have not been read yet. */
function isUnread(user: UserRead, via: ReadonlySet<Kind>): boolean {
  if (user.deletedAt !== null) return false
  return (
    (via.has('MEMBER_OF') && user.groupsAt === null) ||
    (via.has('HOLDS') && user.rolesAt === null) ||
    ((via.has('OWNS') || via.has('SAME_PERSON')) && user.aliasesAt === null)
  )
}
