import { expect, test } from 'vitest'
import { sharedRead, unlessLeft } from '../../../src/graph/change/coalesce-reads.ts'

/** Reads that end when the test resolves them, or when they are aborted. */
function reads() {
  const begun: { signal: AbortSignal; answer: (value: string) => void }[] = []
  const read = (signal: AbortSignal) =>
    new Promise<string>((answer, fail) => {
      begun.push({ signal, answer })
      signal.addEventListener('abort', () => fail(signal.reason))
    })
  return { owner: {}, begun, read }
}

test('shared read: the read continues while a caller waits and is aborted when the last caller leaves', async () => {
  const { owner, begun, read } = reads()
  const callers = [new AbortController(), new AbortController()] as const
  const [one, other] = callers.map(({ signal }) => unlessLeft(signal, sharedRead(owner, 'key', read, { signal })))
  callers[0].abort()
  expect(await one).toBe(undefined)
  expect(begun.map(({ signal }) => signal.aborted)).toEqual([false])
  callers[1].abort()
  expect(await other).toBe(undefined)
  expect(begun.map(({ signal }) => signal.aborted)).toEqual([true])
})

test('shared read: a caller that arrives after the last one left starts a new read', async () => {
  const { owner, begun, read } = reads()
  const leaving = new AbortController()
  const left = unlessLeft(leaving.signal, sharedRead(owner, 'key', read, { signal: leaving.signal }))
  leaving.abort()
  await left
  const { signal } = new AbortController()
  const later = sharedRead(owner, 'key', read, { signal })
  expect(begun).toHaveLength(2)
  begun[1]?.answer('new')
  expect(await later).toBe('new')
})

test('shared read: a result is kept for the requested time, and a failure is not kept', async () => {
  const { owner, begun, read } = reads()
  const { signal } = new AbortController()
  const first = sharedRead(owner, 'key', read, { signal, keptMs: 60_000 })
  begun[0]?.answer('kept')
  expect([await first, await sharedRead(owner, 'key', read, { signal, keptMs: 60_000 })]).toEqual(['kept', 'kept'])
  expect(begun).toHaveLength(1)
  const fail = () => Promise.reject(new Error('away'))
  await expect(sharedRead(owner, 'other', fail, { signal })).rejects.toThrow('away')
  expect(await sharedRead(owner, 'other', async () => 'back', { signal })).toBe('back')
})
