import { expect, test } from 'vitest'
import { type Asker, FairQueue, type Waiter } from '../../src/db/connection/fair-queue.ts'

const waiter = (caller: string, isHeavy = false): Waiter => ({ asker: { caller, isHeavy } })
const served = (queue: FairQueue<Waiter>, most = 100): string[] => {
  const order: string[] = []
  for (let next = queue.next(); next && order.length < most; next = queue.next()) {
    order.push(`${next.asker.caller}${next.asker.isHeavy ? ' heavy' : ''}`)
  }
  return order
}

test('queue: a caller with one request is served before the second request of a caller with many', () => {
  const queue = new FairQueue({ perCaller: 10, heavy: 10 })
  for (let i = 0; i < 5; i += 1) queue.push(waiter('many'))
  queue.push(waiter('one'))
  expect(served(queue)).toEqual(['many', 'one', 'many', 'many', 'many', 'many'])
})

test('queue: a caller holds at most its share of connections and gets another when one is released', () => {
  const queue = new FairQueue({ perCaller: 2, heavy: 10 })
  for (let i = 0; i < 3; i += 1) queue.push(waiter('many'))
  expect([queue.eligible, served(queue), queue.eligible, queue.waiting]).toEqual([2, ['many', 'many'], 0, 1])
  queue.release({ caller: 'many' })
  expect([queue.eligible, served(queue), queue.waiting]).toEqual([1, ['many'], 0])
})

test('queue: heavy work is limited across all callers, so that the rest of the pool stays free for light work', () => {
  const queue = new FairQueue({ perCaller: 10, heavy: 2 })
  for (const caller of ['a', 'b', 'c']) queue.push(waiter(caller, true))
  queue.push(waiter('d'))
  queue.push(waiter('a'))
  expect([queue.eligible, served(queue)]).toEqual([4, ['b heavy', 'c heavy', 'd', 'a']])
  expect(queue.waiting).toBe(1)
  queue.release({ caller: 'b', isHeavy: true })
  expect(served(queue)).toEqual(['a heavy'])
})

test('queue: a removed waiter is not served, and no state of departed callers is kept', () => {
  const queue = new FairQueue<Waiter>({ perCaller: 1, heavy: 1 })
  const waiters = Array.from({ length: 100 }, (_, i) => waiter(`caller ${i}`))
  for (const one of waiters) queue.push(one)
  expect(waiters.map((one) => queue.remove(one)).every(Boolean)).toBe(true)
  expect(queue.remove(waiters[0] as Waiter)).toBe(false)
  expect([served(queue), queue.waiting, queue.callers]).toEqual([[], 0, 0])
  const asker: Asker = { caller: 'a' }
  queue.push({ asker })
  queue.next()
  queue.release(asker)
  expect(queue.callers).toBe(0)
})

test('queue: on a single connection, a caller with many requests and a later caller alternate', () => {
  const queue = new FairQueue({ perCaller: 1, heavy: 1 })
  const next = () => {
    const asker = queue.next()?.asker as Asker
    queue.release(asker)
    return asker.caller
  }
  for (let i = 0; i < 100; i += 1) queue.push(waiter('many'))
  expect([next(), next()]).toEqual(['many', 'many'])
  for (let i = 0; i < 3; i += 1) queue.push(waiter('late'))
  expect(Array.from({ length: 6 }, next)).toEqual(['many', 'late', 'many', 'late', 'many', 'late'])
})
