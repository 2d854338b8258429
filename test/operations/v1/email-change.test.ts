/** An account gets another address with the API v1: everything moves to a new account, which has a number of its own. */
import { expect, test } from 'vitest'
import { workerHarness } from '../harness/worker-harness.ts'

const anna = 'Anna.Muller@example.com'
const annaSmith = 'anna.smith@example.com'

test.each(['present', 'deprecated', 'both'] as const)(
  'email change: sender lists, rights and the password move to the new account (%s names)',
  async (senderNames) => {
    await using acme = await workerHarness({ api: 'v1', interfaceSwitches: { senderNames } })
    const own = { safe: ['partner.example'], blocked: ['spam.example'], readOnly: true, billable: false }
    acme.vendor.updateUser(anna, { ofInterface: { ...own, type: 'silent_user' } })
    const done = await acme.finish('startEmailChange', {
      from: anna,
      to: annaSmith,
      temporaryPassword: 'Pl4nted-secret',
      keepOldAddressAsAlias: true,
    })
    expect(done).toMatchObject({ state: 'SUCCEEDED' })
    expect(acme.vendor.user(anna)).toBeUndefined()
    expect(acme.vendor.user(annaSmith)).toMatchObject({
      firstName: 'Anna',
      aliases: ['anna@example.com', anna],
      ofInterface: { ...own, type: 'silent_user' },
      undocumented: { department: 'R&D' },
    })
    expect(acme.vendor.passwordOf(annaSmith)).toBe('Pl4nted-secret')
  },
)
