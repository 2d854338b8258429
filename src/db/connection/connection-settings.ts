/** Connection settings for each of the drivers. */
import net from 'node:net'
import { Client, type ClientConfig } from 'pg'
import { type ConnectionSettings, settingsOfUrl } from '../../config/database-url.ts'

/** The location of Postgres: a URL, or the socket directory of the embedded one. */
export type DatabaseConnection =
  | { readonly url: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string }

/**
 * Settings that statements and both drivers rely on. The URL's options, the role, the database or the server's
 * configuration may hold others: a DateStyle of German makes every time unreadable.
 */
const sessionParameters = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: 1,
  array_nulls: 'on',
  standard_conforming_strings: 'on',
  default_transaction_isolation: 'read committed',
} as const

type SettingsForPostgresJs = Omit<ConnectionSettings, 'options'> & {
  readonly connection: typeof sessionParameters & { readonly options?: string }
}

/** Settings for the driver of the pools and the listener. */
export function settingsForPostgresJs(connection: DatabaseConnection): SettingsForPostgresJs {
  const { options, ssl, ...rest } = settingsOf(connection)
  return {
    ...rest,
    ...(ssl !== undefined && { ssl }),
    // The server applies parameters of their own after those in `options`.
    connection: { ...sessionParameters, ...(options !== undefined && { options: withOwnSchema(options) }) },
  }
}

/**
 * Settings for the driver of the queue and the migrations. `own` holds options that take precedence. Use them with
 * PreferringClient.
 */
export function settingsForPg(connection: DatabaseConnection, own?: string): ClientConfig {
  const { options: given, ssl, ...rest } = settingsOf(connection)
  // Of two values for one parameter, the last one counts.
  const options = [given && (own ? given : withOwnSchema(given)), forced, own].filter(Boolean).join(' ')
  return {
    ...rest,
    ...(ssl !== undefined && { ssl: ssl === 'prefer' ? Object.assign({ rejectUnauthorized: false }, preferred) : ssl }),
    options,
  }
}

const forced = Object.entries(sessionParameters)
  .map(([name, value]) => `-c ${name}=${String(value).replaceAll(' ', '\\ ')}`)
  .join(' ')

const preferred = { isPreferred: true }

/** The tables are in the schema `public`, whatever search path the given options set for another application. */
function withOwnSchema(options: string): string {
  return /search_path/i.test(options) ? `${options} -c search_path=public` : options
}

function settingsOf(connection: DatabaseConnection): ConnectionSettings {
  return 'url' in connection ? settingsOfUrl(connection.url) : connection
}

/**
 * A client that supports sslmode=prefer, which `pg` does not: `pg` requests TLS and fails if the server has none. This
 * client first asks the server on a separate connection, as the protocol provides (SSLRequest).
 *
 * A server that shuts down notifies each connection. If no listener is attached at that moment (the connection was
 * taken from the pool between two statements, or is closing), the unhandled error event would end the process, so it is
 * ignored. All statements of such a connection reject anyway.
 */
export class PreferringClient extends Client {
  override connect(): Promise<this>
  override connect(callback: (error: Error) => void): void
  override connect(callback?: (error: Error) => void): Promise<this> | undefined {
    const connected = this.#settleTls().then(async () => {
      await super.connect()
      return this
    })
    if (!callback) return connected
    // For the pool, an absent error means success.
    connected.then(() => callback(undefined as unknown as Error), callback)
    return undefined
  }

  override emit(event: string, ...facts: unknown[]): boolean {
    if (event === 'error' && this.listenerCount('error') === 0) return false
    return super.emit(event as 'error', ...(facts as [Error]))
  }

  async #settleTls(): Promise<void> {
    const own = this as unknown as { ssl: unknown; connection: { ssl: unknown } }
    if (!isPreferred(own.ssl) || (await offersTls(this.host, this.port))) return
    own.ssl = false
    own.connection.ssl = false
  }
}

function isPreferred(ssl: unknown): boolean {
  return typeof ssl === 'object' && ssl !== null && 'isPreferred' in ssl
}

const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
const longestAnswerMs = 10_000

/** Whether the server offers TLS. Rejects if the server is unreachable. Unix sockets never have TLS. */
async function offersTls(host: string, port: number): Promise<boolean> {
  if (host.startsWith('/')) return false
  return await new Promise((resolve, reject) => {
    const socket = net.connect({ host, port }, () => socket.write(sslRequest))
    const end = (settle: () => void) => {
      socket.destroy()
      settle()
    }
    socket.setTimeout(longestAnswerMs, () => end(() => reject(new Error('The server did not respond in time'))))
    socket.once('data', (answer) => end(() => resolve(answer.toString('latin1').startsWith('S'))))
    socket.once('error', (error) => end(() => reject(error)))
    socket.once('close', () => end(() => reject(new Error('The server closed the connection'))))
  })
}
