/** Addresses that differ only in letter case belong to one account. */
import { describe, expect, test } from 'vitest'
import { apis } from '../../support/api.ts'
import { lives, open, stateOf } from './accounts.ts'

describe.each(apis)('with the API %s', (api) => {
  test('identity: of two rows of a page that differ only in letter case, the row of the known account counts', async () => {
    await using mirror = await open(10, {}, api)
    await mirror.pull()
    const before = await lives(mirror)
    mirror.vendor.setSwitches({ caseTwins: 2 })
    await mirror.pull()
    expect(await lives(mirror)).toEqual(before)
    expect((await stateOf(mirror)).problem).toContain('The vendor lists 2 addresses twice, in different case')
  })
})

test.each(['insertion', 'unstable'] as const)(
  'identity: two accounts whose addresses differ only in letter case are one account, and reported (%s order)',
  async (pageOrder) => {
    await using mirror = await open(30, { maximumPageSize: 10, caseTwins: 1, pageOrder })
    await mirror.pull()
    const before = await lives(mirror)
    expect(before).toHaveLength(30)
    const first = mirror.vendor.users()[0]
    for (let pulls = 0; pulls < 2; pulls++) {
      await mirror.pull()
      expect(await lives(mirror)).toEqual(before)
      expect((await stateOf(mirror)).problem).toMatch(/twice, in different case: only one of the two accounts is shown/)
    }
    const shown = before.find(({ email }) => email.toLowerCase() === first?.primaryEmail.toLowerCase())
    expect(shown?.name).toBe(first?.firstName)
    mirror.vendor.setSwitches({ caseTwins: 0 })
    await mirror.pull()
    expect(await stateOf(mirror)).toEqual({ state: 'CURRENT', problem: null })
  },
)
