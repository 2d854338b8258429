/**
 * The identity graph of a simulated organization as a subgraph beside three others, behind one gateway: `npm run example:federation`.
 * Ctrl-C ends it.
 */
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Running, runProcess } from '../../src/cli/serve.ts'
import { readConfig } from '../../src/config/env.ts'
import { createLogger } from '../../src/logger.ts'
import { everySection } from '../../src/simulator/options.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { compose, hiveGateway } from './gateways.ts'
import { startSubgraph } from './subgraph.ts'
import { subgraphsKnowing } from './subgraphs.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)
const stopping = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort())

async function main(): Promise<void> {
  await using closing = new AsyncDisposableStack()
  const credentials = { apiKey: 'example-key', apiSecret: 'example-secret' }
  const simulator = closing.use(
    await startSimulator({
      organizations: [
        {
          ...credentials,
          domains: ['example.com'],
          data: { users: 50, groups: 5 },
          switches: { listCarries: everySection },
        },
      ],
    }),
  )
  const token = `example-${randomBytes(12).toString('base64url')}`
  const config = readConfig(
    {
      ESSENTIALS_API_KEY: credentials.apiKey,
      ESSENTIALS_API_SECRET: credentials.apiSecret,
      ESSENTIALS_BASE_URL: simulator.url,
      FEDERATION_PREFIX: 'Essentials',
      DATA_DIR: '.data/example-federation',
      ADMIN_TOKEN: token,
      LOG_LEVEL: 'warn',
      PORT: '0',
    },
    'vendor',
  )
  const up = Promise.withResolvers<Running>()
  const graph = runProcess(
    config,
    createLogger(config.logLevel, 'serve'),
    { api: true, worker: true },
    stopping.signal,
    up.resolve,
  )
  graph.catch(up.reject)
  const { context, server } = await up.promise
  const url = server?.url ?? ''
  const { sql } = context.database

  say('waiting for the first pull …')
  while (!(await sql`select from pulls where state = 'COMPLETE' limit 1`).length) await sleep(200)
  const addresses = (
    await sql<{ address: string }[]>`
    select primary_email as address from users where deleted_at is null order by (select count(*) from aliases a where a.user_id = users.id) desc, id
  `
  ).map((row) => row.address)
  const [alias] = await sql<{ address: string }[]>`
    select a.address from aliases a join users u on u.id = a.user_id where u.primary_email = ${addresses[0] ?? ''}`
  const others = await Promise.all(subgraphsKnowing({ addresses, alias: alias?.address ?? '' }).map(startSubgraph))
  for (const one of others) closing.use(one)

  const gateway = closing.use(
    await hiveGateway(compose([...others, { name: 'essentials', url, sdl: await sdlOf(url, token) }])),
  )
  const port = await serve(gateway.handle)
  const query =
    '{ messages { text author { kind user { displayName person { title } devices { serial } groups { nodes { name } } } } } }'
  say(`
  The supergraph:  http://127.0.0.1:${port}/graphql
  Try:
    curl -s http://127.0.0.1:${port}/graphql -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' \\
      -d '${JSON.stringify({ query })}'

  Ctrl-C ends it.`)
  await graph
}

/** As a registry of schemas would ask for it. */
async function sdlOf(url: string, token: string): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  })
  const { data } = (await answer.json()) as { data: { _service: { sdl: string } } }
  return data._service.sdl
}

function serve(handle: Parameters<typeof createServer>[1] & {}): Promise<number> {
  const server = createServer(handle)
  stopping.signal.addEventListener('abort', () => server.closeAllConnections())
  stopping.signal.addEventListener('abort', () => server.close())
  return new Promise((resolve) => {
    server.listen(Number(process.env.PORT ?? 4100), '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

await main()
process.exit(0)
