/**
 * Compares the read path with PostGraphile, mercurius and hand-written SQL on one database, and prints ratios
 * (docs/performance.md).
 *
 *   npm ci && npm run bench -- [--users 100000] [--rounds 5] [--help]
 */
import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { dataFolder } from '../../test/support/postgres.ts'
import { startContenders } from './contenders/start.ts'
import { queries } from './queries/queries.ts'
import { openBenchDatabase } from './run/database.ts'
import { ceilingOf, startLoadGenerator } from './run/load.ts'
import { measure } from './run/measure.ts'
import { type Options, readOptions, usage } from './run/options.ts'
import { prepare } from './run/prepare.ts'
import { report } from './run/report.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)

if (process.argv.includes('--help')) say(usage)
else await main(readOptions(process.argv.slice(2), join(import.meta.dirname, '../..')))

async function main(options: Options): Promise<void> {
  // The same signal reaches the children of a terminal; disposal ends those that ignore it.
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())
  try {
    await run(options, stopping.signal)
  } catch (error) {
    if (!stopping.signal.aborted) throw error
    process.exitCode = 130
  }
}

async function run(options: Options, signal: AbortSignal): Promise<void> {
  await using opened = new AsyncDisposableStack()
  const folder = await dataFolder('bench-read')
  opened.defer(() => rm(folder, { recursive: true, force: true }))
  say(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, load ${loadavg()[0]?.toFixed(1)} at the start`)
  const commits = await Promise.all(options.ours.map(commitOf))
  for (const [i, checkout] of options.ours.entries()) say(`ours: ${checkout} at ${commits[i]}`)
  say(`Seeding ${options.users} users.`)
  const database = opened.use(await openBenchDatabase(folder, options.users, options.ours))
  signal.throwIfAborted()
  const contenders = await startContenders(options, folder, database, opened)
  const load = opened.use(startLoadGenerator())
  const limit = contenders.find(({ kind }) => kind === 'limit')
  if (limit) say(`The load generator reaches ${(await ceilingOf(load, limit.url)).toFixed(0)} requests/s.`)
  const wanted = queries.filter(
    ({ name }) => options.queries.length === 0 || options.queries.some((beginning) => name.startsWith(beginning)),
  )
  const tasks = await prepare(wanted, contenders, database, load, signal)
  say(`Equal answers: ${wanted.map(({ name }) => name).join(', ')}.`)
  const measurements = await measure(tasks, options, { load, postmaster: database.postmaster, signal, say })
  say(report(measurements))
  say(`Load ${loadavg()[0]?.toFixed(1)} at the end.`)
  if (options.json !== undefined) {
    const { json, ...asked } = options
    const text = JSON.stringify({ at: new Date().toISOString(), commits, options: asked, measurements }, undefined, 1)
    await writeFile(json, `${text}\n`)
  }
}

/** The commit of a checkout, and whether its files differ from it. */
async function commitOf(checkout: string): Promise<string> {
  const git = ['-C', checkout, 'describe', '--always', '--dirty', '--exclude=*']
  return await promisify(execFile)('git', git).then(
    ({ stdout }) => stdout.trim(),
    () => 'an unknown commit',
  )
}
