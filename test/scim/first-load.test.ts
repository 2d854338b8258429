/**
 * The first load by a client like Entra ID: it looks for each user, and creates it. Every user exists exactly once.
 *
 *   npm run soak:scim:load   # 2,000 users at the real allowance, 20 times as fast; SCIM_USERS and SCIM_SPEED choose others
 */
import { expect, test } from 'vitest'
import { callerCapOf } from '../../src/rate-limit/shares.ts'
import { writingCaller } from '../../src/vendor/allowance.ts'
import { scimHarness } from './harness.ts'

const users = Number(process.env.SCIM_USERS ?? 30)
/** Undefined: as fast as the machine is. */
const speed = process.env.SCIM_SPEED === undefined ? undefined : Number(process.env.SCIM_SPEED)
const requestsPerMinute = 100
/** Requests that the client has in progress. */
const lanes = 5
/** Between two attempts of a client that ignores Retry-After. */
const impatienceMs = 10_000
const say = (line: string) => process.stdout.write(`${line}\n`)

test('a first load creates every user exactly once, and answers no request with a server error', async () => {
  const slowed = speed && {
    requestsPerMinute,
    windowMs: 60_000 / speed,
    deps: { longestMs: 25_000 / speed },
  }
  await using scim = await scimHarness({ ...slowed, data: { users: [], groups: [] } })
  await scim.fill()
  const statuses = new Map<number, number>()
  const names = Array.from({ length: users }, (_, i) => `load-${i}@example.com`).values()
  const startedAt = performance.now()
  const work = async () => {
    for (const userName of names) {
      const filter = encodeURIComponent(`userName eq "${userName}"`)
      for (let isDone = false; !isDone; ) {
        const found = await scim.send('GET', `/Users?filter=${filter}`)
        const answer =
          found.body.totalResults === 0
            ? await scim.send('POST', '/Users', {
                userName,
                externalId: userName,
                active: true,
                name: { givenName: 'New' },
              })
            : found
        for (const { status } of new Set([found, answer])) statuses.set(status, (statuses.get(status) ?? 0) + 1)
        if (answer.status >= 500) throw new Error(`${answer.status}: ${answer.body.detail}`)
        isDone = answer.status < 400
        if (!isDone && speed) await new Promise((resolve) => setTimeout(resolve, impatienceMs / speed))
      }
    }
  }
  await Promise.all(Array.from({ length: lanes }, work))
  const seconds = (performance.now() - startedAt) / 1_000
  const requests = scim.simulator.requests.length
  say(`statuses: ${[...statuses].map(([status, count]) => `${status}: ${count}`).join(', ')}`)
  const created = scim.sent().filter((one) => one === 'POST /users')
  expect(created).toHaveLength(users)
  expect(new Set(scim.vendor.users().map(({ primaryEmail }) => primaryEmail)).size).toBe(users)
  expect((await scim.send('GET', '/Users?count=0')).body.totalResults).toBe(users)
  if (speed === undefined) return
  // The slots of the first window are free at the start, and those of a window become free together.
  const share = callerCapOf(requestsPerMinute, writingCaller('acme').share)
  const needed = Math.ceil((requests - share) / share) * (60 / speed)
  say(
    `${users} users, ${requests} requests at ${share} in ${(60 / speed).toFixed(1)} s: ${seconds.toFixed(1)} s; the allowance needs ${needed.toFixed(1)} s (${(seconds / needed).toFixed(2)})`,
  )
  expect(seconds / needed).toBeLessThan(1.1)
}, 3_600_000)
