import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pino from 'pino'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { openMigratedDatabase } from '../../src/context.ts'
import { findToken } from '../../src/mirror/tokens.ts'
import { runToken } from '../../src/run-token.ts'

const dataDir = await mkdtemp(join(tmpdir(), 'essentials-graph-token-'))
const environment = { DATA_DIR: dataDir, LOG_LEVEL: 'error' }
// As a running serve does, which the command then joins.
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
const token = async (...args: string[]) => {
  const { stdout } = await run(process.execPath, ['src/main.ts', 'token', ...args], {
    env: { ...process.env, ...environment },
  })
  return stdout
}
const refusal = (...args: string[]) =>
  runToken(args, readConfig(environment, 'database')).then(
    () => 'it was done',
    (error: Error) => error.message.split('\n')[0],
  )

test('beside a running serve a token is made, listed and revoked', async () => {
  await sql`insert into organizations (id, slug, name) values (1, 'acme', 'ACME')`
  const made = await token(
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
  expect(await token('list')).toMatch(/^NAME .*\nhr +read,write +acme +20\d\d-.* +good\n$/)
  expect(await token('revoke', 'hr')).toBe('The token "hr" is revoked.\n')
  expect(await findToken(sql, word)).toMatchObject({ state: 'REVOKED' })
})

test('an organization that is not mirrored is warned of', async () => {
  expect(await token('create', '--name', 'early', '--scope', 'read', '--organization', 'later')).toMatch(
    /^Beware: no organization "later" is mirrored; mirrored: acme\./,
  )
})

test.each([
  [['create', '--name', 'x'], '--scope is needed: read, write or admin.'],
  [['create', '--scope', 'read'], '--name is needed: it stands as the actor in what the token writes.'],
  [['create', '--name', 'x', '--scope', 'root'], '--scope is "root", but must be read, write or admin.'],
  [
    ['create', '--name', 'x', '--scope', 'read', '--expires', '90'],
    '--expires is "90", but must be minutes, hours or days: 30m, 12h, 90d.',
  ],
  [
    ['create', '--name', 'early', '--scope', 'read'],
    'There is a token named "early" already: revoke it, or choose another name.',
  ],
  [['revoke', 'nobody'], 'There is no token named "nobody" that is not revoked.'],
  [['rotate'], '"token rotate" is none of the three that there are.'],
])('%j says what would be right', async (args, message) => {
  expect(await refusal(...args)).toBe(message)
})
