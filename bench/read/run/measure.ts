/** Measures every task at every number of connections, in interleaved rounds. */
import type { Contender } from '../contenders/contender.ts'
import { cpuOfMachine, cpuOfPostgres, cpuOfProcess } from './cpu.ts'
import type { LoadGenerator } from './load.ts'
import type { Options } from './options.ts'
import { loadOf, type Task } from './prepare.ts'

export interface Measurement {
  readonly query: string
  readonly contender: string
  readonly family: string
  readonly kind: Contender['kind']
  readonly connections: number
  readonly rounds: readonly Round[]
}

export interface Round {
  readonly perSecond: number
  /** CPU milliseconds of one request. */
  readonly node: number
  readonly postgres: number
  /** Share of one core that the load generator used. */
  readonly generator: number
  /** Cores that processes outside the benchmark used. */
  readonly others: number
  readonly p50: number
  readonly p99: number
}

export interface Bench {
  readonly load: LoadGenerator
  readonly postmaster: number
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

export async function measure(tasks: readonly Task[], options: Options, bench: Bench): Promise<Measurement[]> {
  const measured = options.connections.flatMap((connections) =>
    tasks.map((task) => ({ task, connections, rounds: [] as Round[] })),
  )
  for (let round = 1; round <= options.rounds; round += 1) {
    bench.say(`Round ${round} of ${options.rounds}.`)
    // In the other direction every second time, so that no contender always follows the same one.
    for (const one of round % 2 === 1 ? measured : measured.toReversed())
      one.rounds.push(await measureOnce(one.task, one.connections, options.seconds * 1_000, bench))
  }
  return measured.map(({ task: { query, contender }, connections, rounds }) => ({
    query: query.name,
    contender: contender.name,
    family: contender.family,
    kind: contender.kind,
    connections,
    rounds,
  }))
}

async function measureOnce(task: Task, connections: number, ms: number, bench: Bench): Promise<Round> {
  const { load, postmaster, signal } = bench
  const target = { ...loadOf(task), connections }
  const timesNow = () => ({
    node: cpuOfProcess(task.contender.pid),
    postgres: cpuOfPostgres(postmaster),
    generator: cpuOfProcess(load.pid),
    machine: cpuOfMachine(),
  })
  signal.throwIfAborted()
  await load.run({ ...target, ms: ms / 6 })
  signal.throwIfAborted()
  const before = timesNow()
  const { latencies, elapsed, failure } = await load.run({ ...target, ms })
  const after = timesNow()
  if (failure !== null) throw new Error(`${task.contender.name} failed at "${task.query.name}": ${failure}`)
  const used = (part: keyof typeof before) => after[part] - before[part]
  const sorted = latencies.toSorted()
  return {
    perSecond: (latencies.length / elapsed) * 1_000,
    node: used('node') / latencies.length,
    postgres: used('postgres') / latencies.length,
    generator: used('generator') / elapsed,
    others: (used('machine') - used('node') - used('postgres') - used('generator')) / elapsed,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
  }
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
