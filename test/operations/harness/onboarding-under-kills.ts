/**
 * Onboards users at 100 requests a minute by the vendor's clock, which runs faster than real time, while the worker is
 * killed repeatedly. Counts the requests and their effects for a test or a benchmark.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import type { Database, Sql } from '../../../src/db/database.ts'
import { putOrganizations } from '../../../src/mirror/sync-organizations.ts'
import { openWrites } from '../../../src/operations/write-service.ts'
import { openAllowance } from '../../../src/rate-limit/vendor-allowance.ts'
import type { LoggedRequest } from '../../../src/simulator/http/request-log.ts'
import { startSimulator } from '../../../src/simulator/simulator.ts'
import { createEssentialsClient } from '../../../src/vendor/client.ts'
import { openSecrets } from '../../../src/writes/secrets.ts'
import { killedWorkers } from './killed-worker.ts'

export interface Course {
  readonly users: number
  readonly kills: number
  /** How much faster than real time the vendor's clock runs. */
  readonly speed: number
}

export interface Outcome {
  readonly state: string
  readonly requests: number
  readonly memberships: number
  /** Requests whose response was lost to a kill, according to the journal and the vendor's log. */
  readonly answersTaken: number
  /** Requests that were sent again although the journal held their response at a kill. */
  readonly repeated: readonly string[]
  readonly refusedForRate: number
  /** By the vendor's clock. */
  readonly peakRequestsInMinute: number
  readonly minutes: number
  /** Users that do not exist exactly once with all of their groups, at the vendor or in the mirror. */
  readonly wrong: readonly string[]
  /** All log lines, and all passwords in the database. */
  readonly said: string
  readonly passwordsLeft: number
}

const requestsPerMinute = 100
const groups = ['grp_001', 'grp_002', 'grp_003']

export function plantedPassword(i: number): string {
  return `Planted-${i}-Password!`
}

export async function onboardUnderKills(database: Database, { users, kills, speed }: Course): Promise<Outcome> {
  const { sql } = database
  const began = performance.now()
  const clock = () => Date.UTC(2026, 5, 1) + (performance.now() - began) * speed
  await using simulator = await startSimulator({
    clock,
    organizations: [
      {
        apiKey: 'key',
        apiSecret: 'secret-of-the-key',
        domains: ['example.com', 'example.org'],
        requestsPerMinute,
        data: { groups: groups.map((id) => ({ id, name: `Group ${id}` })) },
        switches: { latencyMs: [2, 10] },
      },
    ],
  })
  const times = { windowMs: 60_000 / speed, leaseMs: 10_000 / speed }
  const ids = await putOrganizations(sql, [
    { slug: 'acme', name: 'Acme', allowanceKey: 'acme', pullIntervalSeconds: 300 },
  ])
  const organizationId = ids.get('acme') as number
  await sql`update organizations set next_pull_at = 'infinity'`
  const lines: string[] = []
  const logger = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) })
  await using client = createEssentialsClient({
    organization: 'acme',
    baseUrl: simulator.url,
    apiKey: 'key',
    apiSecret: 'secret-of-the-key',
    allowance: await openAllowance(sql, 'acme', requestsPerMinute, times),
    logger,
  })
  const writes = openWrites({
    sql,
    control: sql,
    logger,
    clientOf: () => client,
    secrets: openSecrets(Buffer.alloc(32, 7)),
  })
  const wishes = Array.from({ length: users }, (_, i) => ({
    primaryEmail: `user.${i}@example.${i % 2 === 0 ? 'com' : 'org'}`,
    firstName: `First ${i}`,
    password: plantedPassword(i),
    groups: groups.slice(0, i % (groups.length + 1)),
  }))
  const started = await writes.startOnboarding({
    organizationId,
    actor: 'test',
    input: { users: wishes },
    dryRun: false,
  })
  if (!('operationId' in started)) throw new Error(JSON.stringify(started))
  const operationId = started.operationId as number

  const ofWorkers = {
    connection: database.connection,
    baseUrl: simulator.url,
    organizationId,
    requestsPerMinute,
    times,
  }
  await using workers = await killedWorkers(sql, ofWorkers, kills)
  const memberships = wishes.reduce((sum, wish) => sum + wish.groups.length, 0)
  const share = Math.floor((2 * users + memberships) / (kills + 1))
  const { requests: log } = simulator
  const cuts: Cut[] = []
  await workers.goOn()
  for (let kill = 1; kill <= kills; kill += 1) {
    await until(() => simulator.requests.length >= kill * share || simulator.requests.length > 4 * users * 3)
    await workers.kill()
    cuts.push(await cutAt(sql, simulator.requests))
    await workers.goOn()
  }
  const state = await untilEnded(sql, operationId)
  await workers.kill()

  const wrong: string[] = []
  for (const wish of wishes) {
    const there = simulator.organization('key').user(wish.primaryEmail)
    const mirrored = await sql<{ name: string; groups: string[] }[]>`
      select u.first_name as name, array(
        select g.group_id from memberships m join groups g on g.id = m.group_id
        where m.user_id = u.id and m.valid_to is null order by 1) as groups
      from users u where u.primary_email = ${wish.primaryEmail}`
    const expected = JSON.stringify([{ name: wish.firstName, groups: wish.groups }])
    const atVendor = there && JSON.stringify([{ name: there.firstName, groups: there.groups.toSorted() }])
    const password = there && simulator.organization('key').passwordOf(wish.primaryEmail)
    if (atVendor !== expected || JSON.stringify(mirrored) !== expected || password !== wish.password)
      wrong.push(`${wish.primaryEmail}: ${atVendor} at the vendor, ${JSON.stringify(mirrored)} in the mirror`)
  }
  const all = [...log]
  const [left] = await sql<{ count: number }[]>`select count(*)::int from operation_items where password is not null`
  return {
    state,
    requests: all.length,
    memberships,
    answersTaken: new Set(cuts.flatMap(({ taken }) => taken)).size,
    repeated: cuts.flatMap((cut) =>
      all
        .filter(({ serial }) => serial > cut.serial)
        .flatMap((request) => (cut.answered.has(nameOf(request)) ? [nameOf(request)] : [])),
    ),
    refusedForRate: all.filter(({ status }) => status === 429).length,
    peakRequestsInMinute: simulator.organization('key').peakRequestsInWindow(),
    minutes: ((all.at(-1)?.at ?? 0) - (all[0]?.at ?? 0)) / 60_000,
    wrong,
    said: [...lines, ...workers.said].join(''),
    passwordsLeft: left?.count ?? 0,
  }
}

/** The journal after the worker was killed. */
interface Cut {
  /** The time of the last request that it had sent. */
  readonly serial: number
  readonly answered: ReadonlySet<string>
  /** Each value is listed separately. */
  readonly taken: readonly string[]
}

async function cutAt(sql: Sql, requests: readonly LoggedRequest[]): Promise<Cut> {
  const steps = await sql<{ address: string; step: string; sentAt: string; done: boolean; reading: boolean }[]>`
    select i.primary_email as address, s.step, s.sent_at as "sentAt", s.done_at is not null as done,
      i.state = 'RUNNING' and i.requests - 1 = (
        select count(*) from operation_steps d where d.item_id = i.id and d.done_at is not null) as reading
    from operation_steps s join operation_items i on i.id = s.item_id`
  // All steps of the item are done: the read that completes it may have been sent.
  const readings = new Set(steps.flatMap(({ address, reading }) => (reading ? [`GET ${address}`] : [])))
  return {
    serial: requests.at(-1)?.serial ?? 0,
    answered: new Set(steps.flatMap(({ address, step, done }) => (done ? [`${step} ${address}`] : []))),
    taken: [
      ...steps.flatMap(({ address, step, sentAt, done }) => (done ? [] : [`${step} ${address} ${sentAt}`])),
      ...requests.flatMap((request) => (readings.has(nameOf(request)) ? [`${nameOf(request)} ${request.serial}`] : [])),
    ],
  }
}

/** In the form of the journal: `create ADDRESS`, `join GROUP ADDRESS`. */
function nameOf({ method, path, body }: LoggedRequest): string {
  const address = Reflect.get(Object(body), 'primaryEmail')
  const group = /^\/groups\/([^/]+)\/members$/.exec(path)?.[1]
  if (method === 'POST' && path === '/users') return `create ${address}`
  if (method === 'POST' && group) return `join ${group} ${address}`
  return `${method} ${decodeURIComponent(path.replace('/users/', ''))}`
}

async function untilEnded(sql: Sql, operationId: number): Promise<string> {
  for (;;) {
    const [row] = await sql<{ state: string; ended: boolean }[]>`
      select state, finished_at is not null as ended from operations where id = ${operationId}`
    if (row?.ended) return row.state
    await sleep(50)
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5)
}
