/** The whole schema. Loading a module adds its types to the builder. */
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql'
import { withAsOf } from './as-of.ts'
import { builder } from './builder.ts'
import { guard } from './guard.ts'
import { paceLists } from './pace-lists.ts'
import type { SubgraphOptions } from './subgraph.ts'
import './scalars.ts'
import './node.ts'
import './organization.ts'
import './user.ts'
import './users.ts'
import './alias.ts'
import './role.ts'
import './group.ts'
import './groups.ts'
import './membership.ts'
import './related.ts'
import './overlaps.ts'
import './paths.ts'
import './neighborhood.ts'
import './search.ts'
import './findings.ts'
import './identity.ts'
import './graph-node.ts'
import './mirror.ts'
import './pull.ts'
import './budget.ts'
import './change.ts'
import './changes.ts'
import './mutation.ts'
import './refresh-user.ts'
import './start-pull.ts'
import './resolve-quarantine.ts'
import './declare-user-gone.ts'
import './entities.ts'
import './change-stream.ts'
import './pull-stream.ts'
import './create-user.ts'
import './update-user.ts'
import './delete-user.ts'
import './add-user-to-group.ts'
import './remove-user-from-group.ts'
import './operation.ts'
import './operations.ts'
import './start-onboarding.ts'
import './start-deprovisioning.ts'
import './start-email-change.ts'
import './cancel-operation.ts'
import './retry-operation.ts'
import './follow-operation.ts'

export function buildSchema(subgraph: SubgraphOptions = { withNode: true }): GraphQLSchema {
  const schema = withAsOf(builder.toSchema())
  schema.extensions = { ...schema.extensions, subgraph }
  return paceLists(guard(schema))
}

/** Returns the schema as SDL, in alphabetical order. */
export function schemaText(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`
}
