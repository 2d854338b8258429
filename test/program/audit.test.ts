/** `npm run audit`: the export of the audit log. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, expect, test, vi } from 'vitest'
import { AuditInterruptedError, AuditUsageError, runAudit } from '../../src/cli/audit.ts'
import { auditUsage } from '../../src/cli/usage.ts'
import { readConfig } from '../../src/config/env.ts'
import { testDatabase } from '../support/database.ts'
import { databaseVariables, runProgram, startFlags } from '../support/program.ts'

const database = await testDatabase()
afterAll(() => database[Symbol.asyncDispose]())
const { sql } = database
const environment = databaseVariables(database)
for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
afterAll(() => vi.unstubAllEnvs())

async function audit(args: readonly string[], signal = new AbortController().signal): Promise<string> {
  const output = new PassThrough()
  const written = text(output)
  try {
    await runAudit(args, readConfig({ ...environment, LOG_LEVEL: 'error' }, 'database'), output, signal)
  } finally {
    output.end()
  }
  return await written
}
const idsOf = async (...args: string[]) =>
  (await audit(args)).split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).id]))

await sql`insert into audit_log (at, kind, viewer, action, organization, outcome, times, last_at) values
  ('2026-01-01T00:00:00Z', 'WRITE', 'hr', 'Mutation.createUser', 'acme', 'CreateUserSuccess', 1, null),
  ('2026-01-02T00:00:00Z', 'REFUSAL', 'gone', 'authenticate', null, 'REVOKED', 12, '2026-01-02T00:00:30.5Z'),
  ('2026-01-03T00:00:00Z', 'WRITE', 'it, "quoted"', 'Mutation.deleteUser', 'acme', null, 1, null),
  (clock_timestamp() - interval '6 hours', 'WRITE', 'hr', 'Mutation.updateUser', null, 'UpdateUserSuccess', 1, null)`

test('audit: the program writes the rows of a period as JSON lines, oldest first', async () => {
  expect(
    await runProgram(['audit', '--since', '2026-01-02', '--until', '2026-01-04T02:00:00+02:00'], environment),
  ).toEqual({
    code: 0,
    signal: null,
    err: '',
    out: `${[
      '{"id":2,"at":"2026-01-02T00:00:00.000000Z","kind":"REFUSAL","viewer":"gone","action":"authenticate","organization":null,"outcome":"REVOKED","times":12,"lastAt":"2026-01-02T00:00:30.500000Z"}',
      '{"id":3,"at":"2026-01-03T00:00:00.000000Z","kind":"WRITE","viewer":"it, \\"quoted\\"","action":"Mutation.deleteUser","organization":"acme","outcome":null,"times":1,"lastAt":null}',
    ].join('\n')}\n`,
  })
})

test('audit: a time may be relative to now', async () => {
  expect(await idsOf('--since', '-12h')).toEqual([4])
  expect(await idsOf('--since', '-10000d')).toEqual([1, 2, 3, 4])
  expect(await idsOf('--since=-10000d', '--until', '-300m')).toEqual([1, 2, 3, 4])
  expect(await idsOf('--until', '-1d', '--since', '2026-01-02')).toEqual([2, 3])
})

const aTime = 'must be an ISO 8601 time such as 2026-06-01T08:00:00Z, or relative such as -30m, -12h or -7d.'
test.each([
  [[], '--since is required: the time of the oldest row.'],
  [['--since', 'yesterday'], `--since is "yesterday", but ${aTime}`],
  [['--since', '2026-02-30'], `--since is "2026-02-30", but ${aTime}`],
  [['--since', '-7d', '--until', '-7'], `--until is "-7", but ${aTime}`],
  [
    ['--since', '2026-02-01', '--until', '2026-01-01'],
    '--since is 2026-02-01T00:00:00.000000Z, which is after --until, 2026-01-01T00:00:00.000000Z.',
  ],
])('audit: %j is rejected with the usage', async (args, problem) => {
  const error = await audit(args).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(AuditUsageError)
  expect((error as Error).message).toBe(`${problem}\n\n${auditUsage}`)
})

test('audit: an interrupted export fails', async () => {
  const stopping = new AbortController()
  stopping.abort()
  await expect(audit(['--since', '2026-01-01'], stopping.signal)).rejects.toBeInstanceOf(AuditInterruptedError)
})

test('audit: an unreachable database causes one line on stderr and an exit code', async () => {
  const { code, out, err } = await runProgram(['audit', '--since', '-1d'], { DATABASE_URL: 'postgres://127.0.0.1:9/x' })
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err.trim().split('\n')).toHaveLength(1)
})

test('audit: a reader that ends early ends the export without an error', async () => {
  await sql`insert into audit_log (at, kind, viewer, action)
    select timestamptz '2020-01-01' + n * interval '1 second', 'WRITE', repeat('x', 500), 'y' from generate_series(1, 20000) n`
  const main = new URL('../../src/main.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [...startFlags, main, 'audit', '--since', '2020-01-01'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let err = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  await once(child.stdout, 'data')
  child.stdout.destroy()
  const [code] = await once(child, 'exit')
  expect({ code, err }).toEqual({ code: 0, err: '' })
})
