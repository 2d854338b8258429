/**
 * Clients that disconnect, over real HTTP against the whole program: `node bench/hangups.ts [--seconds 60] [--seed S]`.
 *
 * 1. 40 clients of two organizations abort 15 % of their requests, and some send unknown tokens; then 10 s of calm.
 *    Counts responses with another organization's data, unknown tokens that were admitted, and errors.
 * 2. 200 as-of queries are aborted one after the other. The next 50 are timed against 50 from before, as a ratio.
 */
import { parseArgs } from 'node:util'
import { createRandom } from '../src/simulator/data/random.ts'
import { type Call, kinds, type Stage } from '../test/db/fuzz/callers.ts'
import { fillTenants, startProgram } from '../test/db/fuzz/program.ts'
import { percentile } from './served.ts'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' } },
})
const readers = 40
const hangUps = 0.15
const logged: string[] = []
await using program = await startProgram((line) => logged.push(line))
const { context, server } = program.running
const stage: Stage = {
  database: context.database,
  url: server?.url ?? '',
  tenants: await fillTenants(context.database),
  random: createRandom(values.seed),
  written: new Set(),
}
const { random } = stage

interface Counts {
  answers: number
  hungUp: number
  readonly wrong: string[]
  readonly errors: string[]
}

async function once(kind: string, nonce: string, mayHangUp: boolean, counts: Counts): Promise<void> {
  const controller = new AbortController()
  const call: Call = { stage, caller: nonce, nonce, signal: controller.signal }
  const leaving =
    mayHangUp && random.chance(hangUps)
      ? setTimeout(() => controller.abort(new Error('hung up')), random.below(20))
      : undefined
  try {
    const wrong = await kinds[kind]?.(call)
    counts.answers += 1
    if (wrong) counts.wrong.push(wrong)
  } catch (error) {
    if (controller.signal.aborted) counts.hungUp += 1
    else counts.errors.push(String(error))
  } finally {
    clearTimeout(leaving)
  }
}

async function read(seconds: number, mayHangUp: boolean): Promise<Counts> {
  const counts: Counts = { answers: 0, hungUp: 0, wrong: [], errors: [] }
  const until = performance.now() + seconds * 1_000
  await Promise.all(
    Array.from({ length: readers }, async (_, reader) => {
      for (let round = 0; performance.now() < until; round += 1) {
        const kind = random.chance(0.1) ? 'unknown' : random.chance(0.3) ? 'past' : 'api'
        await once(kind, `${reader}-${round}`, mayHangUp, counts)
      }
    }),
  )
  return counts
}

async function timePast(): Promise<number[]> {
  const times: number[] = []
  const counts: Counts = { answers: 0, hungUp: 0, wrong: [], errors: [] }
  for (let round = 0; round < 50; round += 1) {
    const from = performance.now()
    await once('past', `timed-${round}`, false, counts)
    times.push(performance.now() - from)
  }
  if (counts.answers < 50) throw new Error(`Only ${counts.answers} of 50 answered: ${counts.errors.join('; ')}`)
  return times
}

const storm = await read(Number(values.seconds), true)
const calm = await read(10, false)
await timePast()
const before = await timePast()
let hungUp = 0
for (let round = 0; round < 200; round += 1) {
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error('hung up')), 1 + random.below(15))
  const call: Call = { stage, caller: 'leaves', nonce: `aborted-${round}`, signal: controller.signal }
  await kinds.past?.(call).catch(() => {
    hungUp += 1
  })
}
const after = await timePast()
const ms = (times: number[], share: number) => Math.round(percentile(times, share) * 10) / 10
const summary = ({ wrong, errors, ...counts }: Counts) => ({ ...counts, wrong: wrong.length, errors: errors.length })
process.stdout.write(
  `${JSON.stringify(
    {
      storm: summary(storm),
      calm: summary(calm),
      past: {
        hungUp,
        beforeMs: { p50: ms(before, 0.5), p95: ms(before, 0.95) },
        afterMs: { p50: ms(after, 0.5), p95: ms(after, 0.95) },
        ratio: Math.round((ms(after, 0.5) / ms(before, 0.5)) * 100) / 100,
      },
      logged: logged.length,
      examples: [...storm.wrong, ...storm.errors, ...calm.errors, ...logged].slice(0, 5),
    },
    null,
    2,
  )}\n`,
)
