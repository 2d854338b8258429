/** Commands in a folder in which the demo runs, or nothing has run yet. */
import { access, mkdir, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openMigratedDatabase } from '../../src/app.ts'
import { readConfig } from '../../src/config/env.ts'
import { temporaryFolder } from '../embedded/temporary-folder.ts'
import { startCommand, startFlags } from '../support/program.ts'

const main = new URL('../../src/main.ts', import.meta.url).pathname
type Opened = Awaited<ReturnType<typeof openMigratedDatabase>>

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let demo: Opened
beforeAll(async () => {
  folder = await temporaryFolder()
  // The database of a demo, run like its process does.
  const config = readConfig({ DATA_DIR: join(folder.path, '.data/demo') }, 'database')
  demo = await openMigratedDatabase(config, pino({ level: 'silent' }))
})
afterAll(async () => {
  await demo[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

async function run(line: string, env: Record<string, string> = {}, cwd = folder.path) {
  await using program = startCommand(process.execPath, [...startFlags, main, ...line.split(' ')], { env, cwd })
  const { code } = await program.exited
  return { code, out: program.out(), err: program.err() }
}

const isThere = (path: string) =>
  access(join(folder.path, path)).then(
    () => true,
    () => false,
  )

const usesDemo = 'Using the database of the demo that runs, .data/demo: DATA_DIR and DATABASE_URL are not set.\n'

test('commands beside the demo: token, webhook and audit use its database, with loopback receivers, and create none', async () => {
  expect(await run('token create --name bot --scope read')).toMatchObject({ code: 0, err: usesDemo })
  const created = await run('webhook create --url http://127.0.0.1:9/ --events all')
  expect(created).toMatchObject({ code: 0, err: usesDemo })
  const { sql } = demo.database
  expect(await sql`select (select name from api_tokens) as token, (select url from webhooks) as url`).toEqual([
    { token: 'bot', url: 'http://127.0.0.1:9/' },
  ])
  expect((await run('webhook list')).out).toContain('http://127.0.0.1:9/')
  expect(await run('audit --since -1d')).toMatchObject({ code: 0, err: usesDemo })
  const only = { WEBHOOK_ALLOWED_NETWORKS: '10.0.0.0/8' }
  expect((await run('webhook create --url http://127.0.0.1:9/ --events all', only)).err).toContain('not public')
  expect(await isThere('.data/secret-key')).toBe(false)
})

test.each(['webhook list', 'token list', 'audit --since -1d', 'status'])(
  'commands without a server: "%s" creates no database',
  async (line) => {
    const { code, err } = await run(line, { DATA_DIR: 'none' })
    expect({ code, err }).toEqual({
      code: 1,
      err: 'DATA_DIR, none, has no database: no server has used it yet. Start one with `npm start`, or set DATA_DIR or DATABASE_URL as for the server that runs.\n',
    })
    expect(await isThere('none')).toBe(false)
  },
)

test('token create: it works before the first start of a server, and creates the database', async () => {
  const fresh = { DATA_DIR: join(folder.path, 'fresh'), LOG_LEVEL: 'error' }
  expect(await run('token create --name early --scope read', fresh)).toMatchObject({ code: 0, err: '' })
  expect((await run('token list', fresh)).out).toMatch(/^early +read +all /m)
})

test('commands without a server: a data folder that cannot be created is reported in a sentence', async () => {
  await writeFile(join(folder.path, 'file'), '')
  const inFile = { DATA_DIR: 'file/data' }
  expect((await run('webhook list', inFile)).err).toMatch(/^DATA_DIR, file\/data, has no database: /)
  const { code, err } = await run('webhook create --url https://receiver.example/ --events all', inFile)
  expect({ code, err }).toEqual({
    code: 1,
    err: 'DATA_DIR, file/data, cannot be created (ENOTDIR): expected a folder, or a path where this user can create one. Or set DATABASE_URL.\n',
  })
})

test('webhook: a key of the data folder that cannot be read, or is no key, is reported in a sentence', async () => {
  const key = join(folder.path, '.data/demo/secret-key')
  await rm(key, { force: true })
  await mkdir(key)
  expect((await run('webhook list')).err).toBe(
    `${usesDemo}The file secret-key in DATA_DIR, .data/demo, cannot be read or created (EISDIR): expected a folder that this user can read and write. Or set SECRET_KEY.\n`,
  )
  await rmdir(key)
  await writeFile(key, 'short')
  expect((await run('webhook list')).err).toMatch(/ must contain 32 bytes in base64\. .* is then lost\.\n$/)
  await rm(key)
})

test('commands beside a server: they do not migrate its database', async () => {
  const { sql } = demo.database
  const last = sql`(select max(id) from drizzle.__drizzle_migrations)`
  const [row] = await sql<{ name: string; hash: string }[]>`
    delete from drizzle.__drizzle_migrations where id = ${last} returning name, hash`
  for (const line of ['webhook list', 'webhook create --url https://receiver.example/ --events all', 'token list']) {
    expect(await run(line)).toMatchObject({ code: 1, err: expect.stringContaining('lacks 1 migration') })
  }
  await sql`insert into drizzle.__drizzle_migrations (name, hash) values (${row?.name ?? ''}, ${row?.hash ?? ''})`
})
