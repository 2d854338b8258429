/** Serves the metrics on a port of its own, without a token. */
import { createServer } from 'node:http'
import type { Logger } from 'pino'
import type { Metrics } from './open-metrics.ts'

export interface MetricsServer extends AsyncDisposable {
  readonly url: string
}

export async function serveMetrics(
  metrics: Metrics,
  {
    host,
    listen,
    logger,
  }: {
    readonly host: string
    /** Listens with the server, and resolves to the port. */
    readonly listen: (server: ReturnType<typeof createServer>) => Promise<number>
    readonly logger: Logger
  },
): Promise<MetricsServer> {
  const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
    request.resume()
    if (request.url !== '/metrics' || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found. The metrics are at /metrics.\n')
      return
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      (error: unknown) => {
        logger.warn({ err: error }, 'cannot collect the metrics')
        response.writeHead(500).end()
      },
    )
  })
  const port = await listen(server)
  const name = host.includes(':') ? `[${host}]` : host
  return {
    url: `http://${name}:${port}/metrics`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
