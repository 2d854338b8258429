import { type Column, sql } from 'drizzle-orm'
import { organizations } from '../../db/schema/tables.ts'
import type { Value } from '../../planner/given.ts'
import { list, one } from '../../planner/read.ts'
import { builder, Node } from '../builder.ts'
import { costs, fewItems } from '../core/cost.ts'
import { globalId } from '../core/global-id.ts'
import { addNodeSource } from '../core/node.ts'
import { checkOneIsMeant, resolveOrganization } from '../core/organization-argument.ts'
import { isVisible } from '../core/tenant-visibility.ts'

type Organizations = typeof organizations

/** The organization of a row, as a field's read. */
export const organizationOfRow = one({
  table: organizations,
  where: (organization: Organizations, row: { readonly organizationId: Column }) =>
    sql`${organization.id} = ${row.organizationId}`,
})

export const Organization = builder.objectRef<object>('Organization').implement({
  description: 'An organization (tenant) at the vendor, with its own users, groups and roles.',
  interfaces: [Node],
  extensions: addNodeSource({
    type: 'Organization',
    table: organizations,
    by: {
      id: (row: Organizations, { id }, env) => sql`${row.id} = ${id} and ${isVisible(env, row)}`,
      name: (row: Organizations, { name }, env) => sql`${row.slug} = ${name} and ${isVisible(env, row)}`,
    },
  }),
  fields: (t) => ({
    id: t.id({
      description: 'The global ID of the organization.',
      sql: (row: Organizations) => globalId('Organization', row.id),
    }),
    slug: t.string({
      description: 'The short name that identifies the organization in arguments. It never changes.',
      sql: (row: Organizations) => row.slug,
    }),
    name: t.string({
      description: 'The display name of the organization.',
      sql: (row: Organizations) => row.name,
    }),
  }),
})

/** The argument of a field that refers to one organization, to be spread into its `args`. */
export const organizationArg = builder.args((t) => ({
  organization: t.string({
    description: "The organization's slug. Required if more than one organization is visible to the caller.",
  }),
}))

builder.queryFields((t) => ({
  organization: t.field({
    type: Organization,
    nullable: true,
    description:
      'An organization by its slug. Without a slug, the only organization visible to the caller. Null if there ' +
      'is none.',
    args: {
      slug: t.arg.string({
        description: "The organization's slug. Required if more than one organization is visible to the caller.",
      }),
    },
    sql: one({
      table: organizations,
      where: (row: Organizations, _root: unknown, { slug }: { slug?: Value<string> | null }, env) =>
        sql`${row.id} = ${resolveOrganization(env, slug)}`,
    }),
    check: ({ slug }, context) => checkOneIsMeant(context, slug),
  }),
  organizations: t.field({
    type: [Organization],
    nullable: true,
    description: 'All mirrored organizations visible to the caller, sorted by slug.',
    extensions: costs({ size: fewItems }),
    sql: list({
      table: organizations,
      where: (row: Organizations, _root, _args, env) => isVisible(env, row),
      orderBy: (row) => [row.slug],
    }),
  }),
}))
