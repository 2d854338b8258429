/** The schema's builder. Types add themselves to it when their module is loaded; schema.ts loads them all and makes the schema. */
import SchemaBuilder from '@pothos/core'
import DirectivesPlugin from '@pothos/plugin-directives'
import DrizzlePlugin from '@pothos/plugin-drizzle'
import RelayPlugin from '@pothos/plugin-relay'
import { getTableConfig } from 'drizzle-orm/pg-core'
import { relations } from '../mirror/relations.ts'
import type { GraphContext } from './context.ts'
import { encodeGlobalId } from './global-id.ts'

export const builder = new SchemaBuilder<{
  Context: GraphContext
  DrizzleRelations: typeof relations
  /** Fields are not null unless they say so; those of Query and Mutation say so, each failing by itself. */
  DefaultFieldNullability: false
  Scalars: {
    /** Outward, as the mirror holds it: Postgres' own print or ISO 8601, in UTC. Inward, ISO 8601 in UTC with six decimals. */
    DateTime: { Input: string; Output: string }
    EmailAddress: { Input: string; Output: string }
    JSON: { Input: unknown; Output: unknown }
    ID: { Input: string; Output: string }
    _Any: { Input: unknown; Output: unknown }
  }
}>({
  plugins: [RelayPlugin, DrizzlePlugin, DirectivesPlugin],
  defaultFieldNullability: false,
  drizzle: {
    client: (context: GraphContext) => context.drizzle,
    getTableConfig,
    relations,
  },
  relay: {
    // node.ts has these two: they say what is wrong with an id, and one bad id harms no other.
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    encodeGlobalID: (typeName, key) => encodeGlobalId(typeName, key),
    nodeTypeOptions: { description: 'Anything that an id names by itself.' },
    idFieldOptions: { description: 'Names it in this graph; opaque, and never given to another.' },
    pageInfoTypeOptions: { description: 'Where a page stands in its connection.' },
    hasNextPageFieldOptions: { description: 'Whether rows follow the page.' },
    hasPreviousPageFieldOptions: { description: 'Whether rows stand before the page.' },
    startCursorFieldOptions: { description: "The first row's cursor; null for a page without rows." },
    endCursorFieldOptions: { description: "The last row's cursor; null for a page without rows." },
  },
})

/** What the statements that Pothos plans fetch of a type's row. */
export type RowOf<Ref extends { $inferType: unknown }> = Exclude<Ref['$inferType'], { $pothosQueryFor: unknown }>

builder.queryType({ description: 'What can be asked of the mirror. Nothing here waits for the vendor.' })
