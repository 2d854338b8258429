import { Alias } from './alias.ts'
import { builder } from './builder.ts'
import { Group } from './group.ts'
import { Organization } from './organization.ts'
import { Role } from './role.ts'
import { User } from './user.ts'

/** Values of it must be branded with their type's name, as `loadNodes` does. */
export const GraphNode = builder.unionType('GraphNode', {
  description: 'Anything that can stand in a picture of the graph.',
  types: [User, Group, Role, Alias, Organization],
})
