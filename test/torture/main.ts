/**
 * The long run. First random schedules, several at the same time, for a number of minutes or schedules. In two of five
 * schedules callers write to a vendor that shows writes late, refuses them in unusual ways and loses lists.
 * Then kills of the whole program as processes, half of them with the queue in Redis if the machine has it, and half as
 * many kills of a single process. At the end it prints what happened and how often.
 *
 *   npm run torture -- [--minutes N] [--runs N] [--kills N] [--seed S] [--path P] [--api v1]
 *
 * A failure prints the seed and the path that reproduce it. The schedule is reproducible; the interleaving of two
 * concurrent requests is not.
 */
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { Coverage } from './checks/coverage.ts'
import { floorsOf } from './checks/coverage-minimums.ts'
import { interfaceSchedule } from './schedule/interface-schedule.ts'
import { runKills } from './schedule/run-kills.ts'
import { runSchedule } from './schedule/run-schedule.ts'
import { schedule } from './schedule/schedule.ts'
import { startDatabases } from './world/databases.ts'
import { hasRedis, type Store } from './world/process-harness.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    runs: { type: 'string' },
    kills: { type: 'string', default: '0' },
    seed: { type: 'string' },
    path: { type: 'string' },
    api: { type: 'string', default: 'v2' },
    lanes: { type: 'string', default: '3' },
  },
})
const api = values.api === 'v1' ? 'v1' : 'v2'
const say = (line: string) => process.stdout.write(`${line}\n`)
const seed = values.seed === undefined ? Math.trunc(Date.now() % 2 ** 31) : Number(values.seed)
const schedules = api === 'v1' ? interfaceSchedule : schedule
const lanes = values.path === undefined ? Number(values.lanes) : 1
const asMany = values.path === undefined ? Number.POSITIVE_INFINITY : 1
const runs = values.runs === undefined ? asMany : Math.ceil(Number(values.runs) / lanes)
const asked = values.minutes ?? values.runs ?? values.path
const until = values.minutes === undefined ? Number.POSITIVE_INFINITY : Date.now() + Number(values.minutes) * 60_000

await using databases = await startDatabases()
const coverage = new Coverage()
let failed = 0
const started = Date.now()
const secondsSoFar = () => Math.round((Date.now() - started) / 1_000)

async function lane(number: number): Promise<void> {
  const { sql } = await databases.open()
  // Runs a batch at a time, each with its own seed, so that a failure does not end the lane.
  for (let batch = 0, done = 0; done < runs && Date.now() < until; batch++) {
    const numRuns = Math.min(10, runs - done)
    const details = await fc.check(
      fc.asyncProperty(schedules, async (one) => {
        if (Date.now() >= until) return
        await runSchedule(sql, one, coverage)
        coverage.add('schedules')
      }),
      {
        seed: values.path === undefined ? (seed + number * 100_003 + batch * 7) | 0 : seed,
        numRuns,
        // A replayed path is not shrunk further.
        ...(values.path && { path: values.path, endOnFailure: true }),
        interruptAfterTimeLimit: 120_000,
        markInterruptAsFailure: false,
      },
    )
    done += numRuns
    if (done % 50 < numRuns) say(`  ${coverage.of('schedules')} schedules in ${secondsSoFar()} s`)
    // An interrupted batch has not failed.
    if (!details.failed || details.counterexample === null) continue
    failed += 1
    say(`\nFAILED --seed ${details.seed} --path ${details.counterexamplePath}`)
    say(JSON.stringify(details.counterexample?.[0]))
    say(String(details.errorInstance instanceof Error ? details.errorInstance.message : details.errorInstance))
    if (values.path !== undefined) return
  }
}

if (asked !== undefined) await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)))
say(
  `\nseed ${seed}, ${coverage.of('schedules')} schedules without a violation in ${secondsSoFar()} s, ${failed} failed`,
)
say(coverage.report())
const short = coverage.shortOf(floorsOf(coverage.of('schedules'), api))
for (const line of short) say(`TOO SELDOM ${line}`)

const stores: Store[] = (await hasRedis()) ? ['postgres', 'redis'] : ['postgres']
const kills = Number(values.kills)
for (const store of kills > 0 ? stores : []) {
  const { violations, ...report } = await runKills(
    store,
    Math.ceil(kills / stores.length),
    Math.ceil(kills / stores.length / 2),
    seed,
    say,
    api,
  )
  say(`SIGKILLs, the queue in ${store}: ${JSON.stringify(report)}`)
  for (const violation of violations) say(violation)
  failed += violations.length
}
process.exitCode = failed + short.length > 0 ? 1 : 0
