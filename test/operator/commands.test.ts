/** The commands of operators beside a running mirror. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OperatorError } from '../../src/cli/operator/output.ts'
import { queueCommand } from '../../src/cli/operator/queue.ts'
import { type OperatorCommand, runOperatorCommand } from '../../src/cli/operator/run-operator-command.ts'
import { readConfig } from '../../src/config/env.ts'
import { openDatabase } from '../../src/db/database.ts'
import { workerName } from '../../src/db/sessions.ts'
import { openQueue } from '../../src/sync/queue.ts'
import { type MirrorHarness, mirror } from '../support/mirror.ts'

let acme: MirrorHarness
beforeAll(async () => {
  acme = await mirror()
  await acme.list(1, { 'ann@acme.example': {}, 'bob@acme.example': {} })
})
afterAll(() => acme[Symbol.asyncDispose]())

function configOf(more: Record<string, string> = {}) {
  const { connection } = acme.database
  if (!('host' in connection)) throw new Error('The tests connect by host and port')
  const where = new URLSearchParams({ host: connection.host, port: String(connection.port), user: connection.user })
  return readConfig(
    { DATABASE_URL: `postgres:///${connection.database}?${where}`, LOG_LEVEL: 'silent', ...more },
    'database',
  )
}

async function run(line: string, more: Record<string, string> = {}): Promise<string> {
  const config = configOf(more)
  let output = ''
  const terminal = { stdout: { write: (text: string) => (output += text) } }
  const [command = '', ...args] = line.split(' ')
  await runOperatorCommand(command as OperatorCommand, args, config, terminal)
  return output
}

/** Sessions as those of a process with a worker. */
async function openWorker(): Promise<AsyncDisposable> {
  const opened = openDatabase(acme.database.connection, { connections: 2, name: workerName })
  await opened.sql`select 1`
  return { [Symbol.asyncDispose]: () => opened.close() }
}

const json = async (line: string) => JSON.parse(await run(`${line} --json`)) as Record<string, unknown>

test('status: it shows the state, the users and the problem of each organization', async () => {
  await acme.sql`update organizations set problem = 'The vendor is away'`
  const text = await run('status')
  expect(text).toMatch(/^acme +empty +2 +never +/m)
  expect(text).toContain('acme: The vendor is away\n')
  expect(await json('status')).toMatchObject({
    organizations: [{ slug: 'acme', state: 'EMPTY', users: 2, problem: 'The vendor is away', pausedAt: null }],
    users: 2,
  })
  expect(text).toMatch(
    /; 0 open findings; 0 webhooks failing or disabled; \d+ database sessions? of the program\nNo worker seems to run/,
  )
  await acme.sql`update organizations set problem = null, profile_as_of = '2026-01-31 09:05:59Z'`
  await using _worker = await openWorker()
  const later = await run('status')
  expect(later).toMatch(/^acme +stale +2 +2026-01-31 09:05Z +/m)
  expect(later).not.toContain('No worker')
  await acme.sql`update organizations set profile_as_of = null`
})

test('organizations: pause and resume are shown and audited, and pull starts a pull', async () => {
  expect(await run('organizations pause acme')).toMatch(/^acme is paused: no pull starts/)
  expect(await run('organizations pause acme')).toBe('acme is already paused.\n')
  expect(await run('organizations')).toMatch(/^acme +empty, paused +never +– *$/m)
  await expect(run('organizations pull acme')).rejects.toThrow(
    /^acme: paused or removed from the configuration\. Resume it first, then pull\.$/,
  )
  expect(await json('organizations resume --all')).toEqual({ resumed: ['acme'] })
  const [pull] = (await json('organizations pull acme')).pulls as { organization: string; pull: number }[]
  expect(pull?.organization).toBe('acme')
  expect(await run('organizations pull acme')).toMatch(
    /^acme: the pull \d+ waits for a worker\.\nNo worker seems to run: .* Start one with `npm start`/,
  )
  const [row] = await acme.sql<{ state: string }[]>`select state from pulls where id = ${pull?.pull ?? 0}`
  expect(row?.state).toBe('RUNNING')
  await using _worker = await openWorker()
  expect(await run('organizations pull acme')).toMatch(/^acme: the pull \d+ is running\. A worker continues it\.\n$/)
  expect(await json('organizations list')).toMatchObject({ organizations: [{ slug: 'acme', pullRunning: true }] })
  const audit = await acme.sql<{ line: string }[]>`
    select concat_ws(' ', viewer, action, organization, outcome) as line from audit_log order by id`
  expect(audit.map(({ line }) => line)).toEqual([
    'command line operator pause acme DONE',
    'command line operator pause acme DONE',
    'command line operator resume acme DONE',
    'command line operator pull acme DONE',
    'command line operator pull acme DONE',
    'command line operator pull acme DONE',
  ])
})

test('quarantine: a pull is listed, and accepted or discarded', async () => {
  const { sql, organizationId } = acme
  await sql`delete from pulls`
  const insert = async () => {
    const [row] = await sql<{ id: number }[]>`
      insert into pulls (id, organization_id, trigger, state, phase, error)
      values (nextval('node_ids'), ${organizationId}, 'SCHEDULE', 'QUARANTINED', 'DELETIONS', 'Many are missing') returning id`
    return row?.id ?? 0
  }
  expect(await run('quarantine')).toBe('No pull is quarantined.\n')
  const first = await insert()
  expect(await run('quarantine list')).toMatch(
    new RegExp(`^${first} +acme +.* waits for a decision +0 +Many are missing$`, 'm'),
  )
  expect(await run(`quarantine discard ${first}`)).toBe(`The pull ${first} (acme) is discarded. Nothing is deleted.\n`)
  const second = await insert()
  expect(await json(`quarantine accept ${second}`)).toEqual({ pull: second, organization: 'acme', outcome: 'ACCEPTED' })
  const states = await sql<{ state: string }[]>`select state from pulls order by id`
  expect(states.map(({ state }) => state)).toEqual(['DISCARDED', 'RUNNING'])
  await expect(run(`quarantine accept ${second}`)).rejects.toThrow(`No quarantined pull has the number ${second}`)
})

test('operations: those that run are listed, with --all those that ended, too', async () => {
  const { sql, organizationId } = acme
  expect(await run('operations')).toBe('No operation is running.\n')
  await sql`
    with op as (
      insert into operations (id, organization_id, kind, created_by, state, finished_at) values
        (nextval('node_ids'), ${organizationId}, 'ONBOARDING', 'ci', 'RUNNING', null),
        (nextval('node_ids'), ${organizationId}, 'EMAIL_CHANGE', 'ci', 'FAILED', clock_timestamp()) returning id
    )
    insert into operation_items (id, operation_id, primary_email, domain, state, input, requests)
    select nextval('node_ids'), op.id, 'ann@acme.example', 'acme.example', 'FAILED', '{}', 1 from op`
  expect(await json('operations')).toMatchObject({ operations: [{ kind: 'ONBOARDING', items: 1, failed: 1 }] })
  expect(await run('operations --all')).toMatch(/ acme +email change +failed +1 of 1, 1 failed +/)
})

test('queue: it shows the jobs and the due work of the queue in Postgres, and reports a Redis that is away', async () => {
  expect(await run('queue')).toMatch(/^operations +0 +0 +0 +0\n/m)
  expect(await json('queue')).toMatchObject({
    store: 'postgres',
    nextTickAt: null,
    queues: [{ waiting: 0 }, { waiting: 0 }],
  })
  expect(await run('queue')).toMatch(/Next tick: none is scheduled\nNo worker seems to run/)
  const queue = openQueue({ postgres: acme.database.connection }, pino({ level: 'silent' }))
  await queue.schedule(3_600_000)
  await queue.close()
  const { nextTickAt } = await json('queue')
  const dueAt = Date.parse(String(nextTickAt))
  const seen = async (lateMs: number) => (await queueCommand([], () => dueAt + lateMs)(acme.database, configOf())).text
  expect(await seen(30_000)).toMatch(/Next tick: 20.*Z\nNo worker seems to run/)
  expect(await seen(30_001)).toMatch(/Next tick: 20.*Z, overdue\nNo worker seems to run/)
  await using _worker = await openWorker()
  expect(await seen(30_000)).not.toMatch(/worker/i)
  expect(await seen(30_001)).toContain(', overdue\nA worker is connected to the database, but takes up no jobs')
  await expect(run('queue', { REDIS_URL: 'redis://127.0.0.1:1' })).rejects.toThrow(
    'The Redis of REDIS_URL cannot be read',
  )
})

test('operators: a database without the tables of this version is not migrated, and the message says what to do', async () => {
  const { sql } = acme
  const [last] = await sql<{ id: number; name: string; hash: string }[]>`
    delete from drizzle.__drizzle_migrations where id = (select max(id) from drizzle.__drizzle_migrations) returning id, name, hash`
  await expect(run('status')).rejects.toThrow(
    'The database lacks 1 migration of this version. Run `npm start -- migrate`',
  )
  await sql`insert into drizzle.__drizzle_migrations (id, name, hash) values (${last?.id ?? 0}, ${last?.name ?? ''}, ${last?.hash ?? ''})`
})

test('operators: a folder without a database is reported, and nothing is created', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'operator-'))
  try {
    for (const dataDir of [folder, join(folder, 'absent')]) {
      const config = readConfig({ DATA_DIR: dataDir, LOG_LEVEL: 'silent' }, 'database')
      const failed = await runOperatorCommand('status', [], config).catch((error: unknown) => error)
      expect(failed).toBeInstanceOf(OperatorError)
      expect(String(failed)).toContain(`DATA_DIR, ${dataDir}, has no database`)
    }
    expect(await readdir(folder)).toEqual([])
  } finally {
    await rm(folder, { recursive: true })
  }
})

test.each([
  ['organizations remove acme', 'Unknown command "organizations remove": use list, pause, resume or pull.'],
  ['organizations pause', 'expects one or more slugs, or --all'],
  ['organizations pause acme --all', 'expects one or more slugs, or --all'],
  ['organizations pause globex', 'No organization "globex" is mirrored; mirrored: acme.'],
  ['organizations list acme', 'expects no slug'],
  ['quarantine accept', 'expects the number of one pull'],
  ['quarantine accept acme', 'expects the number of one pull'],
  ['quarantine reject 1', 'use list, accept or discard'],
  ['quarantine discard 1', 'No quarantined pull has the number 1'],
  ['queue --tail', "Unknown option '--tail'"],
  ['operations 7', 'Unexpected argument'],
  ['status acme', 'Unexpected argument'],
])('operators: "%s" is rejected with a reason and the usage', async (line, reason) => {
  const problem = await run(line).then(
    () => '',
    (error: Error) => error.message,
  )
  expect(problem).toContain(reason)
  expect(problem).toContain(`npm run ${line.split(' ')[0]} --`)
})
