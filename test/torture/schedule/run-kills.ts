/** SIGKILLs in mid-pull, again and again. At the end the mirror must equal the vendor. */
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase, type Sql } from '../../../src/db/database.ts'
import { beginPull } from '../../../src/mirror/pulls/pulls.ts'
import { editALittle } from '../../../src/simulator/data/edits.ts'
import { createRandom } from '../../../src/simulator/data/random.ts'
import { everySection } from '../../../src/simulator/options.ts'
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.ts'
import { checkDeletions } from '../checks/check-deletions.ts'
import { checkFeed } from '../checks/check-feed.ts'
import { checkHistory } from '../checks/check-history.ts'
import { checkIntervals } from '../checks/check-intervals.ts'
import { checkMirror } from '../checks/check-mirror.ts'
import { Truth } from '../checks/truth.ts'
import type { Api } from '../world/api.ts'
import { loadMirror } from '../world/mirror.ts'
import { adminToken, openMachine, type Part, type Store } from '../world/process-harness.ts'
import { plainly } from './spellings.ts'

export interface KillsReport {
  /** Kills of all processes. */
  readonly kills: number
  /** Kills of one process while the others keep running. */
  readonly killsOfOne: number
  /** Pages that were requested again after a kill. */
  readonly pagesAgain: number
  /** The maximum number of requests in any 60 s, by the simulator's count. */
  readonly peak: number
  readonly requestsPerMinute: number
  readonly requests: number
  readonly violations: readonly string[]
}

const interfaceSettings = {
  ESSENTIALS_API: 'v1',
  ESSENTIALS_DOMAIN: 'example.com',
  ESSENTIALS_USER: 'key',
  ESSENTIALS_PASSWORD: 'secret',
}
const requestsPerMinute = 300
const users = 400
const pageSize = 20
/**
 * Maximum time without progress of a pull after a restart: the lock of a killed job plus the window of the allowance, and
 * over the API v1 the lease of the one slot for lists that a credential has.
 */
const stuckMsOf = { v1: 240_000, v2: 120_000 }

export async function runKills(
  store: Store,
  kills: number,
  killsOfOne: number,
  seed: number,
  say: (line: string) => void,
  api: Api = 'v2',
): Promise<KillsReport> {
  const random = createRandom(`${seed} kills`)
  const stuckMs = stuckMsOf[api]
  await using simulator = await startSimulator({
    seed,
    organizations: [
      {
        apiKey: 'key',
        apiSecret: 'secret',
        domains: ['example.com'],
        limiter: 'sliding',
        requestsPerMinute,
        data: { users, groups: 25, oddities: false },
        // Over the API v1 the list is one response, during which most kills happen.
        switches: {
          listCarries: everySection,
          maximumPageSize: pageSize,
          latencyMs: api === 'v1' ? [50, 300] : [2, 20],
        },
      },
    ],
  })
  const vendor = simulator.organization('key')
  const truth = new Truth(vendor, undefined, api)
  await using machine = await openMachine(store, {
    ...(api === 'v1' ? interfaceSettings : { ESSENTIALS_API_KEY: 'key', ESSENTIALS_API_SECRET: 'secret' }),
    ESSENTIALS_BASE_URL: api === 'v1' ? simulator.origin : simulator.url,
    ESSENTIALS_REQUESTS_PER_MINUTE: String(requestsPerMinute),
  })
  const violations: string[] = []
  await machine.start()
  const killedAt: number[] = []
  const everything = machine.parts
  const all = [
    ...Array.from({ length: kills }, () => everything),
    ...Array.from({ length: killsOfOne }, (_, i) => [everything[i % everything.length] as Part]),
  ]
  for (const [kill, parts] of all.entries()) {
    await withDatabase(machine.databaseUrl, async (sql) => {
      const [organization] = await sql<{ id: number }[]>`select id from organizations`
      if (organization) await beginPull(sql, organization.id, 'REQUEST')
    })
    const before = pagesAsked(simulator).length
    const wanted = 1 + random.below(api === 'v1' ? 2 : users / pageSize)
    const inTime = await until(() => pagesAsked(simulator).length >= before + wanted, stuckMs)
    if (!inTime) violations.push(`I7: no page was asked for in ${stuckMs} ms before kill ${kill + 1} of ${parts}`)
    truth.edit(() => editALittle(vendor, random))
    killedAt.push(simulator.requests.length)
    await machine.kill(parts)
    await machine.start()
    const answers = await until(async () => (await graphProblems(machine.graphqlUrl)).length === 0, stuckMs)
    if (!answers) violations.push(`after ${parts} ${(await graphProblems(machine.graphqlUrl)).join()}`)
    for (const part of machine.fallen())
      violations.push(`I7: ${part} ended although it was not killed when ${parts} was killed`)
    if ((kill + 1) % 5 === 0) say(`  ${kill + 1} kills, ${simulator.requests.length} requests`)
  }
  await withDatabase(machine.databaseUrl, async (sql) => {
    const [organization] = await sql<{ id: number }[]>`select id from organizations`
    const id = organization?.id ?? 0
    for (let pull = 0; pull < 2; pull++) {
      const pullId = await beginPull(sql, id, 'REQUEST')
      const over = await until(async () => (await stateOf(sql, pullId)) === 'COMPLETE', 3 * stuckMs)
      if (!over) violations.push(`I7: pull ${pullId} is ${await stateOf(sql, pullId)} after ${3 * stuckMs} ms`)
    }
    const mirror = await loadMirror(sql, id, api)
    violations.push(
      ...checkMirror(mirror, vendor, plainly, api),
      ...checkFeed(mirror),
      ...checkHistory(mirror),
      ...checkDeletions(mirror, truth, simulator.requests),
      ...checkIntervals(mirror, truth, vendor.switches.userGroups, plainly),
    )
  })
  const again = pagesAgain(simulator, killedAt)
  const peak = vendor.peakRequestsInWindow()
  const refused = simulator.requests.filter(({ status }) => status === 429).length
  if (peak > requestsPerMinute || refused > 0) violations.push(`I5: ${peak} requests in 60 s, ${refused} refused`)
  // A list that a kill cuts is requested again; over the API v1 it is also the next pull that requests it.
  const tooMany = api === 'v1' ? [] : again.filter((times) => times > 1)
  if (tooMany.length > 0) violations.push(`I7: ${tooMany[0]} pages were asked for again after one kill`)
  const pages = again.reduce((sum, times) => sum + times, 0)
  return {
    kills,
    killsOfOne,
    pagesAgain: pages,
    peak,
    requestsPerMinute,
    requests: simulator.requests.length,
    violations,
  }
}

/** The pages of lists in the order of their requests. */
function pagesAsked({ requests }: Simulator) {
  return requests.filter(({ call }) => call === 'listUsers' || call === 'listGroups' || call === 'v1 listUsers')
}

/** For each kill: the number of pages of the resumed pull that were requested a second time. */
function pagesAgain(simulator: Simulator, killedAt: readonly number[]): number[] {
  const again = killedAt.map(() => 0)
  let asked = new Set<string>()
  for (const { serial, path, query } of pagesAsked(simulator)) {
    const page = `${path}?${query}`
    // A pull begins with the first page of groups. If that page was cut off, it is requested again.
    const kill = killedAt.findLastIndex((at) => at < serial)
    if (path === '/groups' && query.startsWith('page=1&') && asked.size > 1) asked = new Set()
    if (asked.has(page) && kill >= 0) again[kill] = (again[kill] ?? 0) + 1
    asked.add(page)
  }
  return again
}

async function graphProblems(url: string): Promise<string[]> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${adminToken}` },
    body: JSON.stringify({ query: '{ users(first: 1) { totalCount } }' }),
  })
  const body = (await answer.json()) as { errors?: unknown }
  return body.errors === undefined ? [] : [`the graph answers with ${JSON.stringify(body.errors)}`]
}

async function stateOf(sql: Sql, pullId: number): Promise<string | undefined> {
  const [pull] = await sql<{ state: string }[]>`select state from pulls where id = ${pullId}`
  return pull?.state
}

async function withDatabase(url: string, use: (sql: Sql) => Promise<void>): Promise<void> {
  const database = openDatabase({ url }, { connections: 2 })
  try {
    await use(database.sql)
  } finally {
    await database.close()
  }
}

async function until(condition: () => boolean | Promise<boolean>, longestMs: number): Promise<boolean> {
  for (const end = Date.now() + longestMs; Date.now() < end; await sleep(10)) if (await condition()) return true
  return false
}
