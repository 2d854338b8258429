/** The whole schema. Loading a module adds its types to the builder. */
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql'
import { withAsOf } from './as-of/as-of.ts'
import { builder } from './builder.ts'
import { guard } from './core/authorize-root-fields.ts'
import { resolvePlanned } from './execute.ts'
import type { SubgraphOptions } from './federation/subgraph.ts'
import { withPrefix } from './federation/type-prefix.ts'
import { paceLists } from './pagination/pace-lists.ts'
import './core/scalars.ts'
import './core/node.ts'
import './organization/organization.ts'
import './user/user.ts'
import './user/account-kind.ts'
import './user/users.ts'
import './user/alias.ts'
import './group/role.ts'
import './group/group.ts'
import './group/groups.ts'
import './group/membership.ts'
import './analysis/related.ts'
import './analysis/overlaps.ts'
import './analysis/paths.ts'
import './analysis/neighborhood.ts'
import './analysis/policy-of-edge.ts'
import './analysis/search.ts'
import './analysis/findings.ts'
import './user/identity.ts'
import './analysis/graph-node.ts'
import './organization/mirror.ts'
import './pull/pull.ts'
import './organization/budget.ts'
import './organization/licenses.ts'
import './change/change.ts'
import './change/changes.ts'
import './mutations/refresh-user.ts'
import './mutations/pulls.ts'
import './analysis/accept-finding.ts'
import './federation/entities.ts'
import './change/change-stream.ts'
import './pull/pull-stream.ts'
import './mutations/create-user.ts'
import './mutations/update-sender-lists.ts'
import './mutations/update-user.ts'
import './mutations/delete-user.ts'
import './mutations/membership.ts'
import './operation/operation.ts'
import './operation/operations.ts'
import './mutations/operations.ts'
import './operation/operation-subscription.ts'
import './webhooks/webhook-mutations.ts'
import './scim/scim-activity.ts'
import './scim/lift-scim-guard.ts'

export function buildSchema(subgraph: SubgraphOptions = { withNode: true }): GraphQLSchema {
  const own = withAsOf(builder.toSchema())
  const schema = subgraph.prefix === undefined ? own : withPrefix(own, subgraph.prefix)
  schema.extensions = { ...schema.extensions, subgraph }
  return paceLists(guard(resolvePlanned(schema)))
}

/** Returns the schema as SDL, in alphabetical order. */
export function schemaText(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`
}
