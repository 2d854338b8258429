import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, lstat, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import { isRoot } from '../../src/embedded/account.ts'
import { startEmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts'
import type { Connection } from '../../src/embedded/postmaster/first-query.ts'
import { runProgram } from '../support/program.ts'
import { nodeForAll } from './checkout.ts'
import { hold, query } from './holder.ts'
import { temporaryFolder } from './temporary-folder.ts'

const RULES = 'select type, database, user_name, auth_method, options, error from pg_hba_file_rules'
const ONE_RULE = {
  type: 'local',
  database: ['all'],
  user_name: ['app'],
  auth_method: 'peer',
  options: ['map=essentials_graph'],
  error: null,
}

test.concurrent('embedded Postgres: only peer authentication is allowed, for three accounts at most', async () => {
  await using folder = await temporaryFolder()
  await using started = await startEmbeddedPostgres({ dataDir: join(folder.path, 'data') })
  expect(await query(started.connection, RULES)).toEqual([ONE_RULE])
  const mappings = await query(started.connection, 'select sys_name, pg_username, error from pg_ident_file_mappings')
  const account = await ownerOf(join(folder.path, 'data', 'postgres-18'))
  const names = new Set(['root', userInfo().username, account])
  expect(mappings).toEqual([...names].map((sys_name) => ({ sys_name, pg_username: 'app', error: null })))
})

test.concurrent('embedded Postgres: a start changes a data folder from trust to peer authentication', async () => {
  await using folder = await temporaryFolder()
  const dataDir = join(folder.path, 'data')
  await (await startEmbeddedPostgres({ dataDir })).stop()
  const rules = join(dataDir, 'postgres-18', 'pg_hba.conf')
  await writeFile(rules, 'local all all trust\n')
  await using started = await startEmbeddedPostgres({ dataDir })
  expect(await query(started.connection, RULES)).toEqual([ONE_RULE])
  expect((await stat(rules)).mode & 0o777).toBe(0o600)
})

test.concurrent('embedded Postgres: a symbolic link instead of a rules file is replaced, its target kept', async () => {
  await using folder = await temporaryFolder()
  const dataDir = join(folder.path, 'data')
  await (await startEmbeddedPostgres({ dataDir })).stop()
  const [rules, target] = [join(dataDir, 'postgres-18', 'pg_ident.conf'), join(folder.path, 'target')]
  await writeFile(target, 'kept\n')
  await rm(rules)
  await symlink(target, rules)
  await using started = await startEmbeddedPostgres({ dataDir })
  expect(await query(started.connection, 'select 1 as one')).toEqual([{ one: 1 }])
  expect((await lstat(rules)).isFile()).toBe(true)
  expect(await readFile(target, 'utf8')).toBe('kept\n')
})

test.concurrent('embedded Postgres: a joined process, the token command and the client pg can connect', async () => {
  await using folder = await temporaryFolder()
  await using holder = await hold(folder.path)
  const { code, out, err } = await runProgram(
    ['token', 'create', '--name', 'reader', '--scope', 'read', '--expires', '90d'],
    { DATA_DIR: folder.path },
  )
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toContain('reader')
  const client = new Client({ ...holder.connection })
  await client.connect()
  const { rows } = await client.query('select current_user as name, count(*)::int as tokens from api_tokens')
  await client.end()
  expect(rows).toEqual([{ name: 'app', tokens: 1 }])
})

describe.runIf(isRoot())('embedded Postgres as root, with a socket that every user can reach', () => {
  test.concurrent('embedded Postgres: a process of another user is rejected for every role', async () => {
    await using folder = await temporaryFolder()
    await using started = await startEmbeddedPostgres({ dataDir: join(folder.path, 'data') })
    const socket = await openToAll(started.connection)
    const node = await nodeForAll(folder.path)
    // `daemon`, which exists on every machine, and an id without a name.
    for (const stranger of [1, 12_345]) {
      expect(await login(node, stranger, socket, 'app')).toContain('28000')
      expect(await login(node, stranger, socket, 'postgres')).toContain('28000')
    }
    expect(await query(started.connection, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test.concurrent('embedded Postgres: the account that runs Postgres and root can connect', async () => {
    await using folder = await temporaryFolder()
    const dataDir = join(folder.path, 'data')
    await using started = await startEmbeddedPostgres({ dataDir })
    const socket = await openToAll(started.connection)
    const node = await nodeForAll(folder.path)
    const { uid } = await stat(join(dataDir, 'postgres-18'))
    expect(await login(node, uid, socket, 'app')).toMatch(/^R/)
    expect(await login(node, 0, socket, 'app')).toMatch(/^R/)
    // The map names the role. An account with the same name as a role is not enough.
    expect(await login(node, uid, socket, 'postgres')).toContain('28000')
  })
})

async function openToAll({ host, port }: Connection): Promise<string> {
  const socket = join(host, `.s.PGSQL.${port}`)
  await chmod(host, 0o755)
  await chmod(socket, 0o777)
  return socket
}

/** Logs in as a role from a process of the user. Returns the response of Postgres: `R…` accepts, `E…` rejects. */
async function login(node: string, uid: number, socket: string, role: string): Promise<string> {
  const script = `
    const [socket, role] = process.argv.slice(1)
    const facts = Buffer.from('user\\0' + role + '\\0database\\0app\\0\\0')
    const head = Buffer.alloc(8)
    head.writeInt32BE(8 + facts.length, 0)
    head.writeInt32BE(196608, 4)
    const client = require('node:net').connect(socket, () => client.write(Buffer.concat([head, facts])))
    client.once('data', (answer) => client.end(() => process.stdout.write(answer.toString('latin1'))))
    client.once('error', (error) => process.stdout.write(String(error)))`
  const child = spawn(node, ['-e', script, socket, role], { uid, gid: 65_534, cwd: '/', env: {} })
  let answer = ''
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    answer += text
  })
  await once(child, 'close')
  return answer
}

async function ownerOf(path: string): Promise<string> {
  const { uid } = await stat(path)
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  return lines.find(([, , id]) => id === String(uid))?.[0] ?? userInfo().username
}
