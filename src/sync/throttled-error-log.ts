/** Interval during which a repeated error is not reported again, in milliseconds. */
const silenceMs = 60_000

/**
 * Throttles repeated errors: reports an error when it first occurs, and then at most once a minute. `times` is the
 * number of occurrences since the last report, including this one. Errors with the same message are the same.
 */
export function nowAndThen(
  say: (error: Error, times: number) => void,
  now: () => number = Date.now,
): (error: Error) => void {
  const said = new Map<string, { at: number; times: number }>()
  return (error) => {
    const last = said.get(error.message)
    if (last && now() < last.at + silenceMs) {
      last.times += 1
      return
    }
    for (const [message, { at }] of said) if (now() >= at + silenceMs) said.delete(message)
    said.set(error.message, { at: now(), times: 0 })
    say(error, (last?.times ?? 0) + 1)
  }
}
