import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { Pulse } from '../../src/db/connection/pulse.ts'

const opened: Pulse[] = []
afterEach(() => {
  for (const pulse of opened.splice(0)) pulse.close()
})

function open({ isAwaited = (): boolean => true, ping = () => new Promise<unknown>(() => {}) } = {}) {
  let silences = 0
  let pings = 0
  const pulse = new Pulse({
    isAwaited,
    ping: () => {
      pings += 1
      return ping()
    },
    onSilent: () => {
      silences += 1
    },
  })
  opened.push(pulse)
  return {
    pulse,
    looks: async (count: number) => {
      for (let i = 0; i < count; i += 1) {
        pulse.look()
        await turn()
      }
    },
    counts: () => ({ silences, pings }),
  }
}

test('pulse: a server that answers nothing, not even a ping, is reported once', async () => {
  const { looks, counts } = open()
  await looks(3)
  expect(counts()).toEqual({ silences: 0, pings: 1 })
  await looks(1)
  expect(counts()).toEqual({ silences: 1, pings: 1 })
  await looks(10)
  expect(counts()).toEqual({ silences: 1, pings: 1 })
})

test('pulse: it is reported again after something has arrived in between', async () => {
  const { pulse, looks, counts } = open()
  await looks(4)
  pulse.sign()
  await looks(4)
  expect(counts().silences).toBe(1)
  await looks(1)
  expect(counts().silences).toBe(2)
})

test('pulse: a busy server that answers only the ping is not reported', async () => {
  const answering = { sign: () => {} }
  const { pulse, looks, counts } = open({
    ping: async () => answering.sign(),
  })
  answering.sign = () => pulse.sign()
  await looks(40)
  expect(counts()).toEqual({ silences: 0, pings: 20 })
})

test('pulse: without a waiting caller nothing is sent', async () => {
  const { looks, counts } = open({ isAwaited: () => false })
  await looks(20)
  expect(counts()).toEqual({ silences: 0, pings: 0 })
})

test('pulse: a ping that fails is sent again', async () => {
  const { looks, counts } = open({ ping: () => Promise.reject(new Error('lost')) })
  await looks(4)
  expect(counts()).toEqual({ silences: 1, pings: 4 })
})
