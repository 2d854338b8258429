/**
 * The fields that a federation router queries: `_entities`, which resolves objects by the keys that other subgraphs
 * hold, and `_service`, the schema for composition. The references of one field are loaded together, with one statement
 * per type.
 */
import { brandWithType } from '@pothos/core'
import { type Column, type SQL, sql } from 'drizzle-orm'
import type { GraphQLResolveInfo } from 'graphql'
import type { groups, roles, users } from '../../db/schema/tables.ts'
import { organizations } from '../../db/schema/tables.ts'
import { given, type Value } from '../../planner/given.ts'
import { type Ref, refs } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import type { GraphContext } from '../context.ts'
import { costs } from '../core/cost.ts'
import { isAlive } from '../core/current-rows.ts'
import { takeLookups, withPlacedErrors } from '../core/lookups.ts'
import { isVisible, visibleTo } from '../core/tenant-visibility.ts'
import { userInputError } from '../core/user-input-error.ts'
import { Group } from '../group/group.ts'
import { Role } from '../group/role.ts'
import { Organization } from '../organization/organization.ts'
import { plannedQuery } from '../pagination/drizzle-plan.ts'
import { Identity, loadIdentities } from '../user/identity.ts'
import { User } from '../user/user.ts'
import {
  inPlace,
  isReferred,
  type Reference,
  type ReferredRow,
  type Representation,
  referenceOf,
} from './references.ts'
import { type EntityName, entityKeys, type SubgraphOptions, subgraphText } from './subgraph.ts'

const references = { lengthOf: 'representations', most: 5_000 } as const
const entityNames = Object.keys(entityKeys) as EntityName[]

/**
 * Resolves references. Each result is in the position of its reference: undefined if there is no such object, an error
 * if the reference is ambiguous.
 */
type Load = (
  references: Reference[],
  context: GraphContext,
  info: GraphQLResolveInfo,
) => Promise<(object | Error | undefined)[]>

const loaders: Readonly<Record<EntityName, Load>> = {
  User: async (references, context, info) => {
    const isNamed = (user: typeof users) => isAlive(user)
    const query = rowsReferred(references, { name: (user: typeof users) => user.addressKey, isNamed })
    const planned = plannedQuery(context, info, 'User', undefined, {
      ...query,
      where: { ...query.where, ...visibleTo(context) },
    })
    return placed(references, await context.drizzle.query.users.findMany(planned))
  },
  Group: async (references, context, info) => {
    const isNamed = (group: typeof groups) => isAlive(group)
    const query = rowsReferred(references, { name: (group: typeof groups) => group.groupId, isNamed })
    const planned = plannedQuery(context, info, 'Group', undefined, {
      ...query,
      where: { ...query.where, ...visibleTo(context) },
    })
    return placed(references, await context.drizzle.query.groups.findMany(planned))
  },
  Role: async (references, context, info) => {
    const query = rowsReferred(references, { name: (role: typeof roles) => role.name })
    const planned = plannedQuery(context, info, 'Role', undefined, {
      ...query,
      where: { ...query.where, ...visibleTo(context) },
    })
    return placed(references, await context.drizzle.query.roles.findMany(planned))
  },
  Organization: async (references, context, info) => {
    const query = rowsReferred(references, {
      name: (organization: typeof organizations) => organization.slug,
      organizationId: (organization) => organization.id,
      isNamed: (organization) => isVisible(context, organization),
    })
    const where = { AND: [query.where, { RAW: (one: typeof organizations) => isVisible(context, one) }] }
    const planned = plannedQuery(context, info, 'Organization', undefined, { ...query, where })
    return placed(references, await context.drizzle.query.organizations.findMany(planned))
  },
  Identity: async (references, context, info) => {
    const names = references.map((one) => (one.by === 'name' ? one.name : ''))
    const found = await loadIdentities(names, context, info)
    return names.map((name) => found.get(name))
  },
}

/**
 * Returns the parts of a query that find the referenced rows and tell which name each row matches. Deleted rows do not
 * match by name.
 */
function rowsReferred<Table extends { id: Column }>(
  references: readonly Reference[],
  {
    name,
    organizationId = (table) => Reflect.get(table, 'organizationId') as Column,
    isNamed = () => sql`true`,
  }: { name(table: Table): Column; organizationId?(table: Table): Column; isNamed?(table: Table): SQL },
) {
  return {
    columns: { id: true },
    extras: {
      referredName: (table: Table) => sql`case when ${isNamed(table)} then ${name(table)} end`,
      referredSlug: (table: Table) =>
        sql`(select o.slug from ${organizations} o where o.id = ${organizationId(table)})`,
    },
    where: {
      RAW: (table: Table) =>
        isReferred(
          references,
          { id: table.id, organizationId: organizationId(table), name: name(table) },
          isNamed(table),
        ),
    },
  }
}

/** The columns of the plan are known only at run time. */
function placed(references: readonly Reference[], rows: readonly object[]): (object | Error | undefined)[] {
  return inPlace(references, rows as ReferredRow[])
}

const entityTypes = { User, Group, Role, Organization, Identity } satisfies Readonly<Record<EntityName, unknown>>

const AnyScalar = builder.scalarType('_Any', {
  description: 'A reference to an object: its `__typename` and the fields of one of its keys.',
  serialize: (value) => value,
})

const Entity = builder.unionType('_Entity', {
  description: 'The types that other subgraphs can reference.',
  types: Object.values(entityTypes),
})

const Service = builder.objectRef<object>('_Service').implement({
  description: 'This subgraph, for composition.',
  fields: (t) => ({
    sdl: t.string({
      description: 'The schema in SDL, with the directives of Federation 2.',
      // The schema is printed on each call, which blocks this process for 20 ms.
      extensions: costs({ perNode: 2_000 }),
      resolve: (_service, _args, _context, { schema }) =>
        subgraphText(schema, schema.extensions.subgraph as SubgraphOptions),
    }),
  }),
})

builder.queryFields((t) => ({
  _service: t.field({ type: Service, description: 'This subgraph, for composition.', resolve: () => ({}) }),
  _entities: t.field({
    type: [Entity],
    nullable: { list: false, items: true },
    description:
      `Resolves up to ${references.most} references, in order. An unknown object is null; an invalid reference ` +
      'is an error at its own position.',
    extensions: costs({ size: references }),
    args: { representations: t.arg({ type: [AnyScalar], required: true, description: 'The references to resolve.' }) },
    sql: refs(({ representations }: { representations: Value<unknown[]> }) =>
      given(representations).map((all) => withinSize(all).map(refOf)),
    ),
    resolve: async (_root, { representations }, context, info) => {
      withinSize(representations)
      takeLookups(context, representations.length)
      const asked = representations.map(readOrError)
      const answers = new Map<Asked, object | Error | undefined>()
      const types = Map.groupBy(
        asked.filter((one): one is Asked => !(one instanceof Error)),
        (one) => one.typeName,
      )
      await Promise.all(
        [...types].map(async ([typeName, ofType]) => {
          const found = await loaders[typeName](
            ofType.map(({ reference }) => reference),
            context,
            info,
          )
          for (const [index, one] of ofType.entries()) answers.set(one, branded(found[index], one))
        }),
      )
      const found = asked.map((one) => (one instanceof Error ? one : answers.get(one)))
      return withPlacedErrors(found, info) as object[] as never[]
    },
  }),
}))

interface Asked {
  readonly typeName: EntityName
  /** The address as spelled in the reference. Only an Identity returns the address as requested. */
  readonly address: unknown
  readonly reference: Reference
}

function withinSize(representations: unknown[]): unknown[] {
  if (representations.length <= references.most) return representations
  throw userInputError(`\`representations\` exceeds the limit of ${references.most} references`)
}

function refOf(representation: unknown): Ref {
  const { typeName, reference } = read(representation)
  if (reference.by === 'id') return { type: typeName, by: 'id', id: reference.id, name: null, scope: null }
  const { name, slug } = reference
  return { type: typeName, by: slug === null ? 'name' : 'scoped', id: null, name, scope: slug }
}

function readOrError(representation: unknown): Asked | Error {
  try {
    return read(representation)
  } catch (error) {
    return error as Error
  }
}

function read(representation: unknown): Asked {
  // Do not spread `representation`: a string would become an object of its characters.
  const fields = (typeof representation === 'object' && representation ? representation : {}) as Representation
  const typeName = entityNames.find((one) => one === fields.__typename)
  if (!typeName) {
    throw userInputError(
      `A representation must be an object with a \`__typename\` that is one of: ${entityNames.join(', ')}`,
    )
  }
  return { typeName, address: fields.address, reference: referenceOf(typeName, fields) }
}

function branded(found: object | Error | undefined, { typeName, address }: Asked): object | Error | undefined {
  if (!found || found instanceof Error) return found
  const entity = typeName === 'Identity' ? { ...found, address } : found
  brandWithType(entity, typeName as never)
  return entity
}
