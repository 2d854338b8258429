/** Secrets in files that variables name. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../src/config/env.ts'

const credentials = { ESSENTIALS_API_KEY: 'key', ESSENTIALS_API_SECRET: 'secret' }
const key = Buffer.alloc(32, 7).toString('base64')

function problemsOf(environment: Record<string, string>): string {
  try {
    readConfig(environment, 'vendor')
    return 'nothing'
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.join('\n')
  }
}

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'essentials-graph-secrets-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

test('secret files: each secret may be in a file, without surrounding white space', async () => {
  const config = readConfig(
    {
      ESSENTIALS_API_KEY_FILE: await file('key', 'key\n'),
      ESSENTIALS_API_SECRET_FILE: await file('secret', ' secret '),
      DATABASE_URL_FILE: await file('database', 'postgres://app:pw@db/app\n'),
      REDIS_URL_FILE: await file('redis', 'redis://cache'),
      SECRET_KEY_FILE: await file('sealing', `${key}\n`),
      ADMIN_TOKEN_FILE: await file('token', 'a-token-of-the-tests\n'),
    },
    'vendor',
  )
  expect(config).toMatchObject({
    organizations: [{ apiKey: 'key', apiSecret: 'secret' }],
    databaseUrl: 'postgres://app:pw@db/app',
    redisUrl: 'redis://cache',
    secretKey: Buffer.alloc(32, 7),
    adminToken: 'a-token-of-the-tests',
    warnings: [],
  })
  expect(config.organizationFiles?.paths.map((path) => path.slice(folder.length))).toEqual(['/key', '/secret'])
})

test('secret files: a variable and its file, an empty file and one that cannot be read are errors that name the file', async () => {
  const problems = problemsOf({
    ...credentials,
    ESSENTIALS_API_KEY_FILE: await file('key', 'hunter2'),
    ADMIN_TOKEN_FILE: await file('empty', ' \n'),
    REDIS_URL_FILE: join(folder, 'missing'),
    SECRET_KEY_FILE: await file('short', 'hunter2'),
  }).replaceAll(folder, '/run')
  expect(problems).not.toContain('hunter2')
  expect(problems).toMatchInlineSnapshot(`
    "ESSENTIALS_API_KEY and ESSENTIALS_API_KEY_FILE are both set: set only one of them.
    The file of REDIS_URL_FILE, /run/missing, cannot be read (ENOENT).
    The file of ADMIN_TOKEN_FILE, /run/empty, is empty.
    SECRET_KEY must be 32 bytes in base64: use the output of \`openssl rand -base64 32\`."
  `)
})

test('secret files: an unreadable file of the key is the only problem that is reported, and a file of organizations conflicts with it', async () => {
  const missing = { ESSENTIALS_API_KEY_FILE: join(folder, 'missing') }
  expect(problemsOf({ ...missing, ESSENTIALS_API_SECRET: 'secret' })).toMatch(/^The file of .*\(ENOENT\)\.$/)
  const organizations = await file('list', JSON.stringify([{ slug: 'a', name: 'a', apiKey: 'a', apiSecret: 's' }]))
  const both = { ESSENTIALS_API_KEY_FILE: await file('key', 'key'), ESSENTIALS_ORGANIZATIONS_FILE: organizations }
  expect(problemsOf(both)).toMatch(/^ESSENTIALS_API_KEY.* and ESSENTIALS_ORGANIZATIONS_FILE are both set/)
})
