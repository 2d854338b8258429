/**
 * The fields that a federation router queries: `_entities`, which resolves objects by the keys that other subgraphs
 * hold, and `_service`, the schema for composition. The references of one field are loaded together, with one statement
 * per type.
 */
import { given, type Value } from '../../planner/given.ts'
import { type Ref, refs } from '../../planner/read.ts'
import { builder, typeOf } from '../builder.ts'
import { costs } from '../core/cost.ts'
import { withPlacedErrors } from '../core/lookups.ts'
import { userInputError } from '../core/user-input-error.ts'
import { errorOr } from '../execute.ts'
import { Group } from '../group/group.ts'
import { Role } from '../group/role.ts'
import { Organization } from '../organization/organization.ts'
import { Identity } from '../user/identity.ts'
import { User } from '../user/user.ts'
import { type Representation, referenceOf } from './references.ts'
import { type EntityName, entityKeys, type SubgraphOptions, subgraphText } from './subgraph.ts'

const references = { lengthOf: 'representations', most: 5_000 } as const
const entityNames = Object.keys(entityKeys) as EntityName[]

const entityTypes = { User, Group, Role, Organization, Identity } satisfies Readonly<Record<EntityName, unknown>>

const AnyScalar = builder.scalarType('_Any', {
  description: 'A reference to an object: its `__typename` and the fields of one of its keys.',
  serialize: (value) => value,
})

const Entity = builder.unionType('_Entity', {
  description: 'The types that other subgraphs can reference.',
  types: Object.values(entityTypes),
  resolveType: typeOf,
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
    sql: refs(
      ({ representations }: { representations: Value<unknown[]> }) => given(representations).map(withinSize),
      refOf,
    ),
    compute: (found: (object | null)[], _args, _context, info) =>
      withPlacedErrors(found.map(errorOr) as (object | null)[], info) as object[],
  }),
}))

function withinSize(representations: unknown[]): unknown[] {
  if (representations.length <= references.most) return representations
  throw userInputError(`\`representations\` exceeds the limit of ${references.most} references`)
}

function refOf(representation: unknown): Ref {
  // Do not spread `representation`: a string would become an object of its characters.
  const fields = (typeof representation === 'object' && representation ? representation : {}) as Representation
  const typeName = entityNames.find((one) => one === fields.__typename)
  if (typeName) return referenceOf(typeName, fields)
  throw userInputError(
    `A representation must be an object with a \`__typename\` that is one of: ${entityNames.join(', ')}`,
  )
}
