/** How long the same error is passed over in silence. */
const silenceMs = 60_000

/**
 * An error that comes again and again, said when it first comes and then once a minute while it goes on. `times`: how often it has come
 * since it was last said, this time included. Errors are the same where their messages are.
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
