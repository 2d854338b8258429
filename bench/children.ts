/**
 * A partner with many child organizations: time, statements and memory of a discovery, of the next one that finds
 * nothing new, and of a process that reads the children and opens their clients.
 *
 *   npm run bench:children -- [--children 2000]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pino from 'pino'
import { openDatabase } from '../src/db/database.ts'
import { migrateMirror } from '../src/db/migrations/migrate.ts'
import { startEmbeddedPostgres } from '../src/embedded/embedded-postgres.ts'
import { beginPull } from '../src/mirror/pulls/pulls.ts'
import { openClientDirectory } from '../src/organizations/client-directory.ts'
import { describeOrganization } from '../src/sync/describe-organization.ts'
import { openSharedPools } from '../src/vendor/client.ts'

const { values } = parseArgs({ options: { children: { type: 'string', default: '2000' } } })
const count = Number(values.children)
const say = (line: string) => process.stdout.write(`${line}\n`)

await using opened = new AsyncDisposableStack()
const folder = await mkdtemp(join(tmpdir(), 'bench-children-'))
opened.defer(() => rm(folder, { recursive: true, force: true }))
const { connection } = opened.use(await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') }))
await migrateMirror({ connection })
let statements = 0
const database = openDatabase(connection, { onStatement: () => statements++ })
opened.defer(() => database.close())
const { sql, control } = database

const own = { eid: 1, primary_domain: 'partner.example', type: 'channel', name: 'Partner' }
const children = Array.from({ length: count }, (_, i) => ({
  eid: 1_000 + i,
  primary_domain: `customer-${i}.example`,
  domains: [`customer-${i}.example`, `customer-${i}-alias.example`],
  name: `Customer ${i}`,
  type: 'organization',
  licensing_package: 'business',
  user_licenses: 50,
  active_users: 48,
}))
const list = JSON.stringify({ orgs: [own, ...children] })
let requests = 0
const vendor = createServer((request, response) => {
  requests += 1
  response.setHeader('content-type', 'application/json')
  response.end(request.url?.endsWith('/orgs') ? list : JSON.stringify(own))
})
await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve))
opened.defer(() => void vendor.close())
const address = vendor.address()
const port = typeof address === 'object' ? address?.port : undefined

const pools = openSharedPools()
opened.defer(() => pools.close())
const logger = pino({ level: 'silent' })
const entry = {
  slug: 'partner',
  name: 'Partner',
  api: 'v1' as const,
  domain: 'partner.example',
  user: 'admin@partner.example',
  password: 'secret',
  children: true,
  baseUrl: `http://127.0.0.1:${port}`,
  requestsPerMinute: 1_000,
  privilegedRoles: undefined,
}
const options = { sql, control, logger, pullIntervalSeconds: 300, runsOperations: true, pools }
const open = async () => {
  const directory = await openClientDirectory([entry], options)
  opened.defer(() => directory.close())
  return directory
}
const directory = await open()
const [partner] = await sql<{ id: number }[]>`select id from organizations`
const id = partner?.id ?? 0
const { clientOf, organizationsOf } = directory
const deps = { sql, logger, historyDays: 400, clientOf, organizationsOf }

async function discover(): Promise<void> {
  await describeOrganization(deps, id, new AbortController().signal)
}

async function duePull(): Promise<void> {
  await sql`update pulls set state = 'COMPLETE', finished_at = clock_timestamp() where organization_id = ${id}`
  await beginPull(sql, id, 'REQUEST')
}

say(`${count} child organizations; a list of ${(list.length / 2 ** 20).toFixed(1)} MB`)
await duePull()
await measured('first discovery', discover)
await duePull()
await measured('discovery without a change', discover)
await sql`update organizations set domains[1] = 'old.example' where partner_id is not null and id % 10 = 0`
await duePull()
await measured('discovery with a tenth changed', discover)
await measured('a process reads them, and opens their clients', () => directory.refresh())
await measured('it reads them again without a change', () => directory.refresh())
await measured('another process starts', async () => void (await open()))

async function measured(name: string, work: () => Promise<void>): Promise<void> {
  global.gc?.()
  const before = process.memoryUsage().heapUsed
  let peak = before
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().heapUsed)
  }, 5)
  ;[statements, requests] = [0, 0]
  const from = performance.now()
  await work()
  const ms = performance.now() - from
  clearInterval(watch)
  peak = Math.max(peak, process.memoryUsage().heapUsed)
  const sent = statements
  global.gc?.()
  const mb = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MB`
  const kept = process.memoryUsage().heapUsed - before
  say(
    `${name}: ${ms.toFixed(0)} ms, ${requests} requests, ${sent} statements, ${mb(peak - before)} at most, ${mb(kept)} kept`,
  )
}
