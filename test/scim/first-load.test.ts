/**
 * The first load by a client like Entra ID: it looks for each user, and creates it. Every user exists exactly once.
 *
 *   npm run soak:scim:load   # 2,000 users at 50 times the real allowance; SCIM_USERS and SCIM_RATE choose others
 */
import { expect, test } from 'vitest'
import { scimHarness } from './harness.ts'

const users = Number(process.env.SCIM_USERS ?? 30)
const rate = Number(process.env.SCIM_RATE ?? 6_000)
/** Requests that the client has in progress. */
const lanes = 5
const say = (line: string) => process.stdout.write(`${line}\n`)

test('a first load creates every user exactly once, and answers no request with a server error', async () => {
  await using scim = await scimHarness({ requestsPerMinute: rate, data: { users: [], groups: [] } })
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
        isDone = answer.status < 400
      }
    }
  }
  await Promise.all(Array.from({ length: lanes }, work))
  const seconds = (performance.now() - startedAt) / 1_000
  const requests = scim.simulator.requests.length
  const needed = (requests / rate) * 60
  say(
    `${users} users, ${requests} requests at ${rate} a minute: ${seconds.toFixed(1)} s; the allowance needs ${needed.toFixed(1)} s`,
  )
  say(`statuses: ${[...statuses].map(([status, count]) => `${status}: ${count}`).join(', ')}`)
  expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([])
  const created = scim.sent().filter((one) => one === 'POST /users')
  expect(created).toHaveLength(users)
  expect(new Set(scim.vendor.users().map(({ primaryEmail }) => primaryEmail)).size).toBe(users)
  expect((await scim.send('GET', '/Users?count=0')).body.totalResults).toBe(users)
}, 3_600_000)
