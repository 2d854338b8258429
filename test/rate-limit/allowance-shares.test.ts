/** The shares of an allowance under load, in real windows of a few hundred milliseconds. */
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openDatabase, type Sql } from '../../src/db/database.ts'
import { callerCapOf, floorOf } from '../../src/rate-limit/shares.ts'
import { type Allowance, AllowanceSpentError, openAllowance } from '../../src/rate-limit/vendor-allowance.ts'
import { testDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'

const times = { windowMs: 400, leaseMs: 600 }

/** One request. Times are those of the database in milliseconds. `answered` is undefined if the process was killed. */
interface Sent {
  readonly limit: number
  readonly caller: string | undefined
  readonly at: number
  answered?: number
}

const share = 1 / 2

/** Takes a slot, keeps it for as long as a request may last, and releases it unless it is killed. */
async function send(allowance: Allowance, limit: number, caller: string | undefined, log: Sent[], killed: boolean) {
  const slot = await allowance.take(
    caller === undefined
      ? { priority: 'background', maxWaitMs: 600 }
      : { priority: 'interactive', maxWaitMs: 600, caller: { name: caller, share, maxWaiting: 20 } },
  )
  const sent: Sent = { limit, caller, at: millisecondsOf(slot.sentAt) }
  log.push(sent)
  if (killed) return
  await sleep(Math.random() * 20)
  sent.answered = millisecondsOf(await slot.release())
}

function millisecondsOf(time: string): number {
  return Date.parse(`${time.slice(0, 23)}Z`) + Number(time.slice(23, 26)) / 1_000
}

/**
 * The violations at the moments of sending. The vendor may count a request at any time between sending and response.
 */
function violations(log: readonly Sent[]): string[] {
  return log.flatMap((one) => {
    // The time that `release` returns is read right after the time that it writes.
    const isInWindow = ({ at, answered = at + times.leaseMs }: Sent) =>
      at <= one.at && one.at < answered + times.windowMs - 1
    const inWindow = log.filter((other) => other === one || isInWindow(other))
    const limit = Math.min(...inWindow.map((other) => other.limit))
    const interactive = inWindow.filter(({ caller }) => caller !== undefined)
    const own = interactive.filter(({ caller }) => caller === one.caller)
    return [
      ...(inWindow.length > limit ? [`${inWindow.length} requests under a limit of ${limit}`] : []),
      ...(one.caller !== undefined && own.length > callerCapOf(limit, share)
        ? [`${own.length} of one caller under a limit of ${limit}`]
        : []),
      ...(one.caller !== undefined &&
      interactive.length < inWindow.length &&
      interactive.length > limit - floorOf(limit)
        ? [`${interactive.length} interactive ones beside background work under a limit of ${limit}`]
        : []),
    ]
  })
}

async function sendOrNot(...request: Parameters<typeof send>): Promise<void> {
  try {
    await send(...request)
  } catch (error) {
    if (!(error instanceof AllowanceSpentError)) throw error
  }
}

test('allowance: limit, floor and shares hold in every window, for any mix of processes, limits, callers and kills', async () => {
  await using database = await testDatabase()
  let key = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          limit: fc.integer({ min: 1, max: 12 }),
          /** The process starts after this many requests. */
          after: fc.integer({ min: 0, max: 60 }),
          callers: fc.array(fc.constantFrom('anna', 'ben', 'carla', 'dora', 'emil', 'fred', 'gina'), {
            minLength: 4,
            maxLength: 8,
          }),
          backgroundWorkers: fc.integer({ min: 0, max: 2 }),
          requests: fc.integer({ min: 4, max: 10 }),
          /** The index of the request during which the process is killed. */
          killedAt: fc.option(fc.integer({ min: 0, max: 9 })),
        }),
        { minLength: 2, maxLength: 4 },
      ),
      async (processes) => {
        key += 1
        const log: Sent[] = []
        let tried = 0
        await Promise.all(
          processes.map(async ({ limit, after, callers, backgroundWorkers, requests, killedAt }) => {
            const giveUp = performance.now() + 1_000
            while (tried < after && performance.now() < giveUp) await sleep(2)
            const own = openDatabase(database.connection, { connections: 2 })
            try {
              const allowance = await openAllowance(own.sql, `key ${key}`, limit, times)
              const workers = [...callers, ...Array.from({ length: backgroundWorkers }, () => undefined)]
              await Promise.all(
                workers.map(async (caller) => {
                  for (let request = 0; request < requests; request += 1) {
                    tried += 1
                    await sendOrNot(allowance, limit, caller, log, request === killedAt)
                    if (request === killedAt) return
                  }
                }),
              )
            } finally {
              await own.close()
            }
          }),
        )
        expect(violations(log)).toEqual([])
      },
    ),
    { numRuns: 8, interruptAfterTimeLimit: 20_000 },
  )
})

test('allowance: background work gets its quarter of every window during endless interactive work', async () => {
  await using database = await testDatabase()
  const { log, stop } = await flood(database.sql, 20, 25)
  // The first window contains requests that were sent before background work requested a slot.
  const windows = 8
  await until(() => log.length > 0 && (log.at(-1)?.at ?? 0) > (log[0]?.at ?? 0) + (windows + 2) * times.windowMs)
  await stop()
  const from = log[0]?.at ?? 0
  const inSteadyState = log.filter(({ at }) => at > from + 2 * times.windowMs)
  const background = inSteadyState.filter(({ caller }) => caller === undefined)
  expect(background.length / inSteadyState.length).toBeGreaterThanOrEqual(0.2)
  expect(violations(log)).toEqual([])
})

/** Callers that request the next slot immediately, in two processes, and three background workers. */
async function flood(sql: Sql, limit: number, callers: number) {
  const log: Sent[] = []
  const stopping = new AbortController()
  const [one, other] = await Promise.all([
    openAllowance(sql, 'key', limit, times),
    openAllowance(sql, 'key', limit, times),
  ])
  const loop = async (allowance: Allowance, caller: string | undefined) => {
    while (!stopping.signal.aborted) await sendOrNot(allowance, limit, caller, log, false)
  }
  const loops = [
    ...Array.from({ length: callers }, (_, i) => loop(i % 2 === 0 ? one : other, `caller ${i}`)),
    ...[one, other, one].map((allowance) => loop(allowance, undefined)),
  ]
  return {
    log,
    async stop() {
      stopping.abort()
      await Promise.all(loops)
    },
  }
}
