/**
 * The mirror as Postgres keeps it.
 *
 * Times, and who sets them (all by the database's clock):
 * - `…_at` stamps of a field group (`profile_at`, `roles_at`, `aliases_at`, `groups_at`): when the request that last changed
 *   or first filled the group was *sent*. A complete pull that found nothing new writes no stamp: it moves the
 *   organization's `…_as_of`, which is a lower bound for all of its live users. A point read that found nothing new moves the stamps of
 *   `user_confirmations` alone (docs/decisions/0020-moments-settle-and-confirmations-write-no-version.md).
 * - `valid_from` and `valid_to`: when the mirror learnt that it begins and ends. Never changed once set, so that an answer about the past stays.
 *
 * Users, groups, roles and aliases draw their ids from one sequence, so that an id alone names one thing in the feed.
 * There are no foreign keys between the large tables: they would double the price of applying a page, and every row is written by
 * `src/mirror` alone, whose tests hold the references (docs/decisions/0003-mirror-shape.md).
 */
export * from './tables/access.ts'
export * from './tables/allowances.ts'
export { nodeIds } from './tables/columns.ts'
export * from './tables/directory.ts'
export * from './tables/feed.ts'
export * from './tables/findings.ts'
export * from './tables/operations.ts'
export * from './tables/organizations.ts'
export * from './tables/pulls.ts'
export * from './tables/writes.ts'
