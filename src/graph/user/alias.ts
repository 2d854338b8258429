import { and, eq, isNotNull, type SQL } from 'drizzle-orm'
import { addressKey } from '../../addresses/address-key.ts'
import { aliases, users } from '../../db/schema/tables.ts'
import type { Value, Values } from '../../planner/given.ts'
import { list, one, page } from '../../planner/read.ts'
import { builder, Node } from '../builder.ts'
import { costs, fewItems, inputCosts, predicate } from '../core/cost.ts'
import { isStanding } from '../core/current-rows.ts'
import { globalId } from '../core/global-id.ts'
import { nodeRows } from '../core/node.ts'
import { assertOrganizationKnown, belongsTo } from '../core/organization-argument.ts'
import { Organization, organizationArg, organizationOfRow } from '../organization/organization.ts'
import { connectionType, pageArgs } from '../pagination/connection.ts'
import { matchesString, preFolded, StringFilter } from '../pagination/filter.ts'
import { orderOf } from '../pagination/order.ts'
import { type PageArgs, pageSize, pageWindow } from '../pagination/page.ts'
import { User } from './user.ts'

type Aliases = typeof aliases
type Users = typeof users

export const Alias = builder.objectRef<object>('Alias').implement({
  description: "One user's claim to one address. An address that two users claim has two aliases.",
  interfaces: [Node],
  extensions: nodeRows('Alias', aliases),
  fields: (t) => ({
    id: t.id({
      description: 'The global ID of the alias.',
      sql: (row: Aliases) => globalId('Alias', row.id),
    }),
    organization: t.field({
      type: Organization,
      description: 'The organization that the alias belongs to.',
      sql: organizationOfRow,
    }),
    address: t.field({
      type: 'EmailAddress',
      description: 'The address, as the vendor spells it.',
      sql: (row: Aliases) => row.address,
    }),
    domain: t.string({
      description: 'The domain part of the address, lowercased.',
      sql: (row: Aliases) => row.domain,
    }),
    user: t.field({
      type: User,
      description: 'The user who claims the address.',
      sql: one({ table: users, where: (user: Users, row: Aliases) => eq(user.id, row.userId) }),
    }),
    firstSeenAt: t.field({
      type: 'DateTime',
      description: 'When the mirror first observed the alias.',
      sql: (row: Aliases) => row.validFrom,
    }),
    deletedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the mirror observed that the alias was removed. Null while the alias is active.',
      sql: (row: Aliases) => row.validTo,
    }),
  }),
})

builder.objectField(User, 'aliases', (t) =>
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

const AliasConnection = connectionType('AliasConnection', { items: 'aliases', node: Alias })

const order = orderOf<Aliases, 'ADDRESS'>(
  'aliases',
  { ADDRESS: { kind: 'text', value: (alias) => alias.addressKey } },
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
    check: ({ organization }, context) => assertOrganizationKnown(context, organization),
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
