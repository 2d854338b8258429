/** Roles, and their grants to users. */
import { sql } from 'drizzle-orm'
import { boolean, index, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { id, moment } from './columns.ts'

export const roles = pgTable(
  'roles',
  {
    id: id('id').primaryKey(),
    organizationId: id('organization_id').notNull(),
    name: text('name').notNull(),
    validFrom: moment('valid_from').notNull(),
    /** Derived from `organizations.privileged_roles`. */
    privileged: boolean('privileged').notNull().default(true),
  },
  (t) => [
    // `resolve-users.ts` resolves the names of roles, which are unique.
    uniqueIndex('roles_name').on(t.organizationId, t.name),
  ],
)

export const roleGrants = pgTable(
  'role_grants',
  {
    userId: id('user_id').notNull(),
    roleId: id('role_id').notNull(),
    organizationId: id('organization_id').notNull(),
    validFrom: moment('valid_from').notNull(),
    validTo: moment('valid_to'),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.roleId, t.validFrom] }),
    // `user-access-paths.ts`, `facets.ts` and `rule.ts` scan the holders of a role without reading rows.
    index('role_grants_role').on(t.roleId, t.userId, t.validTo, t.validFrom),
    // `prune.ts` finds ended grants.
    index('role_grants_ended').on(t.organizationId, t.validTo).where(sql`valid_to is not null`),
  ],
)
