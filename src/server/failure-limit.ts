/**
 * Failed authentications of each client address, in this process. The limit refuses nobody: it says whose attempts may no longer cause
 * work of their own (authenticate.ts).
 */
export interface FailureLimit {
  isBeyond(address: string): boolean
  /** Counts a failure; gives how many the address has had in its current minute. */
  record(address: string): number
}

interface Window {
  failures: number
  readonly endsAt: number
}

const windowMs = 60_000
/** The memory's bound: of more addresses, the one whose window began first is forgotten. */
const mostAddresses = 50_000

export function openFailureLimit(
  failuresPerMinute: number,
  now: () => number = () => performance.now(),
  capacity: number = mostAddresses,
): FailureLimit {
  /** In the order in which they began, which is that in which they end. */
  const windows = new Map<string, Window>()

  function current(address: string): Window | undefined {
    const window = windows.get(address)
    if (window && window.endsAt > now()) return window
    windows.delete(address)
    return undefined
  }

  return {
    isBeyond: (address) => (current(address)?.failures ?? 0) >= failuresPerMinute,
    record(address) {
      const window = current(address) ?? { failures: 0, endsAt: now() + windowMs }
      window.failures += 1
      windows.set(address, window)
      if (windows.size > capacity) windows.delete(windows.keys().next().value as string)
      return window.failures
    },
  }
}
