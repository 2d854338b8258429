/** Serves the metrics and the health of the process on a port of its own, without a token. */
import { createServer, type ServerResponse } from 'node:http'
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
    health,
  }: {
    readonly host: string
    /** Listens with the server, and resolves to the port. */
    readonly listen: (server: ReturnType<typeof createServer>) => Promise<number>
    readonly logger: Logger
    readonly health: {
      readonly live: (response: ServerResponse) => void
      readonly ready: (response: ServerResponse) => Promise<void>
    }
  },
): Promise<MetricsServer> {
  const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
    request.resume()
    const path = request.method === 'GET' || request.method === 'HEAD' ? request.url : undefined
    if (path === '/health/live') return health.live(response)
    if (path === '/health/ready') return void health.ready(response).catch(() => response.destroy())
    if (path !== '/metrics') {
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
