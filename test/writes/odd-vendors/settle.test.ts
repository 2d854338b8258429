import { expect, test } from 'vitest'
import {
  type Clock,
  OutOfTimeError,
  pollUntilShown,
  requestSettling,
  type Shown,
} from '../../../src/writes/session/settle.ts'

/** A clock that advances only by sleeping. */
function sleeper(): Clock & { readonly pauses: number[] } {
  const pauses: number[] = []
  return {
    pauses,
    now: () => pauses.reduce((sum, pause) => sum + pause, 0),
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted()
      pauses.push(milliseconds)
    },
  }
}

function readerOf(...shown: Shown[]) {
  let reads = 0
  return { read: async () => shown[Math.min(reads++, shown.length - 1)] as Shown, reads: () => reads }
}

const itself = (shown: Shown) => shown

test('settle: a write that shows immediately costs one read and no pause', async () => {
  const clock = sleeper()
  const { read, reads } = readerOf('WRITTEN')
  expect(await pollUntilShown(read, itself, requestSettling, clock)).toMatchObject({ shown: 'WRITTEN' })
  expect([reads(), clock.pauses]).toEqual([1, []])
})

test('settle: a write that never shows is read 8 times within 10 s', async () => {
  const clock = sleeper()
  const { read, reads } = readerOf('BEFORE')
  expect(await pollUntilShown(read, itself, requestSettling, clock)).toMatchObject({ shown: 'BEFORE' })
  expect(reads()).toBe(8)
  expect(clock.pauses).toEqual([200, 400, 800, 1_600, 2_200, 2_200, 2_200])
})

test('settle: a state that contradicts the write is polled for as long as the previous state', async () => {
  const clock = sleeper()
  const { read, reads } = readerOf('OTHER')
  expect(await pollUntilShown(read, itself, requestSettling, clock)).toMatchObject({ shown: 'OTHER', isCut: false })
  expect(reads()).toBe(8)
  const late = readerOf(...Array<Shown>(7).fill('OTHER'), 'WRITTEN')
  expect(await pollUntilShown(late.read, itself, requestSettling, sleeper())).toMatchObject({ shown: 'WRITTEN' })
})

test('settle: slow reads do not extend the time limit', async () => {
  const clock = sleeper()
  const { read, reads } = readerOf('BEFORE')
  const slowly = async () => {
    await clock.sleep(4_000)
    return await read()
  }
  expect(await pollUntilShown(slowly, itself, requestSettling, clock)).toMatchObject({ shown: 'BEFORE' })
  expect(reads()).toBe(4)
})

test('settle: a later read that fails leaves the state before it as the result', async () => {
  const failing = (first: Shown) => {
    let reads = 0
    return async () => {
      if (reads++ > 0) throw new Error('away')
      return first
    }
  }
  const clock = sleeper()
  expect(await pollUntilShown(failing('BEFORE'), itself, requestSettling, clock)).toMatchObject({
    shown: 'BEFORE',
    isCut: true,
  })
  await expect(pollUntilShown(failing('OTHER'), itself, requestSettling, clock)).rejects.toThrow('away')
})

test.each(['BEFORE', 'OTHER'] as const)('settle: %s counts if the last read does not end in time', async (shown) => {
  const { read, reads } = readerOf(shown)
  const late = async (leftMs: number | undefined) => {
    if (reads() === 3) throw new OutOfTimeError(`${leftMs} ms were left`)
    return await read()
  }
  expect(await pollUntilShown(late, itself, requestSettling, sleeper())).toEqual({ value: shown, shown, isCut: false })
})

test('settle: a process that closes ends the pauses, and one that stops ends the work', async () => {
  const fired = AbortSignal.abort(new Error('the worker stops'))
  const hurried = readerOf('BEFORE')
  const clock = sleeper()
  expect(await pollUntilShown(hurried.read, itself, requestSettling, clock, { hurry: fired })).toMatchObject({
    shown: 'BEFORE',
    isCut: true,
  })
  expect(hurried.reads()).toBe(1)
  const stopped = pollUntilShown(readerOf('BEFORE').read, itself, requestSettling, clock, { stop: fired })
  await expect(stopped).rejects.toThrow('the worker stops')
})
