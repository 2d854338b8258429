/**
 * Whether an error only says that the operation's own signal ended it: its caller left, its time is up, or the server stops. A client of ours that
 * heeds a signal may wrap its reason.
 */
export function isOwnAbort(error: unknown, signal: AbortSignal, depth = 0): boolean {
  if (!signal.aborted || !(error instanceof Error) || depth > 8) return false
  if (error === signal.reason) return true
  const inner = [error.cause, 'originalError' in error ? error.originalError : undefined]
  return inner.some((one) => isOwnAbort(one, signal, depth + 1))
}
