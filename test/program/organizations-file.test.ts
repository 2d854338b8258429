/** A running program whose file of organizations changes. */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { testDatabase } from '../support/database.ts'
import { ask, databaseVariables, runProgram, startProgram, token } from '../support/program.ts'
import { until } from '../support/until.ts'

const opened = new AsyncDisposableStack()
afterAll(() => opened.disposeAsync())

const simulator = opened.use(
  await startSimulator({
    organizations: ['a', 'b'].map((slug) => ({
      apiKey: `key-${slug}`,
      apiSecret: 'secret-of-the-key',
      domains: [`${slug}.example`],
      requestsPerMinute: 1_000_000,
      data: { groups: [], users: [{ primaryEmail: `bob@${slug}.example` }] },
    })),
  }),
)
const folder = await mkdtemp(join(tmpdir(), 'organizations-file-'))
opened.defer(() => rm(folder, { recursive: true }))
const path = join(folder, 'organizations.json')
const organizationOf = (slug: string, apiKey = `key-${slug}`) => ({
  slug,
  name: slug,
  apiKey,
  apiSecret: 'secret-of-the-key',
})

async function put(...organizations: object[]): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(organizations))
  await rename(`${path}.new`, path)
}

test('organizations file: serve adds, removes and re-keys organizations at run time; SIGHUP reads it, and does not stop', async () => {
  await using database = await testDatabase()
  await put(organizationOf('a', 'wrong'))
  const variables = {
    ...databaseVariables(database),
    ESSENTIALS_ORGANIZATIONS_FILE: path,
    ESSENTIALS_BASE_URL: simulator.url,
    ESSENTIALS_REQUESTS_PER_MINUTE: '100000',
    ADMIN_TOKEN: token,
    PORT: '0',
  }
  await using program = startProgram(['serve'], variables)
  const origin = await program.origin()
  const mirrors = async () => {
    const { data } = await ask(origin, '{ organizations { slug mirror { state problem users } } }')
    const all = (data?.organizations ?? []) as {
      slug: string
      mirror: { state: string; problem: string | null; users: number }
    }[]
    return Object.fromEntries(all.map(({ slug, mirror }) => [slug, mirror]))
  }
  await until(async () => (await mirrors()).a?.problem?.includes('401'))

  // The right key and another organization, by the change of the file alone.
  await put(organizationOf('a'), organizationOf('b'))
  await until(async () => {
    const { a, b } = await mirrors()
    return a?.users === 1 && a.problem === null && b?.state === 'CURRENT'
  })

  // A file that lists nothing changes nothing. The doctor, beside the program, reports it.
  await put()
  process.kill(program.pid, 'SIGHUP')
  await until(() => program.err().includes('The organizations stay as they are'))
  expect(Object.keys(await mirrors())).toEqual(['a', 'b'])
  const { code, out } = await runProgram(['doctor', '--json'], variables)
  const checks = (JSON.parse(out) as { checks: { check: string; status: string; message: string }[] }).checks
  expect(code).toBe(1)
  expect(checks.filter(({ status }) => status === 'error').map(({ message }) => message)).toEqual([
    expect.stringContaining('at least one organization'),
  ])

  await put(organizationOf('b'))
  process.kill(program.pid, 'SIGHUP')
  await until(async () => Object.keys(await mirrors()).join() === 'b')
  expect(program.err()).not.toContain('secret-of-the-key')
  expect(await program.stop()).toEqual({ code: 0, signal: null })
})

test('organizations file: without files of organizations, SIGHUP stops the program', async () => {
  await using database = await testDatabase()
  await using program = startProgram(['serve'], {
    ...databaseVariables(database),
    ESSENTIALS_API_KEY: 'key-a',
    ESSENTIALS_API_SECRET: 'secret-of-the-key',
    ESSENTIALS_BASE_URL: simulator.url,
    PORT: '0',
  })
  await program.origin()
  expect(await program.stop('SIGHUP')).toEqual({ code: 0, signal: null })
})
