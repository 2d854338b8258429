/** The example client, run as an application would run it. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { apiHarness } from './harness/api-harness.ts'

const anna = 'Anna.Muller@example.com'

test('client example: a name is changed once although the first response is lost', async () => {
  await using acme = await apiHarness()
  acme.simulator.faults.add({ kind: 'cutAfter', method: 'PUT', times: 1 })
  // The vendor is unavailable after the write: the first result is an unknown outcome.
  acme.simulator.faults.add({ kind: 'status', status: 503, method: 'GET', after: 1, times: 3 })
  expect(await changeName(acme.url, anna, 'Änne')).toBe('Änne Müller: changed firstName\n')
  expect(acme.vendor.user(anna)?.firstName).toBe('Änne')
  expect(acme.sent()).toEqual([`PUT /users/${anna}`])
})

test('client example: an invalid input is reported with its cause', async () => {
  await using acme = await apiHarness()
  expect(await changeName(acme.url, anna, ' ')).toBe('set.firstName: firstName must not be empty; null removes it\n')
})

async function changeName(url: string, ...given: string[]): Promise<string> {
  const env = { ...process.env, GRAPH_URL: url, GRAPH_TOKEN: 'alice' }
  const { stdout } = await promisify(execFile)(process.execPath, ['examples/client/change-name.ts', ...given], { env })
  return stdout
}
