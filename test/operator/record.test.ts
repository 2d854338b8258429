/** The recording of a vendor's answers contains nothing that identifies anybody. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createPseudonyms } from '../../src/cli/record/pseudonyms.ts'
import { RecordError, runRecord } from '../../src/cli/record/run-record.ts'
import { readConfig } from '../../src/config/env.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { interfaceAccount } from '../../src/simulator/v1/interface-wire.ts'

const user = 'Graph.Admin@nordwind.example'
const password = 'Planted-Secret'
const now = new Date('2026-03-04T05:06:07.890Z')

async function start(secret = password) {
  const domains = ['nordwind.example', 'sub.nordwind.example']
  const simulator = await startSimulator({
    organizations: [
      { apiKey: user, apiSecret: password, domains, limiter: 'none', data: { users: 40, groups: 0 } },
      {
        apiKey: 'admin@child.example',
        apiSecret: 'own',
        domains: ['child.example'],
        partner: user,
        standing: { name: 'Kindergarten Müller' },
        data: { users: 1, groups: 0 },
      },
    ],
  })
  const folder = await mkdtemp(join(tmpdir(), 'recording-'))
  const config = readConfig(
    {
      ESSENTIALS_API: 'v1',
      ESSENTIALS_DOMAIN: 'nordwind.example',
      ESSENTIALS_USER: user,
      ESSENTIALS_PASSWORD: secret,
      ESSENTIALS_BASE_URL: simulator.origin,
    },
    'vendor',
  )
  const target = join(folder, 'recording')
  return {
    simulator,
    target,
    vendor: simulator.organization(user),
    run: () => runRecord(['--api', 'v1', '--folder', target], config, now),
    async texts() {
      const files = (await readdir(target)).sort()
      return Object.fromEntries(
        await Promise.all(files.map(async (file) => [file, await readFile(join(target, file), 'utf8')] as const)),
      )
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true })
      await simulator.close()
    },
  }
}

test('record: the folder has no name, address, secret or number of the vendor, and the requests only read', async () => {
  await using world = await start()
  const [first] = world.vendor.users()
  world.vendor.updateUser(first?.primaryEmail ?? '', {
    firstName: 'Wilhelmina',
    lastName: "O'Hara (Müller)",
    undocumented: { nickname: 'Billie', phones: [{ number: 493012345 }], api_key: 'another-secret', sso_secret: 12 },
    ofInterface: { safe: ['friend@elsewhere.test', 'elsewhere.test'] },
  })
  const files = await world.run()
  expect(files.length).toBeGreaterThanOrEqual(12)
  expect(world.simulator.requests.every(({ method }) => method === 'GET')).toBe(true)
  const text = Object.values(await world.texts()).join('\n')
  const accounts = world.vendor.directory.accounts.map(interfaceAccount)
  const words = [
    ...accounts.flatMap(({ uid, primaryEmail, aliases, firstname, surname }) => [
      String(uid),
      primaryEmail,
      primaryEmail.split('@')[0] ?? '',
      ...aliases,
      firstname,
      surname,
    ]),
    ...simulatedNumbers(world.simulator.organizations),
    ...['nordwind', 'child.example', 'kindergarten', 'müller', 'billie', '493012345', 'another-secret', 'elsewhere'],
    ...[user, password, 'graph.admin', 'friend'],
  ].filter((word) => word !== '')
  expect(words.length).toBeGreaterThan(200)
  const found = words.filter((word) =>
    new RegExp(`(?<![\\p{L}\\p{N}])${word.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')}(?![\\p{L}\\p{N}])`, 'iu').test(
      text,
    ),
  )
  expect(found).toEqual([])
})

function simulatedNumbers(organizations: readonly { readonly eid: number }[]): string[] {
  return organizations.map(({ eid }) => String(eid))
}

test('record: equal things stay equal, in all files, and different things different', async () => {
  await using world = await start()
  await world.run()
  const bodies = Object.fromEntries(
    Object.entries(await world.texts()).map(([file, text]) => [file.slice(3, -5), JSON.parse(text)]),
  )
  const rows = bodies.users.body.users
  expect(bodies.users).toMatchObject({ status: 200, rows: 40, keys: { uid: 40, primary_email: 40 } })
  expect(bodies.user.body).toEqual(rows[0])
  expect(bodies['user-in-capitals'].body).toEqual(rows[0])
  expect(new Set(rows.map(({ uid }: { uid: number }) => uid)).size).toBe(40)
  expect(new Set(rows.map(({ primary_email }: { primary_email: string }) => primary_email)).size).toBe(40)
  expect(bodies.me.body.entity_id).toBe(bodies.organization.body.eid)
  expect(bodies.me.body.entity_primary_domain).toBe(bodies.organization.body.primary_domain)
  expect(bodies.domains.body.domains.map(({ name }: { name: string }) => name)).toEqual(
    bodies.organization.body.domains,
  )
  expect(bodies.organizations.body.orgs).toHaveLength(2)
  expect(bodies['unknown-user'].status).toBe(404)
  expect(bodies.licensing.body).toMatchObject({ license_count: 40, package: 'business', is_on_trial: false })
})

test('record: a refused password is sent once', async () => {
  await using world = await start('wrong')
  await expect(world.run()).rejects.toThrow(RecordError)
  expect(world.simulator.requests).toHaveLength(1)
})

test('record: values keep their shape, and known values are replaced in sentences', () => {
  const { json } = createPseudonyms(['hunter2'])
  const shown = json({
    firstname: 'Mia',
    when_renewal: '2026/05/09',
    is_active: 'true',
    uid: '48211',
    list: [],
    nothing: null,
    errors: [
      { status: 409, error_message: 'Mia of Mia.K@Nordwind.example (48211) exists; hunter2', identifier: 48211 },
    ],
  }) as { uid: string; firstname: string; errors: { error_message: string; identifier: number }[] }
  expect(shown).toMatchObject({ when_renewal: '0000/00/00', is_active: 'true', list: [], nothing: null })
  expect(String(shown.errors[0]?.identifier)).toBe(shown.uid)
  expect(shown.errors[0]?.error_message).toBe(
    `${shown.firstname} of ADDRESS-1@DOMAIN-1.EXAMPLE (${shown.uid}) exists; ***`,
  )
})
