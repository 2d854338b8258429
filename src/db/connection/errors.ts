/** The connection was lost or closed while in use. It is unknown whether the current statement was carried out. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError'
  readonly code = 'CONNECTION_LOST'
}

/** No connection could be opened: the server is down, refuses connections or does not respond. Nothing was sent. */
export class ConnectionUnavailableError extends Error {
  override readonly name = 'ConnectionUnavailableError'
  readonly code = 'CONNECTION_UNAVAILABLE'
}

/** All connections of the pool stayed in use for the caller's maximum wait. Nothing was sent. */
export class PoolBusyError extends Error {
  override readonly name = 'PoolBusyError'
  readonly code = 'POOL_BUSY'
}

/**
 * The statement was issued on a lease that had ended: the caller left, or the transaction is over. Nothing was sent.
 */
export class LeaseEndedError extends Error {
  override readonly name = 'LeaseEndedError'
  readonly code = 'LEASE_ENDED'
}
