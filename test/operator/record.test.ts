/** The recording of a vendor's answers contains nothing that identifies anybody. */
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createPseudonyms } from '../../src/cli/record/pseudonyms.ts'
import { RecordError, runRecord } from '../../src/cli/record/run-record.ts'
import { readConfig } from '../../src/config/env.ts'
import { connectionOf } from '../../src/organizations/vendor-connection.ts'
import { openAllowance } from '../../src/rate-limit/vendor-allowance.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { interfaceAccount } from '../../src/simulator/v1/interface-wire.ts'
import { testDatabase } from '../support/database.ts'

const user = 'Graph.Admin@nordwind.example'
const password = 'Planted-Secret'
const now = new Date('2026-03-04T05:06:07.890Z')

async function start(secret = password, environment: Readonly<Record<string, string>> = {}) {
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
      DATA_DIR: join(folder, 'none'),
      ...environment,
    },
    'vendor',
  )
  const target = join(folder, 'recording')
  return {
    simulator,
    target,
    vendor: simulator.organization(user),
    config,
    run: (limits?: { mostBytes: number }) => runRecord(['--api', 'v1', '--folder', target], config, now, limits),
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
    domains: [],
    external_id: null,
    errors: [
      { status: 409, error_message: 'Mia of Mia.K@Nordwind.example (48211) exists; hunter2', identifier: 48211 },
    ],
  }) as { uid: string; firstname: string; errors: { error_message: string; identifier: number }[] }
  expect(shown).toMatchObject({ when_renewal: '0000/00/00', is_active: 'true', domains: [], external_id: null })
  expect(String(shown.errors[0]?.identifier)).toBe(shown.uid)
  expect(shown.errors[0]?.error_message).toBe(
    `${shown.firstname} of ADDRESS-1@DOMAIN-1.EXAMPLE (${shown.uid}) exists; ***`,
  )
})

test('record: a sentence keeps only words of a fixed vocabulary, and equal words stay equal', () => {
  const { json } = createPseudonyms([])
  const shown = json({
    message: "User Mia Kühn not found. O'Hara-Lüders: “KÜHN” doesn't exist on https://us1.proofpointessentials.com/",
    errors: [{ detail: ['Mia_K2 is 12 months old, e-mail is_active'] }],
  })
  expect(shown).toEqual({
    message: "User word-1 word-2 not found. word-3: “word-2” doesn't exist on https://us1.proofpointessentials.com/",
    errors: [{ detail: ['word-4 is 12 word-5 old, e-mail is_active'] }],
  })
})

test('record: a name that comes later is replaced in an earlier sentence, also if it is a plain word', async () => {
  await using world = await start()
  const [first, second] = world.vendor.users()
  world.vendor.updateUser(first?.primaryEmail ?? '', { undocumented: { message: 'Wilhelmina Server was not found' } })
  world.vendor.updateUser(second?.primaryEmail ?? '', { firstName: 'Wilhelmina', lastName: 'Server' })
  await world.run()
  const { users } = JSON.parse((await world.texts())['04-users.json'] ?? '').body
  const named = users.find(({ surname }: { surname: string }) => surname === 'Server')
  expect(named).toBeUndefined()
  expect(users[0].message).toBe(`${users[1].firstname} ${users[1].surname} was not found`)
})

test('record: numbers with separators, and numbers of three digits in sentences, are replaced', () => {
  const { json } = createPseudonyms([])
  const sentences = [
    '+49 151 234 567',
    '(089) 12.34-56/78',
    '151 2',
    'error 404 of 12',
    'from 10.0.0.12',
    'is 1‑23‑456‑7',
  ]
  const shown = sentences.map((message) => json({ message }))
  expect(shown.map((one) => (one as { message: string }).message)).toEqual([
    '900000001',
    '(900000002',
    '900000003 2',
    'error 900000004 of 12',
    'from 900000005',
    'is 900000006',
  ])
  expect(json({ uid: 404, message: '49-151-234-567', status: 491512345678, license_count: '491512345678' })).toEqual({
    uid: 900000004,
    message: '900000001',
    status: 900000007,
    license_count: '900000007',
  })
})

test('record: keys that the API is not known to have are replaced, in bodies and in the counts of keys', async () => {
  const { json } = createPseudonyms([])
  const shown = json({ mia: { is_active: true, isActive: true, Mia: 1, primary_email: '' }, users: [{ mia: null }] })
  expect(shown).toEqual({
    'key-1': { is_active: true, isActive: true, 'key-2': 1, primary_email: '' },
    users: [{ 'key-1': null }],
  })
  await using world = await start()
  const [first] = world.vendor.users()
  world.vendor.updateUser(first?.primaryEmail ?? '', { undocumented: { billie: 1 } })
  await world.run()
  expect(Object.values(await world.texts()).join()).not.toContain('billie')
  expect(JSON.parse((await world.texts())['04-users.json'] ?? '').keys).toMatchObject({ uid: 40, 'key-1': 1 })
})

test('record: a response above the limit ends the recording, and the responses before it are written', async () => {
  await using world = await start()
  await expect(world.run({ mostBytes: 2_000 })).rejects.toThrow(
    'The response to GET /orgs/{domain}/users exceeds the limit of 2000 bytes.',
  )
  expect(Object.keys(await world.texts())).toEqual(['01-me.json', '02-endpoints.json', '03-organization.json'])
})

test('record: a folder that exists is reported in a sentence, and nothing is sent', async () => {
  await using world = await start()
  await mkdir(world.target)
  const failure = await world.run().catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(RecordError)
  expect(String(failure)).toContain(`${world.target} already exists.`)
  expect(world.simulator.requests).toEqual([])
})

test('record: credentials that the vendor has refused are not sent again, other ones are', async () => {
  await using database = await testDatabase()
  const { connection } = database
  if (!('host' in connection)) throw new Error('The tests connect by host and port')
  const where = new URLSearchParams({ host: connection.host, port: String(connection.port), user: connection.user })
  const environment = { DATABASE_URL: `postgres:///${connection.database}?${where}` }
  await using world = await start('wrong', environment)
  const [organization] = world.config.organizations
  if (!organization) throw new Error('The configuration has one organization')
  const { allowanceKey, times, limits } = await connectionOf(organization)
  const allowance = await openAllowance(database.control, allowanceKey, 60, times, limits)
  await allowance.guard?.refuse(await allowance.take({ priority: 'interactive' }), undefined)
  await expect(world.run()).rejects.toThrow(/^The vendor has refused this user or password \(401\), so nothing is sent/)
  expect(world.simulator.requests).toEqual([])
  await database.sql`update allowances set refused_credential = 'of another password'`
  await expect(world.run()).rejects.toThrow('The vendor refused the user or the password (401).')
  expect(world.simulator.requests).toHaveLength(1)
})
