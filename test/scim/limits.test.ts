/** How long a client waits, and the answer when it must wait longer. */
import { expect, test } from 'vitest'
import { ScimError } from '../../src/scim/protocol/scim-error.ts'
import { scimHarness } from './harness.ts'

const off = { Operations: [{ op: 'replace', path: 'active', value: false }] }

test('a write that takes too long gets 503, is completed, and the repeated request finds it done', async () => {
  await using scim = await scimHarness({ deps: { longestMs: 300 } })
  await scim.fill()
  const id = await scim.idOf('bob@example.com')
  // The start of a process counts as a wait.
  await scim.database.sql`delete from allowance_waits`
  scim.vendor.setSwitches({ latencyMs: 250 })
  const first = await scim.send('PATCH', `/Users/${id}`, off)
  expect(first).toMatchObject({ status: 503, body: { status: '503', detail: expect.stringContaining('repeat') } })
  expect(first.headers.get('retry-after')).toBe('30')
  scim.vendor.setSwitches({ latencyMs: 0 })
  let answer = first
  while (answer.status === 503) answer = await scim.send('PATCH', `/Users/${id}`, off)
  expect(answer).toMatchObject({ status: 200, body: { active: false } })
  expect(scim.sent().filter((one) => one.startsWith('PUT'))).toHaveLength(1)
})

test('without allowance a write gets 429 with Retry-After', async () => {
  await using scim = await scimHarness({ requestsPerMinute: 12, deps: { longestMs: 500 } })
  await scim.fill()
  const answers = []
  for (let i = 0; i < 6; i += 1) answers.push(await scim.send('POST', '/Users', { userName: `new-${i}@example.com` }))
  const refused = answers.find(({ status }) => status === 429)
  expect(refused).toMatchObject({ body: { status: '429' } })
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
})

test('a caller with too many writes in progress gets 429', async () => {
  const enterWrite = () => {
    throw new ScimError(429, 'too many writes', { retryAfter: 1 })
  }
  await using scim = await scimHarness({ deps: { enterWrite } })
  await scim.fill()
  expect((await scim.send('POST', '/Users', { userName: 'new@example.com' })).status).toBe(429)
  expect(scim.sent()).toEqual([])
})

test('a write that was sent, and then waits too long for the allowance, gets 429, and its repetition succeeds', async () => {
  await using scim = await scimHarness({ requestsPerMinute: 3, windowMs: 3_000, deps: { longestMs: 1_000 } })
  await scim.fill()
  scim.pass(60_000)
  const answers = []
  const post = () => scim.send('POST', '/Users', { userName: 'new@example.com' })
  do answers.push(await post())
  while (answers.at(-1)?.status !== 201)
  expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([])
  expect(answers.some(({ status }) => status === 429)).toBe(true)
  expect(scim.sent()).toEqual(['POST /users'])
})
