import { sql } from 'drizzle-orm'
import type { organizations } from '../mirror/tables.ts'
import { builder } from './builder.ts'
import { costs, fewItems } from './cost.ts'
import { plannedQuery } from './drizzle-plan.ts'
import { encodeGlobalId } from './global-id.ts'
import { addNodeSource, numberedSource } from './node.ts'
import { checkOneIsMeant, organizationMeant } from './organization-scope.ts'
import { isVisible } from './visible.ts'

type Organizations = typeof organizations

export const Organization = builder.drizzleObject('organizations', {
  name: 'Organization',
  description: 'One organization at the vendor: its users, groups and roles are its own.',
  interfaces: [builder.nodeInterfaceRef()],
  select: { columns: { id: true, slug: true, name: true } },
  fields: (t) => ({
    id: t.id({
      description: 'Names the organization in this graph.',
      resolve: ({ id }) => encodeGlobalId('Organization', id),
    }),
    slug: t.string({ description: 'Its short name in questions; it does not change.', resolve: ({ slug }) => slug }),
    name: t.string({ description: 'What people call it.', resolve: ({ name }) => name }),
  }),
})

/** To be spread into the arguments of a field that is about one organization. */
export const organizationArg = builder.args((t) => ({
  organization: t.string({
    description: "The organization's slug. May be left out where there is only one for the caller.",
  }),
}))

addNodeSource(
  'Organization',
  numberedSource((ids, context, info) =>
    context.drizzle.query.organizations.findMany(
      plannedQuery(context, info, 'Organization', undefined, {
        where: { id: { in: ids }, RAW: (organization: Organizations) => isVisible(context, organization) },
      }),
    ),
  ),
)

builder.queryFields((t) => ({
  organization: t.drizzleField({
    type: Organization,
    nullable: true,
    description:
      'The organization of this slug, or the only one that there is for the caller; null where there is none.',
    args: { slug: t.arg.string({ description: 'May be left out where there is only one for the caller.' }) },
    resolve: async (query, _root, { slug }, context) => {
      const meant = organizationMeant(context, slug)
      const found = await context.drizzle.query.organizations.findFirst(
        query({ where: { RAW: (table) => sql`${table.id} = ${meant}` } }),
      )
      if (!found) await checkOneIsMeant(context, slug)
      return found
    },
  }),
  organizations: t.drizzleField({
    type: [Organization],
    nullable: true,
    description: 'Every mirrored organization that there is for the caller, by slug.',
    extensions: costs({ size: fewItems }),
    resolve: (query, _root, _args, context) =>
      context.drizzle.query.organizations.findMany(
        query({
          where: { RAW: (organization: Organizations) => isVisible(context, organization) },
          orderBy: { slug: 'asc' },
        }),
      ),
  }),
}))
