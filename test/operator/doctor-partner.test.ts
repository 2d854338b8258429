/** The doctor lists the organizations below a partner. No server runs, so there is no database. */
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { diagnosed } from '../../src/cli/commands.ts'
import type { Check } from '../../src/cli/doctor/check.ts'
import { runDoctor } from '../../src/cli/doctor/run-doctor.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'

async function vendorChecks(folder: string, entries: readonly object[]): Promise<{ code: number; lines: string[] }> {
  const file = join(folder, 'organizations.json')
  await writeFile(file, JSON.stringify(entries))
  let output = ''
  const terminal = { stdout: { write: (text: string) => (output += text) } }
  const environment = { DATA_DIR: join(folder, 'data'), ESSENTIALS_ORGANIZATIONS_FILE: file }
  const code = await runDoctor(['--json'], diagnosed(environment), terminal)
  const { checks } = JSON.parse(output) as { checks: Check[] }
  const own = checks.filter(({ check }) => check === 'vendor')
  return { code, lines: own.map(({ status, organization, message }) => `${status} ${organization}: ${message}`) }
}

test('doctor: a partner costs one request, which names its children, and an entry that hides one is a warning', async () => {
  const partner = { apiKey: 'admin@p.example', apiSecret: 'secret', domains: ['p.example'] }
  const below = (domain: string) => ({
    apiKey: `admin@${domain}`,
    apiSecret: 'own',
    domains: [domain],
    partner: partner.apiKey,
  })
  await using simulator = await startSimulator({
    organizations: [{ ...partner, standing: { kind: 'channel' } }, below('b.example'), below('a.example')],
  })
  await using folder = await mkdtempDisposable(join(tmpdir(), 'doctor-partner-'))
  const shared = { name: 'P', api: 'v1', user: partner.apiKey, password: 'secret', baseUrl: simulator.origin }
  const entry = { ...shared, slug: 'p', domain: 'p.example', children: true }

  const plain = await vendorChecks(folder.path, [entry])
  const answered =
    'ok p: The vendor answered in \\d\\.\\d s, and lists 2 child organizations: a\\.example, b\\.example\\.'
  expect(plain).toEqual({ code: 0, lines: [expect.stringMatching(`^${answered}$`)] })
  expect(simulator.requests.map(({ path }) => path)).toEqual(['/orgs/p.example/orgs'])

  const hiding = await vendorChecks(folder.path, [entry, { ...shared, slug: 'by-hand', domain: 'A.example' }])
  expect(hiding.lines).toContain(
    'warning by-hand: It has an entry of its own (a.example), which hides the child organization of p.',
  )
  expect(hiding.lines).toHaveLength(3)
  expect(simulator.requests).toHaveLength(3)
})

test('doctor: the variables of one organization of the API v1 are used, and a wrong password is an error that names it', async () => {
  await using simulator = await startSimulator({
    organizations: [{ apiKey: 'admin@o.example', apiSecret: 'secret', domains: ['o.example'] }],
  })
  await using folder = await mkdtempDisposable(join(tmpdir(), 'doctor-v1-'))
  const visit = async (password: string) => {
    let output = ''
    const environment = {
      DATA_DIR: join(folder.path, 'data'),
      ESSENTIALS_API: 'v1',
      ESSENTIALS_DOMAIN: 'o.example',
      ESSENTIALS_BASE_URL: simulator.origin,
      ESSENTIALS_USER: 'admin@o.example',
      ESSENTIALS_PASSWORD: password,
    }
    const code = await runDoctor([], diagnosed(environment), { stdout: { write: (text: string) => (output += text) } })
    return { code, output }
  }
  const right = await visit('secret')
  expect(right.code).toBe(0)
  expect(right.output).toMatch(/^ok +vendor +default: The vendor answered in/m)
  const wrong = await visit('wrong')
  expect(wrong.code).toBe(1)
  expect(wrong.output).toMatch(
    /^error +vendor +default: The vendor refused the user or the password \(401\)\..*\n +→ Correct the user or the password\./m,
  )
})
