import { hasCode } from './error-codes.ts'

/**
 * Postgres' ways to end, each with how long it is given (ms): "fast" rolls back and writes all down; "immediate" leaves that to the
 * recovery of the next start, as a power cut would; the last is for a Postgres that hears nothing. Committed work survives each.
 * Together they fit into the ten seconds in which a process is to end.
 */
const WAYS: readonly (readonly [NodeJS.Signals, number])[] = [
  ['SIGINT', 5_000],
  ['SIGQUIT', 3_000],
  ['SIGKILL', 1_000],
]

/** Ends a postmaster, and says whether it is gone. `isGone` waits for that, for so many ms at most. */
export async function shutDown(
  send: (signal: NodeJS.Signals) => void,
  isGone: (limit: number) => Promise<boolean>,
): Promise<boolean> {
  for (const [signal, limit] of WAYS) {
    try {
      send(signal)
    } catch (error) {
      if (!hasCode(error, 'ESRCH')) throw error
    }
    if (await isGone(limit)) return true
  }
  return false
}
