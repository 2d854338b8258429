/**
 * The tables of the mirror.
 *
 * Times, all from the database clock:
 * - `…_at` stamps of a field group (`profile_at`, `roles_at`, `aliases_at`, `groups_at`): when the request that last
 *   changed or first filled the group was *sent*. A complete pull without differences writes no stamps. It moves the
 *   organization's `…_as_of`, which is a lower bound for all its live users. A point read without differences moves
 *   only the stamps of `user_confirmations` (docs/decisions/0020-moments-settle-and-confirmations-write-no-version.md).
 * - `valid_from` and `valid_to`: when the mirror recorded the start and the end. Never changed once set, so that
 *   results as of a past moment do not change.
 *
 * Users, groups, roles and aliases draw their ids from one sequence, so that an id alone identifies an object in the
 * feed. There are no foreign keys between the large tables: they would double the cost of applying a page. Only
 * `src/mirror` writes the rows, and its tests verify the references (docs/decisions/0003-mirror-shape.md).
 */
export * from './access.ts'
export * from './aliases.ts'
export * from './allowances.ts'
export { nodeIds } from './columns.ts'
export * from './feed.ts'
export * from './findings.ts'
export * from './groups.ts'
export * from './operations.ts'
export * from './organizations.ts'
export * from './pulls.ts'
export * from './roles.ts'
export * from './scim.ts'
export * from './users.ts'
export * from './webhooks.ts'
export * from './writes.ts'
