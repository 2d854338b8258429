/**
 * The schema builder. Each module adds its types to the builder when it is loaded; schema.ts loads all modules and
 * builds the schema.
 */
import SchemaBuilder from '@pothos/core'
import { typeKey } from '../planner/json-text.ts'
import type { GraphContext } from './context.ts'
import '../planner/sql-plugin.ts'

export const builder = new SchemaBuilder<{
  Context: GraphContext
  /**
   * Fields are non-null by default. Fields of Query and Mutation are declared nullable, so that one failing field does
   * not fail the others.
   */
  DefaultFieldNullability: false
  InferredFieldOptionsKind: 'Resolve' | 'Sql' | 'Refs' | 'RefsOfRow'
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
  plugins: ['sql'],
  defaultFieldNullability: false,
})

/** Returns the name of an object's type: the planner adds it to objects of an interface or a union. */
export function typeOf(value: object): string {
  return String(Reflect.get(value, typeKey))
}

export const Node = builder.interfaceRef<object>('Node').implement({
  description: 'An object with a globally unique ID.',
  resolveType: typeOf,
  fields: (t) => ({
    id: t.id({ description: 'The global ID of the object. IDs are opaque, permanent and never reused.' }),
  }),
})

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
