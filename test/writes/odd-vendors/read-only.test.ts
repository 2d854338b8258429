/** A connection that only reads: each mutation is refused before anything is done. */
import { expect, test } from 'vitest'
import { openWrites } from '../../../src/operations/write-service.ts'
import type { WriteDeps } from '../../../src/writes/deps.ts'

const readOnly = 'Writes are not offered by this connection: it is read-only'

/** Any use but that of the client fails the test. */
const deps = {
  sql: { as: () => undefined },
  clientOf: () => ({ readOnly }),
} as unknown as WriteDeps

test('writes: every write and every operation is refused where the connection only reads', async () => {
  const { cancelOperation: _cancel, retryOperation: _retry, ...verbs } = openWrites(deps)
  expect(Object.keys(verbs).length).toBeGreaterThan(7)
  for (const [name, verb] of Object.entries(verbs)) {
    const request = { organizationId: 1, actor: 'ann', input: {}, dryRun: name.length % 2 === 0 }
    const refused = { failure: 'InvalidInput', message: readOnly, issues: [{ path: [], message: readOnly }] }
    expect(await (verb as (request: object) => Promise<unknown>)(request), name).toEqual(refused)
  }
})

test('writes: nothing is refused where the connection writes', async () => {
  const { deleteUser } = openWrites({ ...deps, clientOf: () => undefined })
  const request = { organizationId: 1, actor: 'ann', input: { primaryEmail: 'ann@example.com' }, dryRun: false }
  // It goes on, and fails because these dependencies are not real.
  await expect(deleteUser(request)).rejects.toThrow(TypeError)
})
