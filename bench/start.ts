/**
 * CPU time until the program listens, and its memory at rest, on a database that is migrated already. Several checkouts
 * are compared in interleaved rounds. Needs Linux.
 *
 *   npm run bench:start -- [--rounds 5] [--rest 3] [CHECKOUT …]
 */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openDatabase } from '../src/db/database.ts'
import { startEmbeddedPostgres } from '../src/embedded/embedded-postgres.ts'
import { startServer } from './read/run/child-process.ts'
import { cpuOfProcess } from './read/run/cpu.ts'

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, rest: { type: 'string', default: '3' } },
  allowPositionals: true,
})
const here = join(import.meta.dirname, '..')
const checkouts = positionals.length > 0 ? positionals.map((path) => resolve(process.env.INIT_CWD ?? '', path)) : [here]
const restMs = Number(values.rest) * 1_000

interface Start {
  readonly cpuMs: number
  readonly megabytes: number
}

// An interrupted run ends after the current start, and stops Postgres.
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())

await using opened = new AsyncDisposableStack()
const folder = await mkdtemp(join(tmpdir(), 'bench-start-'))
opened.defer(() => rm(folder, { recursive: true, force: true }))
const { connection } = opened.use(await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') }))
const database = openDatabase(connection, { connections: 1 })
for (const i of checkouts.keys()) await database.sql.unsafe(`create database start_${i}`)
await database.close()

const variants = checkouts.flatMap((checkout, i) =>
  ['api', 'serve'].map((command) => ({ checkout, command, name: `start_${i}`, starts: [] as Start[] })),
)
// The first start migrates the database, and fills the compile cache.
for (const variant of variants) await start(variant, 0)
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const variant of round % 2 === 0 ? variants : variants.toReversed())
    variant.starts.push(await start(variant, restMs))
}
process.stdout.write('| checkout | command | CPU until it listens, ms | memory at rest, MB |\n|---|---|---|---|\n')
for (const { checkout, command, starts } of variants) {
  const cpu = spread(starts.map(({ cpuMs }) => cpuMs))
  process.stdout.write(`| ${checkout} | ${command} | ${cpu} | ${spread(starts.map((one) => one.megabytes))} |\n`)
}

/** Starts the program as `npm start` does, without npm. No server listens at the address of the vendor. */
async function start(variant: (typeof variants)[number], waitMs: number): Promise<Start> {
  stopping.signal.throwIfAborted()
  const { checkout, command, name } = variant
  const { scripts } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { scripts: { start: string } }
  const { host, port, user } = connection
  await using server = await startServer([...scripts.start.split(' ').slice(1), command], {
    cwd: checkout,
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: `postgres://${user}@localhost/${name}?host=${encodeURIComponent(host)}&port=${port}`,
      DATA_DIR: folder,
      PORT: '0',
      ESSENTIALS_API_KEY: 'bench',
      ESSENTIALS_API_SECRET: 'bench',
      ESSENTIALS_BASE_URL: 'http://127.0.0.1:9',
    },
    logFile: join(folder, 'program.log'),
  })
  const cpuMs = cpuOfProcess(server.pid)
  await sleep(waitMs)
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8')) ?? []
  return { cpuMs, megabytes: Number(kilobytes) / 1_024 }
}

/** The median, and the least and greatest. */
function spread(figures: readonly number[]): string {
  const sorted = figures.toSorted((a, b) => a - b).map((figure) => figure.toFixed(0))
  return `${sorted[sorted.length >> 1]} (${sorted[0]}–${sorted.at(-1)})`
}
