import { expect, test } from 'vitest'
import { SharedReads, unlessLeft } from '../../src/mirror/feed/coalesce-reads.ts'

/** Reads that end when the test resolves them, or when they are aborted. */
function reads() {
  const begun: { signal: AbortSignal; answer: (value: string) => void }[] = []
  const read = (signal: AbortSignal) =>
    new Promise<string>((answer, fail) => {
      begun.push({ signal, answer })
      signal.addEventListener('abort', () => fail(signal.reason))
    })
  return { shared: new SharedReads(), begun, read }
}

test('shared read: the read continues while a caller waits and is aborted when the last caller leaves', async () => {
  const { shared, begun, read } = reads()
  const callers = [new AbortController(), new AbortController()] as const
  const [one, other] = callers.map(({ signal }) => unlessLeft(signal, shared.read('key', read, { signal })))
  callers[0].abort()
  expect(await one).toBe(undefined)
  expect(begun.map(({ signal }) => signal.aborted)).toEqual([false])
  callers[1].abort()
  expect(await other).toBe(undefined)
  expect(begun.map(({ signal }) => signal.aborted)).toEqual([true])
})

test('shared read: a caller that arrives after the last one left starts a new read', async () => {
  const { shared, begun, read } = reads()
  const leaving = new AbortController()
  const left = unlessLeft(leaving.signal, shared.read('key', read, { signal: leaving.signal }))
  leaving.abort()
  await left
  const { signal } = new AbortController()
  const later = shared.read('key', read, { signal })
  expect(begun).toHaveLength(2)
  begun[1]?.answer('new')
  expect(await later).toBe('new')
})

test('shared read: a result is kept for the requested time, and a failure is not kept', async () => {
  const { shared, begun, read } = reads()
  const { signal } = new AbortController()
  const first = shared.read('key', read, { signal, keptMs: 60_000 })
  begun[0]?.answer('kept')
  expect([await first, await shared.read('key', read, { signal, keptMs: 60_000 })]).toEqual(['kept', 'kept'])
  expect(begun).toHaveLength(1)
  const fail = () => Promise.reject(new Error('away'))
  await expect(shared.read('other', fail, { signal })).rejects.toThrow('away')
  expect(await shared.read('other', async () => 'back', { signal })).toBe('back')
})
