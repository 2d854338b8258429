/** The connection broke, or was given up, while it was in use. Whether the statement under way was carried out is not known. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError'
  readonly code = 'CONNECTION_LOST'
}

/** No connection could be opened: the server is away, refuses, or does not answer. Nothing was sent. */
export class ConnectionUnavailableError extends Error {
  override readonly name = 'ConnectionUnavailableError'
  readonly code = 'CONNECTION_UNAVAILABLE'
}

/** Every connection of the pool stayed in use for as long as the caller waits. Nothing was sent. */
export class PoolBusyError extends Error {
  override readonly name = 'PoolBusyError'
  readonly code = 'POOL_BUSY'
}

/** The statement was sent on a lease that had ended: its caller left, or its transaction is over. Nothing was sent. */
export class LeaseEndedError extends Error {
  override readonly name = 'LeaseEndedError'
  readonly code = 'LEASE_ENDED'
}
