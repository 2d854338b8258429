/** What the clients of the identity providers really send, with a vendor that shows its writes at once, late, or too late. */
import { describe, expect, test } from 'vitest'
import { scimHarness } from './harness.ts'
import { clientOf, type Suite } from './recorded/client.ts'
import { entraFlag, entraNoFlag } from './recorded/entra.ts'
import { oktaPatch, oktaPush, oktaPut } from './recorded/okta.ts'
import { oneLogin } from './recorded/onelogin.ts'

const suites: Record<string, Suite> = {
  'okta-put': oktaPut,
  'okta-patch': oktaPatch,
  'okta-push': oktaPush,
  'entra-flag': entraFlag,
  'entra-noflag': entraNoFlag,
  onelogin: oneLogin,
}

describe.each([0, 60_000])('recorded shapes, with a lag of %i ms', (lag) => {
  test.each(Object.keys(suites))('%s', async (name) => {
    const switches = { createLagMs: lag, updateLagMs: lag, membershipLagMs: lag }
    await using scim = await scimHarness({ switches })
    await scim.fill()
    await suites[name]?.(clientOf(scim))
    const [wrong] = await scim.database.sql`select from audit_log where outcome = 'INTERNAL_SERVER_ERROR' limit 1`
    expect(wrong).toBeUndefined()
  })
})
