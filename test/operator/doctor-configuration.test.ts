/** The verdicts of the doctor about the configuration itself. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { diagnosed } from '../../src/cli/commands.ts'
import { runDoctor } from '../../src/cli/doctor/run-doctor.ts'
import { doctorForTests, environment, folder, found, visit } from './doctor-harness.ts'

doctorForTests()

test('doctor: missing ADMIN_TOKEN, SECRET_KEY and credentials beside a running server are warnings', async () => {
  const visited = await visit({
    ADMIN_TOKEN: undefined,
    SECRET_KEY: undefined,
    ESSENTIALS_API_KEY: undefined,
    ESSENTIALS_API_SECRET: undefined,
  })
  expect(found(visited, 'error')).toEqual([])
  expect(found(visited, 'warning')).toEqual([
    expect.stringMatching(/^configuration: The vendor's credentials .* are not set here/),
    expect.stringMatching(/^secrets: SECRET_KEY is not set here/),
    expect.stringMatching(/^tokens: ADMIN_TOKEN is not set here/),
  ])
  expect(visited.code).toBe(0)
})

test('doctor: an invalid file of organizations is an error that quotes none of its content, and the rest is still checked', async () => {
  const file = join(folder, 'organizations.json')
  await writeFile(file, '[{"slug": "a", "apiSecret": "hunter2')
  const own = { ESSENTIALS_API_KEY: undefined, ESSENTIALS_API_SECRET: undefined, ESSENTIALS_ORGANIZATIONS_FILE: file }
  const visited = await visit(own)
  expect(visited.code).toBe(1)
  expect(found(visited, 'error')).toEqual([expect.stringMatching(/^configuration: The file of .* is not JSON\.$/)])
  expect(visited.checks.map(({ check }) => check)).toContain('migrations')
  expect(visited.output).not.toContain('hunter2')
  // A valid one that differs from the list of the database.
  await writeFile(file, JSON.stringify([{ slug: 'a', name: 'a', apiKey: 'key', apiSecret: 'secret' }]))
  const differing = await visit(own)
  expect(found(differing, 'warning').sort()).toEqual([
    'organizations: a: It is configured here, but no running process mirrors it.',
    'organizations: default: It is mirrored, but not configured here.',
  ])
  expect(differing.code).toBe(0)
})

test('doctor: a secret file that cannot be read is an error that names it, and everything else is checked', async () => {
  const absent = join(folder, 'absent')
  const names = ['REDIS_URL', 'SECRET_KEY', 'ADMIN_TOKEN']
  const files = Object.fromEntries(
    names.flatMap((name) => [
      [name, undefined],
      [`${name}_FILE`, absent],
    ]),
  )
  const visited = await visit(files)
  expect(visited.code).toBe(1)
  expect(found(visited, 'error')).toEqual(
    names.map((name) => `configuration: The file of ${name}_FILE, ${absent}, cannot be read (ENOENT).`),
  )
  // Nothing is said of them that is not known, such as that they are not set.
  expect(found(visited, 'warning')).toEqual([])
  const ofOthers = ['database', 'migrations', 'worker', 'tokens', 'vendor', 'mirror']
  expect(visited.checks.map(({ check }) => check)).toEqual(expect.arrayContaining(ofOthers))
  const key = { ESSENTIALS_API_KEY: undefined, ESSENTIALS_API_KEY_FILE: absent }
  const ofKey = await visit(key)
  expect(found(ofKey, 'error')).toEqual([expect.stringContaining('ESSENTIALS_API_KEY_FILE')])
  expect(ofKey.checks.map(({ check }) => check)).toEqual(expect.arrayContaining(['migrations', 'secrets', 'mirror']))
  // Not the folder that is the default without DATABASE_URL.
  const ofDatabase = await visit({ DATABASE_URL: undefined, DATABASE_URL_FILE: absent })
  expect(new Set(ofDatabase.checks.map(({ check }) => check))).toEqual(new Set(['configuration']))
})

test('doctor: invalid variables are errors, also if not even the database can be found', async () => {
  const visited = await visit({ DATABASE_URL: 'mysql://app:hunter2@db/app', PORT: 'x' })
  expect(visited.checks.map(({ check, status }) => [check, status])).toEqual([
    ['configuration', 'error'],
    ['configuration', 'error'],
  ])
  expect(visited.code).toBe(1)
  expect(visited.output).not.toContain('hunter2')
})

test('doctor: people get one line for each check, and below it what to do', async () => {
  let output = ''
  const terminal = { stdout: { write: (text: string) => (output += text) } }
  const code = await runDoctor([], diagnosed({ ...environment, ADMIN_TOKEN: undefined }), terminal)
  expect(code).toBe(0)
  expect(output).toMatch(/^warning {2}tokens {9}ADMIN_TOKEN is not set here\..*\n +→ If the API has no ADMIN_TOKEN/m)
  expect(output).toMatch(/\n0 errors, 1 warning, \d+ ok\n$/)
})
