/** A vendor that requests minutes without traffic: no job sleeps through them. */
import { describe, expect, test } from 'vitest'
import type { FaultRule } from '../../src/simulator/faults.ts'
import { everySection } from '../../src/simulator/options.ts'
import { apis, pathOfUsers } from '../support/api.ts'
import { mirrored } from '../support/mirrored.ts'

describe.each(apis)('with the API %s', (api) => {
  test.each<[string, FaultRule]>([
    ['a page of the users answers 503', { kind: 'status', status: 503, path: pathOfUsers(api) }],
    ['a page of the users answers 429', { kind: 'status', status: 429, path: pathOfUsers(api) }],
    ['the read of a missing user answers 503', { kind: 'status', status: 503, path: /\/users\/./ }],
  ])(
    'pull: if %s with a Retry-After of 15 minutes, it fails immediately and begins again afterwards',
    async (_, fault) => {
      await using mirror = await mirrored({
        api,
        data: { users: 20, groups: 4 },
        switches: { listCarries: everySection },
      })
      await mirror.pull()
      mirror.vendor.deleteUser(mirror.vendor.users()[0]?.primaryEmail ?? '')
      const failing = mirror.simulator.faults.add({ ...fault, headers: { 'retry-after': '900' } } as FaultRule)
      await mirror.pull()
      expect(failing.fired).toBe(1)
      const rows = await mirror.sql`
      select p.state, extract(epoch from o.next_pull_at - clock_timestamp()) between 800 and 900 as "isLater"
      from pulls p join organizations o on o.id = p.organization_id order by p.id desc limit 1`
      expect(rows).toMatchObject([{ state: 'FAILED', isLater: true }])
      // A caller that requests a pull meanwhile gets an answer, and no request is sent.
      await mirror.pull()
      expect(failing.fired).toBe(1)
    },
  )
})
