/** Notifications of Postgres' (LISTEN), on a connection of their own that carries nothing else. */
import postgres from 'postgres'

/** Calls back with each payload, and with `onListening` at every connection: what was sent while it was away did not arrive. */
export type Listen = (
  channel: string,
  onPayload: (payload: string) => void,
  onListening: () => void,
) => Promise<{ unlisten(): Promise<void> }>

export interface Listener {
  readonly listen: Listen
  close(): Promise<void>
}

/** The wait before the next attempt to connect, in seconds. */
const reconnectSeconds = 0.5

/** Connects with the first `listen`, and again whenever the connection is lost. */
export function openListener(url: string | undefined, options: postgres.Options<Record<string, never>>): Listener {
  let client: postgres.Sql | undefined
  const open = () => {
    const settings = { ...options, max: 1, backoff: () => reconnectSeconds }
    client ??= url === undefined ? postgres(settings) : postgres(url, settings)
    return client
  }
  return {
    listen: (channel, onPayload, onListening) => open().listen(channel, onPayload, onListening),
    close: async () => await client?.end({ timeout: 1 }),
  }
}
