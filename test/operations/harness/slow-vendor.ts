/**
 * Operations at a vendor that shows its writes late, in virtual time: when every item waits, the vendor's clock
 * advances to the end of the shortest pause. Operations run in this process without a queue. A kill releases the items
 * and the locks of the current worker: the journal rejects its later entries, and its requests in progress at the
 * vendor still complete.
 */

import { operationWork } from '../../../src/operations/operation-work.ts'
import { createRandom, type Random } from '../../../src/simulator/data/random.ts'
import type { FaultRule } from '../../../src/simulator/faults.ts'
import type { ApiHarnessOptions, Json } from '../../writes/harness/api-harness.ts'
import { type WorkerHarness, workerHarness } from './worker-harness.ts'

export interface SlowVendor extends AsyncDisposable {
  readonly acme: WorkerHarness
  /** Number of kills. */
  readonly kills: number
  /** Every step that an item waited for, with the reason and the number of times. */
  readonly waits: ReadonlyMap<string, number>
  /** Starts an operation and returns its id. */
  begin(field: Parameters<WorkerHarness['start']>[0], input: Json): Promise<unknown>
  /** Works on all operations until each has ended. `kill` is called before each round and returns whether to kill. */
  run(kill?: () => boolean): Promise<void>
  /** Works on all operations once, until each of their items has ended or waits. */
  round(): Promise<void>
  /** Advances the vendor's clock, and the ends of all pauses with it. */
  advance(ms: number): Promise<void>
  call(mutation: 'retryOperation' | 'cancelOperation', id: unknown): Promise<void>
}

/** Number of operations that are worked on concurrently. */
const atOnce = 6
/** How often a worker looks for items whose pause has ended. */
const tickMs = 1_000

export async function slowVendor(
  options: Pick<ApiHarnessOptions, 'switches' | 'seed' | 'data'> = {},
): Promise<SlowVendor> {
  const start = Date.UTC(2026, 5, 1, 12) - performance.now()
  let skippedMs = 0
  let latest = 0
  const { seed = 1 } = options
  // Pauses also end by Postgres' clock, so real time is added; no two readings give the same time.
  const clock = () => {
    latest = Math.max(latest + 1, Math.ceil(start + performance.now() + skippedMs))
    return latest
  }
  await using opening = new AsyncDisposableStack()
  const acme = opening.use(await workerHarness({ ...options, idle: true, clock }))
  const { sql } = acme.database
  const random = createRandom(`${seed} kills`)
  const waits = new Map<string, number>()
  let kills = 0
  const { signal } = new AbortController()
  const operations = operationWork(acme.writing)

  const round = async () => {
    const queue = await operations.waiting()
    const work = async () => {
      for (let id = queue.shift(); id !== undefined; id = queue.shift()) await operations.run(id, signal)
    }
    await Promise.all(Array.from({ length: atOnce }, work))
  }
  const advance = async (ms: number) => {
    skippedMs += ms
    await sql`
      update operation_items set held_until = held_until - ${ms / 1000} * interval '1 second'
      where state = 'RUNNING' and holder is null`
    await sql`update recent_writes set written_at = written_at - ${ms / 1000} * interval '1 second'`
  }
  const kill = async () => {
    kills += 1
    await sql`update operation_items set holder = null, held_until = '-infinity' where holder is not null`
    await sql`delete from user_locks`
  }
  const count = async () => {
    const rows = await sql<{ wait: string }[]>`
      select regexp_replace(s.facts ->> 'step', ' grp_.*', '') || ' ' || (s.facts ->> 'why') as wait
      from operation_steps s join operation_items i on i.id = s.item_id and i.state = 'RUNNING' where s.step = 'waiting'`
    for (const { wait } of rows) waits.set(wait, (waits.get(wait) ?? 0) + 1)
  }
  const owned = opening.move()
  return {
    acme,
    get kills() {
      return kills
    },
    waits,
    async begin(field, input) {
      const started = await acme.start(field, input)
      if (started.__typename !== 'StartOperationSuccess') throw new Error(JSON.stringify(started))
      return (started.operation as Json).id
    },
    round,
    advance,
    async run(mayKill = () => false) {
      for (;;) {
        const held = mayKill() ? acme.simulator.faults.add(killing(random)) : undefined
        const running = round()
        if (held) {
          await Promise.race([held.struck(), running])
          if (held.fired > 0) await kill()
          held.remove()
        }
        await running
        await count()
        const [next] = await sql<{ open: number; pauseMs: number | null }[]>`
          select count(*)::int as open, (extract(epoch from min(i.held_until) - clock_timestamp()) * 1000)::float8 as "pauseMs"
          from operation_items i where i.state in ('QUEUED', 'RUNNING')`
        if (!next || next.open === 0) return
        if (next.pauseMs !== null && next.pauseMs > 0) await advance(Math.max(tickMs, Math.ceil(next.pauseMs) + 1))
      }
    },
    async call(mutation, id) {
      const query = `mutation ($id: ID!) { ${mutation}(id: $id) { id } }`
      const { errors } = await acme.post({ query, variables: { id } })
      if (errors) throw new Error(JSON.stringify(errors))
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** Holds one request of a round, before or after it is carried out: any request, or only one that changes something. */
function killing(random: Random): FaultRule {
  return {
    kind: 'hold',
    at: random.pick(['arrival', 'answer'] as const),
    ...(random.chance(0.5) && { method: random.pick(['POST', 'PUT', 'DELETE']) }),
    after: random.below(3),
    times: 1,
  }
}
