/**
 * Measures how long a createUser waits for a slot of the allowance while background work takes all that it may: a pull,
 * point reads for the relations of every user, and an onboarding. Writes stay within the reserve. The wait is measured
 * from the call to the arrival of the request at the vendor, so it includes checks and locks.
 *
 *   npm run bench:writes -- [MINUTES=2] [REQUESTS_PER_MINUTE=1000]
 */
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { openContext } from '../src/app.ts'
import { readConfig } from '../src/config/env.ts'
import { reservedOf } from '../src/rate-limit/shares.ts'
import { startSimulator } from '../src/simulator/simulator.ts'
import { dataFolder } from '../test/support/postgres.ts'

const [minutes = 2, requestsPerMinute = 1_000] = process.argv.slice(2).map(Number)
const say = (line: string) => process.stdout.write(`${line}\n`)
/** A create and the read after it, with a fifth of the reserve to spare. */
const writesPerMinute = Math.max(1, Math.floor((reservedOf(requestsPerMinute) * 0.8) / 2))
/** By then background work has used its share, and only freed slots are left. */
const warmUpMs = 65_000

await using simulator = await startSimulator({
  organizations: [
    {
      apiKey: 'key',
      apiSecret: 'secret',
      domains: ['example.com'],
      requestsPerMinute,
      data: { users: 20_000, groups: 60 },
    },
  ],
})
const dataDir = await dataFolder('bench')
const config = readConfig(
  {
    ESSENTIALS_API_KEY: 'key',
    ESSENTIALS_API_SECRET: 'secret',
    ESSENTIALS_BASE_URL: simulator.url,
    ESSENTIALS_REQUESTS_PER_MINUTE: String(requestsPerMinute),
    DATA_DIR: dataDir,
    DATABASE_URL: process.env.DATABASE_URL,
  },
  'vendor',
)
const context = await openContext(config, pino({ level: 'error' }))
try {
  await context.startWorker()
  const { sql } = context.database
  const [organization] = await sql<{ id: number }[]>`select id from organizations`
  const { writes } = context.graphContext({
    viewer: { name: 'bench', scopes: new Set(['write']), organizations: 'all' },
    signal: new AbortController().signal,
  })
  // More of them than can finish in that time.
  const users = Array.from({ length: (minutes + 2) * requestsPerMinute }, (_, i) => ({
    primaryEmail: `onboarded.${i}@example.com`,
  }))
  const onboarding = await writes.startOnboarding({
    organizationId: organization?.id ?? 0,
    actor: 'bench',
    input: { users },
    dryRun: false,
  })
  if ('failure' in onboarding) throw new Error(JSON.stringify(onboarding))
  say(
    `${requestsPerMinute} requests a minute, ${writesPerMinute} writes a minute, ${minutes} min; first ${warmUpMs / 1000} s of background work alone`,
  )
  await sleep(warmUpMs)
  simulator.clearRequests()

  const waits: number[] = []
  const failures: unknown[] = []
  const calls: Promise<void>[] = []
  for (let i = 0; i < minutes * writesPerMinute; i += 1) {
    const primaryEmail = `bench.${i}@example.com`
    const from = Date.now()
    const request = { organizationId: organization?.id ?? 0, actor: 'bench', input: { primaryEmail }, dryRun: false }
    calls.push(
      writes.createUser(request).then((answer) => {
        if ('failure' in answer) failures.push(answer)
        const sent = simulator.requests.find(
          ({ method, body }) => method === 'POST' && Object(body).primaryEmail === primaryEmail,
        )
        if (sent) waits.push(sent.at - from)
      }),
    )
    await sleep(60_000 / writesPerMinute)
  }
  await Promise.all(calls)

  waits.sort((a, b) => a - b)
  const at = (share: number) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? Number.NaN
  const creates = simulator.requests.filter(({ method }) => method === 'POST')
  const onboarded = creates.filter(({ body }) => String(Object(body).primaryEmail).startsWith('onboarded.')).length
  const refused = simulator.requests.filter(({ status }) => status === 429).length
  say(
    `vendor's requests  ${simulator.requests.length}: ${creates.length - onboarded} creates, ${onboarded} of the onboarding; ${refused} refused`,
  )
  say(
    `createUser's wait  p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, max ${at(1)} ms over ${waits.length}; ${failures.length} failed`,
  )
  say(`p95 : 1 s          ${(at(0.95) / 1_000).toFixed(3)}`)
} finally {
  await context.close()
  await rm(dataDir, { recursive: true, force: true })
}
process.exit(0)
