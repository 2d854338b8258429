import type { EdgeKind as Kind } from '../analysis/edges.ts'
import { mostHolders, type RelatedUser, readRelated } from '../analysis/related.ts'
import { checkedSize } from './bad-input.ts'
import { batched, batchedNode, batchedNodes } from './batch.ts'
import { builder } from './builder.ts'
import { costs, fewItems, type ListSize } from './cost.ts'
import { EdgeKind, edgeKinds } from './edge-kind.ts'
import { Group } from './group.ts'
import { Role } from './role.ts'
import { User } from './user.ts'

const usualVia = ['MEMBER_OF', 'HOLDS', 'OWNS'] as const
const relatedSize = { arguments: ['first'], default: 20, least: 0, most: 100 } as const satisfies ListSize

const RelatedUserRef = builder.objectRef<RelatedUser>('RelatedUser').implement({
  description: 'A user that shares something with another.',
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'Who it is.',
      resolve: async ({ userId }, _args, context, info) => {
        const user = await batchedNode({ typeName: 'User', key: String(userId) }, context, info)
        if (!user) throw new Error(`A related user, ${userId}, is not in the mirror any more`)
        return user as never
      },
    }),
    score: t.float({
      description: 'Adamic–Adar: the sum over all that is shared of 1 / ln(1 + its holders).',
      resolve: ({ score }) => score,
    }),
    sharedGroups: t.field({
      type: [Group],
      description: 'The groups of both, the one that tells most first.',
      extensions: costs({ size: fewItems }),
      resolve: async ({ groupIds }, _args, context, info) =>
        (await batchedNodes(
          groupIds.map((id) => ({ typeName: 'Group', key: String(id) })),
          context,
          info,
        )) as never,
    }),
    sharedRoles: t.field({
      type: [Role],
      description: 'The roles of both, the one that tells most first; without USER, which tells nothing.',
      extensions: costs({ size: fewItems }),
      resolve: async ({ roleIds }, _args, context, info) =>
        (await batchedNodes(
          roleIds.map((id) => ({ typeName: 'Role', key: String(id) })),
          context,
          info,
        )) as never,
    }),
    sharedAddresses: t.field({
      type: ['EmailAddress'],
      description: 'The addresses that both claim, be it as primary address or as alias.',
      resolve: ({ addresses }) => [...addresses],
    }),
  }),
})

builder.drizzleObjectField(User, 'related', (t) =>
  t.field({
    type: [RelatedUserRef],
    nullable: true,
    description: `The live users of its organization that share most with it, nearest first, equals by address. A group of three tells more than one of thousands, the role USER nothing. What ${mostHolders} or more hold brings nobody in by itself; it counts, as held by ${mostHolders}, for those whom something else brings in. Of a deleted user: none. Null where nobody is found and some of what may be shared was not read yet.`,
    // 11 to 14 ms for each of many; 30 ms for one.
    extensions: costs({ base: 1_000, perNode: 700, size: relatedSize }),
    args: {
      via: t.arg({
        type: [EdgeKind],
        defaultValue: [...usualVia],
        description: 'What may be shared: groups, roles, addresses; with SAME_PERSON also addresses and the name.',
      }),
      first: t.arg.int({
        defaultValue: relatedSize.default,
        description: `So many of them, 0 to ${relatedSize.most}.`,
      }),
    },
    select: { columns: { id: true, rolesAt: true, aliasesAt: true, groupsAt: true, deletedAt: true } },
    resolve: async (user, { via, first }, context, info) => {
      const limit = checkedSize(relatedSize, { first }, 'users')
      const found = await batched(context, info, user.id, async (userIds) => {
        const found = await readRelated(context.sql, { userIds, via: edgeKinds(via, usualVia), limit })
        return userIds.map((userId) => found.get(userId) ?? [])
      })
      return found.length === 0 && limit > 0 && isUnread(user, edgeKinds(via, usualVia)) ? null : found
    },
  }),
)

/** Whether something that a live user may share with others is not known yet. */
function isUnread(
  user: Readonly<Record<'rolesAt' | 'aliasesAt' | 'groupsAt' | 'deletedAt', string | null>>,
  via: ReadonlySet<Kind>,
): boolean {
  if (user.deletedAt !== null) return false
  return (
    (via.has('MEMBER_OF') && user.groupsAt === null) ||
    (via.has('HOLDS') && user.rolesAt === null) ||
    ((via.has('OWNS') || via.has('SAME_PERSON')) && user.aliasesAt === null)
  )
}
