import { hasCode } from '../errors.ts'

/**
 * Postgres's shutdown modes, each with its time limit in ms. "fast" rolls back and writes everything to disk.
 * "immediate" leaves that to the recovery of the next start, like a power failure. The last one is for a Postgres that
 * does not react. Committed work survives each. Together they fit into the ten seconds in which a process must end.
 */
const WAYS: readonly (readonly [NodeJS.Signals, number])[] = [
  ['SIGINT', 5_000],
  ['SIGQUIT', 3_000],
  ['SIGKILL', 1_000],
]

/** Stops a postmaster, and returns whether it has ended. `isGone` waits for that, for at most `limit` ms. */
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
