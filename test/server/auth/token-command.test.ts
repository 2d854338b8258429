import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import pino from 'pino'
import { afterAll, expect, test } from 'vitest'
import { findToken, type TokenRow, tokensExpiringSoon } from '../../../src/access/tokens.ts'
import { openMigratedDatabase } from '../../../src/app.ts'
import { runToken } from '../../../src/cli/token.ts'
import { readConfig } from '../../../src/config/env.ts'
import { dataFolder } from '../../support/postgres.ts'

const dataDir = await dataFolder('token')
const environment = { DATA_DIR: dataDir, LOG_LEVEL: 'error' }
// Starts the database like a running serve process. The command then joins it.
const { database, ...opened } = await openMigratedDatabase(
  readConfig(environment, 'database'),
  pino({ level: 'silent' }),
)
const { sql } = database
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await rm(dataDir, { recursive: true, force: true })
})

const run = promisify(execFile)
/** Runs the command in a separate process and returns its stdout. */
const program = async (...args: string[]) => {
  const { stdout } = await run(process.execPath, ['src/main.ts', 'token', ...args], {
    env: { ...process.env, ...environment },
  })
  return stdout
}
/** Runs the command in this process, which is faster. */
const runHere = async (...args: string[]) => {
  const texts = { stdout: '', stderr: '' }
  const writing = (to: keyof typeof texts) => ({
    write: (text: string) => {
      texts[to] += text
    },
  })
  await runToken(args, readConfig(environment, 'database'), { stdout: writing('stdout'), stderr: writing('stderr') })
  return texts
}
const token = async (...args: string[]) => (await runHere(...args)).stdout
const refusal = (...args: string[]) =>
  runToken(args, readConfig(environment, 'database')).then(
    () => 'it was done',
    (error: Error) => error.message.split('\n')[0],
  )

test('token: tokens can be created, listed and revoked while serve is running', async () => {
  await sql`insert into organizations (id, slug, name) values (1, 'acme', 'ACME')`
  const made = await program(
    'create',
    '--name',
    'hr',
    '--scope',
    'read',
    '--scope',
    'write',
    '--organization',
    'acme',
    '--expires',
    '90d',
  )
  const word = made.trim().split(/\s+/).at(-1) ?? ''
  expect(await findToken(sql, word)).toMatchObject({
    name: 'hr',
    scopes: ['read', 'write'],
    organizations: ['acme'],
    state: 'GOOD',
  })
  expect(await token('list')).toMatch(/^NAME .*\nhr +read,write +acme +20\d\d-.* +never +good\n$/)
  expect(await token('revoke', 'hr')).toBe('The token "hr" was revoked.\n')
  expect(await findToken(sql, word)).toMatchObject({ state: 'REVOKED' })
})

test('token create: an organization that is not mirrored causes a warning', async () => {
  expect(await token('create', '--name', 'early', '--scope', 'read', '--organization', 'later')).toMatch(
    /^Warning: no organization "later" is mirrored; mirrored: acme\./,
  )
})

const day = 86_400_000
const lastWord = (text: string) => text.trim().split(/\s+/).at(-1) ?? ''
const listed = async (name: string): Promise<TokenRow[]> =>
  (JSON.parse(await token('list', '--json')) as { tokens: TokenRow[] }).tokens.filter((row) => row.name === name)

test('token create: a token expires after 90 days unless `--expires never` is given', async () => {
  await token('create', '--name', 'usual', '--scope', 'read')
  const [usual] = await listed('usual')
  const left = Date.parse(usual?.expiresAt ?? '') - Date.now()
  expect([left > 89.9 * day, left < 90.1 * day]).toEqual([true, true])
  const made = await token('create', '--name', 'endless', '--scope', 'read', '--expires', 'never')
  expect(made).toContain('It never expires.')
  expect(await listed('endless')).toMatchObject([{ expiresAt: null, lastUsedOn: null, state: 'GOOD' }])
  expect(await findToken(sql, lastWord(made))).toMatchObject({ name: 'endless' })
})

test('token rotate: both secrets are valid during the overlap, and revoke ends both', async () => {
  const old = lastWord(await token('create', '--name', 'turning', '--scope', 'write', '--organization', 'acme'))
  const fresh = lastWord(await token('rotate', 'turning', '--overlap', '2h', '--expires', '30d'))
  expect(fresh).not.toBe(old)
  const [before, after] = await listed('turning')
  expect(after).toMatchObject({ scopes: ['write'], organizations: ['acme'], replacedAt: null, state: 'GOOD' })
  expect(before).toMatchObject({ replacedAt: expect.any(String), state: 'GOOD' })
  const left = Date.parse(before?.expiresAt ?? '') - Date.now()
  expect([left > 1.9 * 3_600_000, left < 2.1 * 3_600_000]).toEqual([true, true])
  for (const secret of [old, fresh]) expect(await findToken(sql, secret)).toMatchObject({ state: 'GOOD' })
  expect(await token('list')).toMatch(/turning .* rotated\nturning .* good\n/)
  await token('revoke', 'turning')
  for (const secret of [old, fresh]) expect(await findToken(sql, secret)).toMatchObject({ state: 'REVOKED' })
})

test('token rotate: the overlap never extends the old secret, and an overlap of 0 ends it immediately', async () => {
  const old = lastWord(await token('create', '--name', 'brief', '--scope', 'read', '--expires', '1h'))
  await token('rotate', 'brief', '--overlap', '7d')
  const [before] = await listed('brief')
  expect(Date.parse(before?.expiresAt ?? '') - Date.now()).toBeLessThan(3_600_000)
  expect(await findToken(sql, old)).toMatchObject({ state: 'GOOD' })
  const second = lastWord(await token('rotate', 'brief', '--overlap', '0'))
  const [, replaced] = await listed('brief')
  expect(replaced?.state).toBe('EXPIRED')
  expect(await findToken(sql, second)).toMatchObject({ state: 'GOOD' })
})

test('token list: tokens that expire within 14 days cause a warning on stderr', async () => {
  await token('create', '--name', 'soon', '--scope', 'read', '--expires', '13d')
  await token('create', '--name', 'later-on', '--scope', 'read', '--expires', '15d')
  expect((await tokensExpiringSoon(sql)).map(({ name }) => name)).toContain('soon')
  const { stderr } = await runHere('list')
  expect(stderr).toMatch(
    /Warning: the token "soon" expires on 20.* UTC\. Replace it with `npm run token -- rotate soon`\./,
  )
  expect(stderr).not.toContain('later-on')
})

test.each([
  [['create', '--name', 'x'], '--scope is required: read, write, admin or scim.'],
  [['create', '--scope', 'read'], '--name is required: it appears as the actor of changes that the token makes.'],
  [['create', '--name', 'x', '--scope', 'root'], '--scope is "root", but must be read, write, admin or scim.'],
  [
    ['create', '--name', 'x', '--scope', 'read', '--expires', '90'],
    '--expires is "90", but must be minutes, hours or days: 30m, 12h, 90d; or never.',
  ],
  [
    ['create', '--name', 'early', '--scope', 'read'],
    'The token "early" already exists: revoke it, or choose another name.',
  ],
  [
    ['create', '--name', 'x', '--scope', 'scim'],
    'A token with the scope scim is bound to one organization: give --organization exactly once.',
  ],
  [
    ['create', '--name', 'x', '--scope', 'scim', '--organization', 'a', '--organization', 'b'],
    'A token with the scope scim is bound to one organization: give --organization exactly once.',
  ],
  [['revoke', 'missing'], 'There is no active token named "missing".'],
  [['rotate'], '"token rotate" expects the name of one token; 0 were given.'],
  [['rotate', 'missing'], 'There is no active token named "missing".'],
  [
    ['rotate', 'early', '--overlap', 'none'],
    '--overlap is "none", but must be minutes, hours or days: 30m, 24h, 7d; or 0.',
  ],
  [['renew', 'early'], 'Unknown command "token renew early": use create, list, rotate or revoke.'],
])('token: the arguments %j give an error that names the remedy', async (args, message) => {
  expect(await refusal(...args)).toBe(message)
})
