/** The example client, as an application would run it. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { house } from './house.ts'

const anna = 'Anna.Muller@example.com'

test('the example client changes a name, once, though the first answer gets lost on the way', async () => {
  await using acme = await house()
  acme.simulator.faults.add({ kind: 'cutAfter', method: 'PUT', times: 1 })
  // The vendor is away after that: the first answer is that nobody knows.
  acme.simulator.faults.add({ kind: 'status', status: 503, method: 'GET', after: 1, times: 3 })
  expect(await changeName(acme.url, anna, 'Änne')).toBe('Änne Müller: changed firstName\n')
  expect(acme.vendor.user(anna)?.firstName).toBe('Änne')
  expect(acme.sent()).toEqual([`PUT /users/${anna}`])
})

test('the example client tells what is wrong with an input', async () => {
  await using acme = await house()
  expect(await changeName(acme.url, anna, ' ')).toBe('set.firstName: firstName must not be empty; null takes it away\n')
})

async function changeName(url: string, ...given: string[]): Promise<string> {
  const env = { ...process.env, GRAPH_URL: url, GRAPH_TOKEN: 'alice' }
  const { stdout } = await promisify(execFile)(process.execPath, ['examples/client/change-name.ts', ...given], { env })
  return stdout
}
