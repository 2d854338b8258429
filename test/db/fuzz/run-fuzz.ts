/**
 * Hundreds of callers of the pools and of the API over them, with self-identifying results. They disconnect at random,
 * while statements are cancelled, backends are terminated and Postgres is restarted. Every result must be the caller's
 * own, every acknowledged write must be stored, and every error must be caused by the run itself.
 */
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { verdict } from '../../../src/server/graphql/mask-errors.ts'
import { createRandom } from '../../../src/simulator/data/random.ts'
import { AnsweredError, kinds, type Stage } from './callers.ts'
import { type Chaos, openChaos } from './chaos.ts'
import { fillTenants, startProgram } from './program.ts'
import { count, type FuzzReport, newReport } from './report.ts'

export interface FuzzOptions {
  readonly seconds: number
  readonly seed: string
  readonly callers: number
  readonly strikeMs: number
  readonly restartMs?: number
}

const leaves = 0.25
const mayFail = new Set(['SERVICE_UNAVAILABLE', 'TIMEOUT', 'LIMIT_EXCEEDED'])

export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const report = newReport(options.seed, options.seconds)
  const random = createRandom(options.seed)
  await using program = await startProgram((line) => report.unexplained.push(line))
  const { context, server } = program.running
  const { database } = context
  const tenants = await fillTenants(database)
  const stage: Stage = { database, url: server?.url ?? '', tenants, random, written: new Set() }
  const connection = database.connection
  if ('url' in connection) throw new Error('The embedded Postgres was expected')
  const admin = postgres({ ...connection, max: 1, backoff: () => 0.1, onnotice: () => {} })
  const chaos = openChaos({ admin, random, report, strikeMs: options.strikeMs, restartMs: options.restartMs })

  const end = new AbortController()
  const chaotic = chaos.run(end.signal)
  const until = performance.now() + options.seconds * 1_000
  const callers = Array.from({ length: options.callers }, async (_, index) => {
    for (let round = 0; performance.now() < until; round += 1) await call(stage, `${index}`, round, report, chaos)
  })
  await Promise.all(callers)
  end.abort()
  await chaotic
  checkStrikes(report)
  await checkWrites(stage, report)
  await checkRest(stage, admin, report)
  await admin.end()
  return report
}

const strikes = { SERVICE_UNAVAILABLE: 'terminates', TIMEOUT: 'cancels' } as const
const outsideRestarts: WeakMap<FuzzReport, Record<string, number>> = new WeakMap()

async function call(stage: Stage, caller: string, round: number, report: FuzzReport, chaos: Chaos): Promise<void> {
  const { random } = stage
  const kind = random.pick(Object.keys(kinds))
  const nonce = `${report.seed}-${caller}-${round}`
  const controller = new AbortController()
  const mayLeave = !['write', 'turn', 'control'].includes(kind)
  const leaving =
    mayLeave && random.chance(leaves)
      ? setTimeout(() => controller.abort(new Error('left')), random.below(16))
      : undefined
  const from = performance.now()
  try {
    const wrong = await kinds[kind]?.({ stage, caller, nonce, signal: controller.signal })
    if (wrong) report.foreign.push(`${kind}: ${wrong}`)
    else count(report.answers, kind)
  } catch (error) {
    if (controller.signal.aborted) report.aborted += 1
    else explain(error, kind, from, report, chaos)
  } finally {
    clearTimeout(leaving)
  }
}

function explain(error: unknown, kind: string, from: number, report: FuzzReport, chaos: Chaos): void {
  const code = error instanceof AnsweredError ? error.answeredCode : verdict(error).code
  count(report.errors, code)
  if (!mayFail.has(code)) report.unexplained.push(`${kind}: ${code}: ${String(error)}`)
  else if (!chaos.isRestart(from, performance.now())) {
    const counts = outsideRestarts.get(report) ?? {}
    outsideRestarts.set(report, counts)
    count(counts, code)
    report.details.push(`${kind} after ${Math.round(performance.now() - from)} ms: ${code}: ${String(error)}`)
  }
}

/** One strike affects at most one caller. */
function checkStrikes(report: FuzzReport): void {
  for (const [code, seen] of Object.entries(outsideRestarts.get(report) ?? {})) {
    const strike = strikes[code as keyof typeof strikes]
    const most = strike ? report.struck[strike] : 0
    if (seen > most)
      report.unexplained.push(
        `${seen} errors ${code} outside of restarts, for ${most} strikes: ${report.details.slice(0, 20).join('; ')}`,
      )
  }
}

async function checkWrites({ database, written }: Stage, report: FuzzReport): Promise<void> {
  const rows = await database.sql<{ nonce: string }[]>`select nonce from fuzz_written`
  const found = new Set(rows.map(({ nonce }) => nonce))
  for (const nonce of written) if (!found.has(nonce)) report.missing.push(nonce)
}

/** After the run, no transaction is open, no connection is lost, and fifty calls in a row succeed. */
async function checkRest(stage: Stage, admin: postgres.Sql, report: FuzzReport): Promise<void> {
  const { database } = stage
  const atRest = () => Object.values(database.counts).every(({ open, idle, waiting }) => open === idle && waiting === 0)
  for (let tries = 0; !atRest() && tries < 200; tries += 1) await pause(25)
  if (!atRest()) report.afterwards.push(`the pools are not at rest: ${JSON.stringify(database.counts)}`)
  // A pool may not have noticed yet that a backend has ended.
  for (let tries = 0; (await differingPools(stage, admin)).length > 0 && tries < 200; tries += 1) await pause(25)
  const calm = newReport(report.seed, 0)
  const never: Chaos = { run: async () => {}, isRestart: () => false }
  for (let round = 0; round < 50; round += 1) await call(stage, 'calm', round, calm, never)
  report.afterwards.push(...calm.foreign, ...calm.unexplained, ...Object.keys(calm.errors))
  for (let tries = 0; !atRest() && tries < 200; tries += 1) await pause(25)
  const rows = await backendsOf(admin)
  for (const { name, state, connections } of rows) {
    if (state.startsWith('idle in transaction')) report.afterwards.push(`${connections} of ${name} are ${state}`)
  }
  report.afterwards.push(...(await differingPools(stage, admin)))
}

async function backendsOf(admin: postgres.Sql) {
  return await admin<{ name: string; state: string; connections: number }[]>`
    select application_name as name, state, count(*)::int as connections from pg_stat_activity
    where datname = current_database() and application_name like 'essentials-graph %' group by 1, 2`
}

/** The pools whose number of connections is not the number of backends that the server has for them. */
async function differingPools({ database }: Stage, admin: postgres.Sql): Promise<string[]> {
  const rows = await backendsOf(admin)
  return Object.entries(database.counts).flatMap(([pool, { open }]) => {
    const own = rows.filter(({ name }) => name === `essentials-graph ${pool}`)
    const backends = own.reduce((sum, { connections }) => sum + connections, 0)
    return backends === open ? [] : [`${pool}: ${backends} backends, ${open} connections`]
  })
}
