/**
 * The schema builder. Each module adds its types to the builder when it is loaded; schema.ts loads all modules and
 * builds the schema.
 */
import SchemaBuilder from '@pothos/core'
import DirectivesPlugin from '@pothos/plugin-directives'
import DrizzlePlugin from '@pothos/plugin-drizzle'
import RelayPlugin from '@pothos/plugin-relay'
import { getTableConfig } from 'drizzle-orm/pg-core'
import { relations } from '../db/schema/relations.ts'
import type { GraphContext } from './context.ts'
import '../planner/sql-plugin.ts'
import { encodeGlobalId } from './core/global-id.ts'

export const builder = new SchemaBuilder<{
  Context: GraphContext
  DrizzleRelations: typeof relations
  /**
   * Fields are non-null by default. Fields of Query and Mutation are declared nullable, so that one failing field does
   * not fail the others.
   */
  DefaultFieldNullability: false
  Scalars: {
    /**
     * Output: as the mirror stores it, in Postgres' text format or ISO 8601, in UTC. Input: ISO 8601 in UTC with six
     * decimals.
     */
    DateTime: { Input: string; Output: string }
    EmailAddress: { Input: string; Output: string }
    JSON: { Input: unknown; Output: unknown }
    ID: { Input: string; Output: string }
    _Any: { Input: unknown; Output: unknown }
  }
}>({
  plugins: ['sql', RelayPlugin, DrizzlePlugin, DirectivesPlugin],
  defaultFieldNullability: false,
  drizzle: {
    client: (context: GraphContext) => context.drizzle,
    getTableConfig,
    relations,
  },
  relay: {
    // node.ts defines both fields: its versions report what is wrong with an ID, and an invalid ID does not fail the
    // others.
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    encodeGlobalID: (typeName, key) => encodeGlobalId(typeName, key),
    nodeTypeOptions: { description: 'An object with a globally unique ID.' },
    idFieldOptions: { description: 'The global ID of the object. IDs are opaque, permanent and never reused.' },
    pageInfoTypeOptions: { description: 'Information about a page of a connection.' },
    hasNextPageFieldOptions: { description: 'Whether there are more items after this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether there are more items before this page.' },
    startCursorFieldOptions: {
      description: 'Cursor of the first item on the page. Null if the page is empty, except for changes.',
    },
    endCursorFieldOptions: {
      description: 'Cursor of the last item on the page. Null if the page is empty, except for changes.',
    },
  },
})

/** The row that Pothos' planned statements fetch for a type. */
export type RowOf<Ref extends { $inferType: unknown }> = Exclude<Ref['$inferType'], { $pothosQueryFor: unknown }>

builder.queryType({
  description:
    'Read operations. They are served from the mirror and never wait for the vendor. They require the `read` scope ' +
    'unless stated otherwise. Without the required scope, a field fails with the code FORBIDDEN.',
})

builder.mutationType({
  description:
    'Write operations. Each field returns when its work is done; fields that start an operation or a pull return ' +
    'when it has been created. Without the required scope, a field fails with the code FORBIDDEN.',
})
