import { expect, test } from 'vitest'
import { house } from './house.ts'

test('creates, joins and reads: the answer is the mirror, and the mirror is the vendor', async () => {
  await using acme = await house()
  const answer = await acme.mutate('createUser', {
    primaryEmail: 'Carla@example.com',
    firstName: 'Carla',
    lastName: 'Ñandú',
    password: 'Planted!1',
    roles: ['USER', 'HELPDESK'],
    aliases: ['c@example.com'],
    groups: ['grp_001', 'grp_002'],
    mailboxSize: 0,
    spamPolicy: { level: 'lenient' },
    status: 'INACTIVE',
  })
  console.error(
    JSON.stringify(answer, null, 1),
    acme.sent(),
    acme.lines.filter((l) => !l.includes('"level":20')).join(''),
  )
  expect(answer.__typename).toBe('CreateUserSuccess')
})
