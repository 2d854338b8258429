/** Where Postgres is, as each of the drivers wants to be told. */
import net from 'node:net'
import { Client, type ClientConfig } from 'pg'
import { type ConnectionSettings, settingsOfUrl } from '../database-url.ts'

/** Where Postgres is: a URL, or the socket folder of the embedded one. */
export type DatabaseConnection =
  | { readonly url: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string }

type SettingsForPostgresJs = Omit<ConnectionSettings, 'options'> & {
  readonly connection: { readonly options?: string }
}

/** For the driver of the pools and of the listener. */
export function settingsForPostgresJs(connection: DatabaseConnection): SettingsForPostgresJs {
  const { options, ssl, ...rest } = settingsOf(connection)
  return {
    ...rest,
    ...(ssl !== undefined && { ssl }),
    connection: options === undefined ? {} : { options: withOwnSchema(options) },
  }
}

/** For the queue's driver and the migrations. `own`: options of ours, which prevail. Use it with PreferringClient. */
export function settingsForPg(connection: DatabaseConnection, own?: string): ClientConfig {
  const { options: given, ssl, ...rest } = settingsOf(connection)
  const options = [given && (own ? given : withOwnSchema(given)), own].filter(Boolean).join(' ')
  return {
    ...rest,
    ...(ssl !== undefined && { ssl: ssl === 'prefer' ? Object.assign({ rejectUnauthorized: false }, preferred) : ssl }),
    ...(options !== '' && { options }),
  }
}

const preferred = { isPreferred: true }

/** The tables stand in the schema `public`, wherever another application's search path leads. */
function withOwnSchema(options: string): string {
  return /search_path/i.test(options) ? `${options} -c search_path=public` : options
}

function settingsOf(connection: DatabaseConnection): ConnectionSettings {
  return 'url' in connection ? settingsOfUrl(connection.url) : connection
}

/**
 * A client that keeps to sslmode=prefer, which `pg` does not know: it is asked for TLS, and fails where the server has none. So the
 * server is asked before, on a connection of its own, as the protocol provides (SSLRequest).
 *
 * A server that goes down tells each connection, and one that nobody listens to at that moment (taken out of the pool between two statements,
 * or being closed) would end the process by an unhandled error event. All statements of such a connection reject anyway.
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
    // The pool takes an absent error for success.
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

/** Rejects where the server cannot be reached. Sockets of the file system never have TLS. */
async function offersTls(host: string, port: number): Promise<boolean> {
  if (host.startsWith('/')) return false
  return await new Promise((resolve, reject) => {
    const socket = net.connect({ host, port }, () => socket.write(sslRequest))
    const end = (settle: () => void) => {
      socket.destroy()
      settle()
    }
    socket.setTimeout(longestAnswerMs, () => end(() => reject(new Error('The server did not answer in time'))))
    socket.once('data', (answer) => end(() => resolve(answer.toString('latin1').startsWith('S'))))
    socket.once('error', (error) => end(() => reject(error)))
    socket.once('close', () => end(() => reject(new Error('The server closed the connection'))))
  })
}
