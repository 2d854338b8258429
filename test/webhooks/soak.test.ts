/**
 * Changes on their way through a receiver that fails, hangs and restarts, delivered by processes that are killed. Every
 * change must arrive, in order, with a valid signature.
 */
import { expect, test } from 'vitest'
import { createRandom } from '../../src/simulator/data/random.ts'
import { replayWebhook } from '../../src/webhooks/replay.ts'
import { mirror } from '../support/mirror.ts'
import { until } from '../support/until.ts'
import { hook, type Received, type Receiver, receiver, verify } from './harness.ts'
import { startWorkerProcess } from './worker-process.ts'

/** `npm run soak:webhooks` delivers 10,000. */
const changes = Number(process.env.WEBHOOK_CHANGES ?? 300)
const seed = process.env.WEBHOOK_SEED ?? 'webhooks'

test(`webhooks: ${changes} changes arrive in order through a failing receiver and kills (WEBHOOK_SEED=${seed})`, async () => {
  const report = await runDeliveries(changes, seed)
  process.stdout.write(`${JSON.stringify(report)}\n`)
  expect(report.violations).toEqual([])
  expect(report.kills).toBeGreaterThan(1)
  expect(report.requests).toBeGreaterThan(changes * 1.3)
})

interface Report {
  readonly changes: number
  readonly requests: number
  readonly kills: number
  readonly restarts: number
  readonly hangs: number
  /** Messages that arrived more than once: after a kill or a lost answer. */
  readonly repeated: number
  readonly seconds: number
  /** What must not happen, in words. */
  readonly violations: readonly string[]
}

async function runDeliveries(changes: number, seed: string): Promise<Report> {
  const startedAt = performance.now()
  const random = createRandom(seed)
  await using acme = await mirror()
  await using there = await receiver()
  const { id, secret } = await hook(acme.database, { url: there.url, events: ['directory.changed'] })
  const faults = misbehave(there, random.next)

  const workers = [0, 1].map(() => startWorkerProcess(acme.database.connection))
  let kills = 0
  let isDone = false
  const killing = (async () => {
    while (!isDone) {
      const before = there.accepted.length
      const step = Math.max(60, Math.floor(changes / 20))
      await until(() => isDone || there.accepted.length >= before + step)
      if (isDone) return
      const place = random.below(workers.length)
      workers[place]?.kill('SIGKILL')
      workers[place] = startWorkerProcess(acme.database.connection)
      kills += 1
    }
  })()

  // Each set is one change of one user, so that the message says which one it is.
  for (let n = 0; n < changes; n += 50) {
    const users = Array.from(
      { length: Math.min(50, changes - n) },
      (_, i) => [`user${n + i}@acme.example`, {}] as const,
    )
    await acme.list(1 + Math.floor(n / 50), Object.fromEntries(users))
  }
  await until(() => arrived(there.accepted).size === changes)
  const first = [...arrived(there.accepted)]
  const repeated = there.accepted.length - changes

  const replayed = Math.ceil(changes / 10)
  const since = there.accepted.find(({ headers }) => headers['webhook-id'] === first[changes - replayed])?.body
    .timestamp
  const from = there.accepted.length
  await replayWebhook(acme.sql, id, since ?? '')
  await until(() => arrived(there.accepted.slice(from)).has(first.at(-1) ?? ''))
  isDone = true
  await killing
  for (const worker of workers) worker.kill('SIGKILL')

  const expected = await acme.sql<{ email: string }[]>`
    select u.primary_email as email from change_sets s join users u on u.id = s.subject_id order by s.last_position`
  const again = [...arrived(there.accepted.slice(from))]
  const violations = [
    ...there.requests.flatMap((request, i) =>
      isValid(secret, request) ? [] : [`request ${i} has no valid signature`],
    ),
    ...outOfOrder(
      there.accepted.slice(0, from),
      expected.map(({ email }) => email),
    ),
    ...(again.join() === first.slice(-again.length).join() ? [] : ['the replay has other ids, or another order']),
    ...(again.length < replayed ? [`the replay has ${again.length} messages; expected at least ${replayed}`] : []),
  ]
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10
  return { changes, requests: there.requests.length, kills, ...faults, repeated, seconds, violations }
}

/** Fails 30 % of the requests; sometimes hangs; sometimes loses the answer or all connections after it accepted. */
function misbehave(there: Receiver, chance: () => number): { hangs: number; restarts: number } {
  const counts = { hangs: 0, restarts: 0 }
  there.answer = (_request, response) => {
    const number = chance()
    if (number < 0.3) {
      response.writeHead(number < 0.15 ? 500 : 429).end()
      return false
    }
    if (number < 0.303) {
      counts.hangs += 1
      return false
    }
    if (number < 0.306) {
      counts.restarts += 1
      there.restart()
      return true
    }
    response.writeHead(204).end()
    return true
  }
  return counts
}

const idOf = ({ headers }: Received) => String(headers['webhook-id'])

function arrived(accepted: readonly Received[]): Set<string> {
  return new Set(accepted.map(idOf))
}

/** Whether the messages first arrived in the order of the feed, which has one change set for each user. */
function outOfOrder(accepted: readonly Received[], expected: readonly string[]): string[] {
  const first = new Map<string, string>()
  for (const message of accepted) {
    const { primaryEmail } = message.body.data.subject as { primaryEmail: string }
    if (!first.has(idOf(message))) first.set(idOf(message), primaryEmail)
  }
  const emails = [...first.values()]
  const wrong = emails.findIndex((email, i) => email !== expected[i])
  if (emails.length !== expected.length) return [`${emails.length} of ${expected.length} changes arrived`]
  return wrong < 0 ? [] : [`message ${wrong} is about ${emails[wrong]}; expected ${expected[wrong]}`]
}

function isValid(secret: string, request: Received): boolean {
  try {
    verify(secret, request)
    return true
  } catch {
    return false
  }
}
