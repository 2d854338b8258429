import { expect, test } from 'vitest'
import { nowAndThen } from '../../src/sync/throttled-error-log.ts'

test('throttled log: a repeated error is logged immediately, then once a minute with its count', () => {
  let now = 0
  const said: string[] = []
  const tell = nowAndThen(
    ({ message }, times) => void said.push(`${now / 1_000} s: ${times} × ${message}`),
    () => now,
  )
  for (; now < 130_000; now += 500) tell(new Error('refused'))
  tell(new Error('another'))
  expect(said).toEqual(['0 s: 1 × refused', '60 s: 120 × refused', '120 s: 120 × refused', '130 s: 1 × another'])
})
