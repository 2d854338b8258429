/**
 * What Postgres' programs see of the environment: nothing of ours. Any PG… variable, a LANG that this machine does not know, or
 * libraries of another installation would change what they do. C is the one locale that is everywhere; the database has its own.
 */
export const CHILD_ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' }
