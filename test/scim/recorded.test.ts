/** What the clients of the identity providers really send, with a vendor that shows its writes at once, late, or too late. */
import { describe, expect, test } from 'vitest'
import { scimHarness } from './harness.ts'
import { clientOf, kinds, type Suite, v1, v2 } from './recorded/client.ts'
import { entraFlag, entraNoFlag } from './recorded/entra.ts'
import { oktaPatch, oktaPush, oktaPut } from './recorded/okta.ts'
import { oneLogin } from './recorded/onelogin.ts'

const adapters = [v2, kinds, v1]

const suites: Record<string, Suite> = {
  'okta-put': oktaPut,
  'okta-patch': oktaPatch,
  'okta-push': oktaPush,
  'entra-flag': entraFlag,
  'entra-noflag': entraNoFlag,
  onelogin: oneLogin,
}

const cases = adapters.flatMap((adapter) => [0, 60_000].map((lag) => ({ adapter, name: adapter.name, lag })))

describe.each(cases)('recorded shapes, over $name, with a lag of $lag ms', ({ adapter, lag }) => {
  test.each(Object.keys(suites))('%s', async (name) => {
    const switches = { createLagMs: lag, updateLagMs: lag, membershipLagMs: lag }
    await using scim = await scimHarness({ switches, ...adapter.options })
    await scim.fill()
    await suites[name]?.(clientOf(scim, adapter))
    const [wrong] = await scim.database.sql`select from audit_log where outcome = 'INTERNAL_SERVER_ERROR' limit 1`
    expect(wrong).toBeUndefined()
  })
})
