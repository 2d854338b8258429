/**
 * Whether an error means that the database is temporarily unavailable: unreachable, shutting down, starting up, or out
 * of connections. Looks through wrappers (GraphQL's located errors, Drizzle's query errors, Node's attempts at several
 * addresses).
 */
export function isUnavailable(error: unknown): boolean {
  return someCause(error, (cause) => 'code' in cause && codes.has(String(cause.code)) && !isFileMissing(cause))
}

/** Whether Postgres cancelled the statement: it timed out, or the connection pool cancelled it. */
export function isCancelledStatement(error: unknown): boolean {
  return someCause(error, (cause) => 'code' in cause && cause.code === '57014')
}

const codes = new Set([
  // Ours: the tokens cannot be read from the database, for any reason
  'TOKENS_UNAVAILABLE',
  // Node's socket errors
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT', // no socket file
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
  // Our pools (src/db/connection/errors.ts)
  'CONNECTION_LOST',
  'CONNECTION_UNAVAILABLE',
  'POOL_BUSY',
  'ORGANIZATION_BUSY',
  // postgres.js
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'CONNECT_TIMEOUT',
  // Postgres: connection failures, shutdown, crash, startup, too many clients
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
  '57P01',
  '57P02',
  '57P03',
  '53300',
])

/** ENOENT means an unavailable database only if a connection was attempted. */
function isFileMissing(error: object): boolean {
  return 'code' in error && error.code === 'ENOENT' && 'syscall' in error && error.syscall !== 'connect'
}

function someCause(error: unknown, holds: (cause: object) => boolean, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 8) return false
  if (holds(error)) return true
  const inner = [
    'originalError' in error ? error.originalError : undefined,
    'cause' in error ? error.cause : undefined,
    ...('errors' in error && Array.isArray(error.errors) ? error.errors : []),
  ]
  return inner.some((cause) => someCause(cause, holds, depth + 1))
}
