/** Postgres notifications (LISTEN), on a dedicated connection. */
import postgres from 'postgres'

/**
 * Calls `onPayload` for each notification, and `onListening` after each connect: notifications sent while disconnected
 * are lost.
 */
export type Listen = (
  channel: string,
  onPayload: (payload: string) => void,
  onListening: () => void,
) => Promise<{ unlisten(): Promise<void> }>

export interface Listener {
  readonly listen: Listen
  close(): Promise<void>
}

/** Delay before the next connection attempt, in seconds. */
const reconnectSeconds = 0.5

/** Connects on the first `listen`, and reconnects whenever the connection is lost. */
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
