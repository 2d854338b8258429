/**
 * Counts failed authentications per client address in this process. The limit rejects no request: it determines whose
 * attempts may no longer cause work of their own (authenticate.ts).
 */
export interface FailureLimit {
  isBeyond(address: string): boolean
  /** Counts a failure, and returns the number of failures of the address in its current minute. */
  record(address: string): number
}

interface Window {
  failures: number
  readonly endsAt: number
}

const windowMs = 60_000
/** Bounds the memory: beyond this number, the address with the oldest window is dropped. */
const mostAddresses = 50_000

export function openFailureLimit(
  failuresPerMinute: number,
  now: () => number = () => performance.now(),
  capacity: number = mostAddresses,
): FailureLimit {
  /** In the order of their start, which is also the order of their end. */
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
