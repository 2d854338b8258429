/** PostGraphile on Node's HTTP server, over the views of postgraphile-views.sql. */
import { createServer } from 'node:http'
import { postgraphile } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafserv } from 'postgraphile/grafserv/node'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { announce, connections, databaseUrl } from './server-process.ts'

const planMode = process.env.PLAN_CACHE_MODE ?? 'auto'
const url = new URL(databaseUrl())
url.searchParams.set('options', `-c plan_cache_mode=${planMode}`)

const preset: GraphileConfig.Preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({ connectionString: url.href, schemas: ['bench_read'], poolConfig: { max: connections } }),
  ],
  grafserv: { watch: false, graphiql: false, websockets: false },
}

const server = createServer()
await postgraphile(preset).createServ(grafserv).addTo(server)
announce(server, '/graphql')
