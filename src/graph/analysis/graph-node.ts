import { builder, typeOf } from '../builder.ts'
import { Group } from '../group/group.ts'
import { Role } from '../group/role.ts'
import { Organization } from '../organization/organization.ts'
import { Alias } from '../user/alias.ts'
import { User } from '../user/user.ts'

export const GraphNode = builder.unionType('GraphNode', {
  description: 'Any object that can be a node of the graph.',
  types: [User, Group, Role, Alias, Organization],
  resolveType: typeOf,
})
