/** For one application on one machine, whose data must survive a power failure. */
const DEFAULTS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  port: '5432',
  max_connections: '100',
  shared_buffers: '128MB',
  jit: 'off',
  fsync: 'on',
  synchronous_commit: 'on',
  // No replica and no archive reads the write-ahead log: only recovery needs it.
  wal_level: 'minimal',
  max_wal_senders: '0',
  wal_compression: 'on',
  max_wal_size: '1GB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_min_messages: 'warning',
  // The text of a failed statement may contain values that must not be logged.
  log_min_error_statement: 'panic',
}

/**
 * Postgres's arguments for the settings. The caller's settings override ours, and the socket's requirements override
 * both.
 */
export function settingArguments(settings: Readonly<Record<string, string>>, socketFolder: string): string[] {
  const all = {
    ...DEFAULTS,
    ...settings,
    unix_socket_directories: `"${socketFolder}"`,
    unix_socket_permissions: '0700',
    logging_collector: 'off',
  }
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/**
 * The environment of Postgres's programs, without any of our variables: a PG… variable, a LANG that this machine does
 * not support, or libraries of another installation would change their behavior. C is the only locale that every
 * machine has; the database has its own.
 */
export const CHILD_ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' }
