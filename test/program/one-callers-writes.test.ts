/** One caller's writes, however many, do not affect other callers of the process. */
import { afterAll, beforeEach, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { runApi } from './running.ts'

const writesPerCaller = 60
const controlConnections = 4
const api = await runApi({
  WRITES_PER_CALLER: String(writesPerCaller),
  DATABASE_CONTROL_CONNECTIONS: String(controlConnections),
  SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
})
afterAll(() => api[Symbol.asyncDispose]())
const { sql } = api.database
const reader = await api.token({ name: 'reader', scopes: ['read'], organizations: ['a'] })
const writer = await api.token({ name: 'writer', organizations: ['b'] })

const readOfA = '{ users(first: 3) { nodes { primaryEmail } } }'
const mutation = `mutation ($input: UpdateUserInput!) {
  updateUser(input: $input) { __typename ... on Failure { message } }
}`
let names = 0
const write = (more: object = {}, signal?: AbortSignal) => {
  const input = { primaryEmail: 'bob@b.example', set: { firstName: `Bob ${++names}` }, ...more }
  return api.ask(writer, mutation, { variables: { input }, ...(signal && { signal }) })
}
const namesOf = (answers: readonly Awaited<ReturnType<typeof write>>[]) =>
  answers.map(({ data, errors }) => data?.updateUser?.__typename ?? errors?.[0]?.extensions.code)
const count = <T>(all: readonly T[], one: T) => all.filter((each) => each === one).length

/** Checks that the reader and the probe get answers. */
async function othersAreAnswered(): Promise<void> {
  for (let i = 0; i < 5; i += 1) {
    expect(await api.ask(reader, readOfA)).toMatchObject({ status: 200, data: { users: { nodes: [] } } })
    expect((await api.get('/health/ready')).status).toBe(200)
  }
}

beforeEach(async () => {
  await sql`delete from audit_log`
})

test('one caller’s writes: while each of its connections waits for a lock, another organization’s reader and the probe are served', async () => {
  // No write of this user is answered until this transaction ends.
  const hold = Promise.withResolvers<void>()
  const isHeld = Promise.withResolvers<void>()
  const holding = sql.begin(async (tx) => {
    await tx`lock table user_locks in access exclusive mode`
    isHeld.resolve()
    await hold.promise
  })
  await isHeld.promise
  const writes = Promise.all(Array.from({ length: 20 }, (_, i) => write({ primaryEmail: `user-${i}@b.example` })))
  await until(async () => {
    const [row] = await api.database.control<{ n: number }[]>`
      select count(*)::int as n from pg_locks where relation = 'user_locks'::regclass and not granted`
    return (row?.n ?? 0) === controlConnections - 2
  })
  await othersAreAnswered()
  hold.resolve()
  await holding
  await writes
})

test('one caller’s writes: hundreds for one user wait in memory, the excess is rejected, and other callers are not affected', async () => {
  const sent = 300
  const hold = api.simulator.faults.add({ kind: 'hold', at: 'answer', method: 'GET', path: '^/users/' })
  let answered = 0
  const writes = Array.from({ length: sent }, async () => {
    const answer = await write()
    answered += 1
    return answer
  })
  await hold.struck()
  await until(() => answered >= sent - writesPerCaller)
  await othersAreAnswered()
  hold.release()
  const answers = await Promise.all(writes)
  expect(count(namesOf(answers), 'UpdateUserSuccess')).toBe(writesPerCaller)
  expect(count(namesOf(answers), 'LIMIT_EXCEEDED')).toBe(sent - writesPerCaller)
  expect(answers.flatMap(({ errors = [] }) => errors)[0]).toMatchObject({
    message: `This caller exceeds the limit of ${writesPerCaller} concurrent mutations. Wait for earlier mutations to finish, then retry.`,
    extensions: { code: 'LIMIT_EXCEEDED', limit: 'writesPerCaller' },
  })
  // A rejected write has no row, and once the others have ended the caller can write again.
  const [{ rows } = { rows: 0 }] = await sql<{ rows: number }[]>`
    select count(*)::int as rows from audit_log where outcome = 'LIMIT_EXCEEDED'`
  expect(rows).toBeLessThanOrEqual(2)
  expect(namesOf([await write()])).toEqual(['UpdateUserSuccess'])
})

test('one caller’s writes: a caller that leaves while its write waits causes no error, and the outcome is ABORTED', async () => {
  const hold = api.simulator.faults.add({ kind: 'hold', at: 'answer', method: 'GET', path: '^/users/' })
  const first = write()
  await hold.struck()
  const leaving = new AbortController()
  // Each key is sent twice, with the same input.
  const left = Array.from({ length: 10 }, (_, i) =>
    write({ idempotencyKey: `left-${i % 5}`, set: { firstName: `Left ${i % 5}` } }, leaving.signal),
  )
  const outcomes = async () =>
    (await sql<{ outcome: string | null }[]>`select outcome from audit_log where kind = 'WRITE'`).map(
      (row) => row.outcome,
    )
  await until(async () => (await outcomes()).length === 11)
  leaving.abort()
  expect((await Promise.allSettled(left)).every(({ status }) => status === 'rejected')).toBe(true)
  await until(async () => (await outcomes()).filter((outcome) => outcome !== null).length === 10)
  expect(new Set((await outcomes()).filter((outcome) => outcome !== null))).toEqual(new Set(['ABORTED']))
  hold.release()
  expect(namesOf([await first])).toEqual(['UpdateUserSuccess'])
  expect(api.lines.filter(({ level }) => Number(level) >= 40)).toEqual([])
})
