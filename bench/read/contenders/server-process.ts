/** What the servers of the peers and of the limit share: the connections, and the line that announces the address. */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import postgres from 'postgres'
import { settingsOfUrl } from '../../../src/config/database-url.ts'

/** The default of DATABASE_READ_CONNECTIONS, so that each contender has as many connections. */
export const connections = 8

export function databaseUrl(): string {
  return process.env.DATABASE_URL ?? ''
}

export function connectPostgres() {
  const { host, port, user, database } = settingsOfUrl(databaseUrl())
  return postgres({
    ...(host && { host }),
    ...(port && { port }),
    ...(user && { user }),
    ...(database && { database }),
    max: connections,
    connection: { plan_cache_mode: process.env.PLAN_CACHE_MODE ?? 'auto' },
  })
}

/** Listens on a free port of the loopback interface, and prints the address. */
export function announce(server: Server, path = ''): void {
  server.keepAliveTimeout = 600_000
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}${path}\n`)
  })
}
