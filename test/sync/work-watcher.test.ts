import { pino } from 'pino'
import { expect, test } from 'vitest'
import type { Listen } from '../../src/db/database.ts'
import { watchWork } from '../../src/sync/work-watcher.ts'

/** A watcher whose notifications the test sends. Each look waits until the test ends it. */
function watched(options: { readonly gapMs?: number; readonly longestMs?: number } = {}) {
  const looks: { readonly woken: readonly number[] | 'ALL'; end(nextMs: number): void; fail(): void }[] = []
  let arrived = Promise.withResolvers<void>()
  let send = (_payload: string) => {}
  let reconnect = () => {}
  const lines: string[] = []
  const listen: Listen = async (_channel, onPayload, onListening) => {
    send = onPayload
    reconnect = onListening
    return { unlisten: async () => {} }
  }
  const watcher = watchWork(
    (woken) =>
      new Promise((resolve, reject) => {
        looks.push({ woken, end: resolve, fail: () => reject(new Error('no database')) })
        arrived.resolve()
      }),
    {
      listen,
      logger: pino({ level: 'warn' }, { write: (line: string) => lines.push(line) }),
      gapMs: options.gapMs ?? 0,
      longestMs: options.longestMs ?? 2 ** 30,
    },
  )
  return {
    watcher,
    lines,
    notify: (id: number) => send(String(id)),
    reconnect: () => reconnect(),
    /** The look with this number, counted from 0, once it has begun. */
    async look(i: number) {
      while (looks.length <= i) {
        arrived = Promise.withResolvers()
        await arrived.promise
      }
      return looks[i] as (typeof looks)[number]
    },
    get count() {
      return looks.length
    },
  }
}

test('work watcher: looks at its start, when work becomes due, on a notification and on a reconnect', async () => {
  const { watcher, look, notify, reconnect } = watched()
  const first = await look(0)
  expect(first.woken).toBe('ALL')
  first.end(1)
  const second = await look(1)
  expect(second.woken).toEqual([])
  second.end(Infinity)
  notify(7)
  notify(8)
  const third = await look(2)
  expect(third.woken).toEqual([7, 8])
  third.end(Infinity)
  reconnect()
  const fourth = await look(3)
  expect(fourth.woken).toBe('ALL')
  fourth.end(Infinity)
  await watcher.stop()
})

test('work watcher: a notification during a look causes another look', async () => {
  const { watcher, look, notify } = watched()
  const first = await look(0)
  notify(7)
  first.end(Infinity)
  const second = await look(1)
  expect(second.woken).toEqual([7])
  second.end(Infinity)
  await watcher.stop()
})

test('work watcher: a failed look is reported and repeated with the same ids', async () => {
  const { watcher, look, lines } = watched()
  ;(await look(0)).end(Infinity)
  watcher.wake(5)
  ;(await look(1)).fail()
  const third = await look(2)
  expect(third.woken).toEqual([5])
  third.end(Infinity)
  await watcher.stop()
  expect(lines.join()).toContain('cannot look for work')
})

test('work watcher: looks again after the longest pause although nothing was reported', async () => {
  const { watcher, look } = watched({ longestMs: 1 })
  ;(await look(0)).end(Infinity)
  ;(await look(1)).end(Infinity)
  await watcher.stop()
})

test('work watcher: a stop ends the pause between two looks', async () => {
  const one = watched({ gapMs: 2 ** 30 })
  ;(await one.look(0)).end(0)
  await one.watcher.stop()
  expect(one.count).toBe(1)
})
