import { and, eq, isNotNull, type SQL, sql } from 'drizzle-orm'
import { addressKey } from '../../addresses/address-key.ts'
import { aliases, users } from '../../db/schema/tables.ts'
import type { Value, Values } from '../../planner/given.ts'
import { list, one, page, type RefSource } from '../../planner/read.ts'
import { builder, type RowOf } from '../builder.ts'
import { costs, fewItems, inputCosts, predicate } from '../core/cost.ts'
import { isStanding, standing } from '../core/current-rows.ts'
import { encodeGlobalId, globalId } from '../core/global-id.ts'
import { addNodeSource, numberedSource } from '../core/node.ts'
import { assertOrganizationKnown, belongsTo } from '../core/organization-argument.ts'
import { isOfVisible, visibleTo } from '../core/tenant-visibility.ts'
import { organizationArg, organizationOfRow } from '../organization/organization.ts'
import { connectionType, edgeType, pageArgs } from '../pagination/connection.ts'
import { plannedQuery, rootPage } from '../pagination/drizzle-plan.ts'
import { matchesString, preFolded, StringFilter } from '../pagination/filter.ts'
import { orderOf } from '../pagination/order.ts'
import { type PageArgs, pageSize, pageWindow } from '../pagination/page.ts'
import { User } from './user.ts'

type Aliases = typeof aliases
type Users = typeof users

const aliasRefs: RefSource = {
  table: aliases,
  by: { id: (row: Aliases, { id }, env) => sql`${row.id} = ${id} and ${isOfVisible(env, row.organizationId)}` },
}

export const Alias = builder.drizzleObject('aliases', {
  name: 'Alias',
  description: "One user's claim to one address. An address that two users claim has two aliases.",
  interfaces: [builder.nodeInterfaceRef()],
  extensions: { refs: aliasRefs },
  select: { columns: { id: true, address: true, domain: true, validFrom: true, validTo: true } },
  fields: (t) => ({
    id: t.id({
      description: 'The global ID of the alias.',
      sql: (row: Aliases) => globalId('Alias', row.id),
      resolve: ({ id }) => encodeGlobalId('Alias', id),
    }),
    organization: t.relation('organization', {
      description: 'The organization that the alias belongs to.',
      sql: organizationOfRow,
    }),
    address: t.field({
      type: 'EmailAddress',
      description: 'The address, as the vendor spells it.',
      sql: (row: Aliases) => row.address,
      resolve: ({ address }) => address,
    }),
    domain: t.string({
      description: 'The domain part of the address, lowercased.',
      sql: (row: Aliases) => row.domain,
      resolve: ({ domain }) => domain,
    }),
    user: t.relation('user', {
      description: 'The user who claims the address.',
      sql: one({ table: users, where: (user: Users, row: Aliases) => eq(user.id, row.userId) }),
    }),
    firstSeenAt: t.field({
      type: 'DateTime',
      description: 'When the mirror first observed the alias.',
      sql: (row: Aliases) => row.validFrom,
      resolve: ({ validFrom }) => validFrom,
    }),
    deletedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the mirror observed that the alias was removed. Null while the alias is active.',
      sql: (row: Aliases) => row.validTo,
      resolve: ({ validTo }) => validTo,
    }),
  }),
})

export type AliasRow = RowOf<typeof Alias>

addNodeSource(
  'Alias',
  numberedSource((ids, context, info) =>
    context.drizzle.query.aliases.findMany(
      plannedQuery(context, info, 'Alias', undefined, {
        where: { id: { in: ids }, ...visibleTo(context) },
      }),
    ),
  ),
)

builder.drizzleObjectField(User, 'aliases', (t) =>
  t.field({
    type: [Alias],
    nullable: true,
    description:
      "The user's active aliases, sorted by address. Null if they have not been read from the vendor yet; an " +
      'empty list if the user has none.',
    extensions: costs({ size: fewItems }),
    sql: list({
      table: aliases,
      where: (alias: Aliases, user: Users) => and(eq(alias.userId, user.id), isStanding(alias)),
      orderBy: (alias) => [alias.addressKey, alias.id],
      known: (user) => isNotNull(user.aliasesAt),
    }),
    select: (_args, _context, nested) => ({
      columns: { aliasesAt: true },
      with: { aliases: nested({ where: standing, orderBy: { addressKey: 'asc', id: 'asc' } }) },
    }),
    resolve: (user) => (user.aliasesAt === null ? null : user.aliases),
  }),
)

/** An index answers some comparisons; the others scan all aliases (20 ms). */
const text = inputCosts({ text: { exact: predicate(100), pattern: predicate(1_000) } })

const AliasFilter = builder.inputType('AliasFilter', {
  description: 'Filters aliases. All given fields must match (logical AND). Omitted and null fields are ignored.',
  fields: (t) => ({
    address: t.field({ type: StringFilter, description: 'The address.', extensions: text }),
    domain: t.field({ type: StringFilter, description: 'The domain part of the address.', extensions: text }),
  }),
})

const AliasEdge = edgeType<AliasRow, AliasRow>('AliasEdge', {
  description: 'An edge in a connection of aliases.',
  node: Alias,
})

const AliasConnection = connectionType('AliasConnection', {
  description: 'A page of aliases.',
  node: Alias,
  edge: AliasEdge,
})

const order = orderOf<Aliases, 'ADDRESS'>(
  'aliases',
  { ADDRESS: { key: 'addressKey', kind: 'text', value: (alias) => alias.addressKey } },
  null,
  'ADDRESS',
)

builder.queryField('aliases', (t) =>
  t.field({
    type: AliasConnection,
    nullable: true,
    description: 'Active aliases of an organization, sorted by address.',
    extensions: costs({ size: pageSize, page: { count: 800 } }),
    args: {
      ...organizationArg,
      filter: t.arg({ type: AliasFilter, description: 'Return only aliases that match this filter.' }),
      ...pageArgs,
    },
    sql: page({
      table: aliases,
      where: (alias: Aliases, _root, { organization, filter }: AliasListArgs, env) =>
        and(belongsTo(env, alias.organizationId, organization), isStanding(alias), aliasCondition(alias, filter)),
      window: (args) => pageWindow(args, order),
    }),
    resolve: (_root, args, context, info) =>
      rootPage<Aliases, AliasRow>(context, info, {
        args,
        order,
        where: (alias) =>
          and(
            belongsTo(context, alias.organizationId, args.organization),
            isStanding(alias),
            aliasCondition(alias, args.filter),
          ),
        table: aliases,
        typeName: 'Alias',
        findMany: (query) => context.drizzle.query.aliases.findMany(query),
        ifNothing: () => assertOrganizationKnown(context, args.organization),
      }),
  }),
)

interface AliasListArgs extends PageArgs {
  readonly organization?: Value<string> | null | undefined
  readonly filter?: Values<typeof AliasFilter.$inferInput> | null | undefined
}

function aliasCondition(alias: Aliases, filter: AliasListArgs['filter']): SQL | undefined {
  return and(
    matchesString(preFolded(alias.addressKey, addressKey), filter?.address),
    matchesString(preFolded(alias.domain, addressKey), filter?.domain),
  )
}
