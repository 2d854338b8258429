/**
 * Relations between the tables, for reading. They include ended relationships and tombstones; the reader filters the
 * live ones.
 */
import { defineRelations } from 'drizzle-orm'
import * as tables from './tables.ts'

export const relations = defineRelations(tables, (r) => ({
  organizations: {
    users: r.many.users(),
    groups: r.many.groups(),
    roles: r.many.roles(),
    pulls: r.many.pulls(),
  },
  users: {
    organization: r.one.organizations({
      from: r.users.organizationId,
      to: r.organizations.id,
      optional: false,
    }),
    confirmation: r.one.userConfirmations({ from: r.users.id, to: r.userConfirmations.userId }),
    aliases: r.many.aliases(),
    memberships: r.many.memberships(),
    grants: r.many.roleGrants(),
    /** All accounts of the same address, including this one. */
    lives: r.many.users({
      from: [r.users.organizationId, r.users.addressKey],
      to: [r.users.organizationId, r.users.addressKey],
      alias: 'lives',
    }),
  },
  aliases: {
    organization: r.one.organizations({ from: r.aliases.organizationId, to: r.organizations.id, optional: false }),
    user: r.one.users({ from: r.aliases.userId, to: r.users.id, optional: false }),
  },
  groups: {
    organization: r.one.organizations({ from: r.groups.organizationId, to: r.organizations.id, optional: false }),
    memberships: r.many.memberships(),
  },
  roles: {
    organization: r.one.organizations({ from: r.roles.organizationId, to: r.organizations.id, optional: false }),
    grants: r.many.roleGrants(),
  },
  memberships: {
    user: r.one.users({ from: r.memberships.userId, to: r.users.id, optional: false }),
    group: r.one.groups({ from: r.memberships.groupId, to: r.groups.id, optional: false }),
  },
  roleGrants: {
    user: r.one.users({ from: r.roleGrants.userId, to: r.users.id, optional: false }),
    role: r.one.roles({ from: r.roleGrants.roleId, to: r.roles.id, optional: false }),
  },
  findings: {
    organization: r.one.organizations({ from: r.findings.organizationId, to: r.organizations.id, optional: false }),
  },
  pulls: {
    organization: r.one.organizations({ from: r.pulls.organizationId, to: r.organizations.id, optional: false }),
  },
  operations: {
    organization: r.one.organizations({ from: r.operations.organizationId, to: r.organizations.id, optional: false }),
    items: r.many.operationItems(),
  },
  operationItems: {
    operation: r.one.operations({ from: r.operationItems.operationId, to: r.operations.id, optional: false }),
    steps: r.many.operationSteps(),
    user: r.one.users({ from: r.operationItems.userId, to: r.users.id }),
  },
  operationSteps: {
    item: r.one.operationItems({ from: r.operationSteps.itemId, to: r.operationItems.id, optional: false }),
  },
}))
