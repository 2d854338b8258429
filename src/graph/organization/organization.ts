import { type Column, sql } from 'drizzle-orm'
import { organizations } from '../../db/schema/tables.ts'
import type { Value } from '../../planner/given.ts'
import { list, one, same } from '../../planner/read.ts'
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

const offers = (name: string) => (row: Organizations) => sql`${name}::text = any(${row.capabilities})`

const Capabilities = builder.objectRef<object>('Capabilities').implement({
  description:
    "What the connection to the vendor offers, which depends on the vendor's API. Fields that a connection cannot " +
    'tell are null, and mutations that it does not offer fail with `InvalidInput`.',
  fields: (t) => ({
    groups: t.boolean({
      description: 'Whether groups and memberships can be read and changed.',
      sql: offers('groups'),
    }),
    timestamps: t.boolean({
      description: 'Whether accounts have times of creation and of the last change.',
      sql: offers('timestamps'),
    }),
    pagedList: t.boolean({
      description: 'Whether users are listed page by page. Otherwise one response holds all of them.',
      sql: offers('pagedList'),
    }),
    passwordOnCreate: t.boolean({
      description: 'Whether a user can be created together with its password. Otherwise a second request sets it.',
      sql: offers('passwordOnCreate'),
    }),
    domains: t.boolean({
      description: 'Whether the registered domains can be read.',
      sql: offers('domains'),
    }),
    directorySync: t.boolean({
      description: 'Whether the settings of a directory sync can be read.',
      sql: offers('directorySync'),
    }),
    accountKinds: t.boolean({
      description:
        'Whether an account has a kind, which is its only role. Its sender lists can be changed, and it can be made a ' +
        'functional account.',
      sql: offers('accountKinds'),
    }),
    mailSettings: t.boolean({
      description: 'Whether mailbox sizes, spam policies and alias accounts can be read and changed.',
      sql: offers('mailSettings'),
    }),
  }),
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
    capabilities: t.field({
      type: Capabilities,
      description: 'What the connection to the vendor offers for this organization.',
      sql: same(),
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
