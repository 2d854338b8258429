import { expect, test } from 'vitest'
import { Turns } from '../../src/db/connection/turns.ts'

const never = { waitMs: Infinity, onLate: () => new Error('late') }
const turn = () => new Promise(setImmediate)

test('turns: callers that wait for the same key are served evenly, and other keys do not wait', async () => {
  const turns = new Turns()
  const gate = Promise.withResolvers<void>()
  const order: string[] = []
  const take = (caller: string, key = 'user') =>
    turns.take(key, { caller }, never, async () => {
      order.push(`${caller} ${key}`)
      await gate.promise
    })
  const all = [...Array.from({ length: 4 }, () => take('many')), take('one'), take('one', 'another')]
  await turn()
  expect(order).toEqual(['many user', 'one another'])
  gate.resolve()
  await Promise.all(all)
  expect(order.slice(2)).toEqual(['many user', 'one user', 'many user', 'many user'])
  expect(turns.size).toBe(0)
})

test('turns: callers that disconnect or time out while they wait are skipped', async () => {
  const turns = new Turns()
  const gate = Promise.withResolvers<void>()
  const leaving = new AbortController()
  const first = turns.take('key', { caller: 'a' }, never, () => gate.promise)
  const left = turns.take('key', { caller: 'b', signal: leaving.signal }, never, async () => 'b')
  const late = turns.take('key', { caller: 'c' }, { ...never, waitMs: 1 }, async () => 'c')
  const last = turns.take('key', { caller: 'd' }, never, async () => 'd')
  leaving.abort(new Error('left'))
  await expect(left).rejects.toThrow('left')
  await expect(late).rejects.toThrow('late')
  gate.resolve()
  await first
  expect(await last).toBe('d')
  expect(turns.size).toBe(0)
})

test('turns: the next caller gets its turn after work that fails', async () => {
  const turns = new Turns()
  const failing = turns.take('key', { caller: 'a' }, never, () => Promise.reject(new Error('failed')))
  const next = turns.take('key', { caller: 'a' }, never, async () => 'next')
  await expect(failing).rejects.toThrow('failed')
  expect(await next).toBe('next')
})
