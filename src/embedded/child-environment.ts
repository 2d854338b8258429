/**
 * The environment of Postgres's programs, without any of our variables: a PG… variable, a LANG that this machine does
 * not support, or libraries of another installation would change their behavior. C is the only locale that every
 * machine has; the database has its own.
 */
export const CHILD_ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' }
