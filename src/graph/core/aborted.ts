/**
 * Returns true if the error only reports that the operation's own signal was aborted: the caller disconnected, the
 * operation timed out, or the server is shutting down. A client that honours a signal may wrap the signal's reason, so
 * causes are searched too.
 */
export function isOwnAbort(error: unknown, signal: AbortSignal, depth = 0): boolean {
  if (!signal.aborted || !(error instanceof Error) || depth > 8) return false
  if (error === signal.reason) return true
  const inner = [error.cause, 'originalError' in error ? error.originalError : undefined]
  return inner.some((one) => isOwnAbort(one, signal, depth + 1))
}
