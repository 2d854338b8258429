/** The messages and exit codes of the program if it cannot start. */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { type Command, commands, usageOf } from '../../src/cli/usage.ts'
import { testDatabase } from '../support/database.ts'
import { databaseVariables, runProgram, startProgram } from '../support/program.ts'

const credentials = { ESSENTIALS_API_KEY: 'key', ESSENTIALS_API_SECRET: 'secret' }

test.concurrent.each([[[]], [['worker']]])(
  'start: %j without credentials exits immediately, and says what to do',
  async (args) => {
    expect(await runProgram(args)).toEqual({
      code: 1,
      signal: null,
      out: '',
      err: 'ESSENTIALS_API_KEY and ESSENTIALS_API_SECRET are not set, and neither is ESSENTIALS_ORGANIZATIONS_FILE: there is no organization to mirror. To try it without credentials, run `npm run demo`.\n',
    })
  },
)

test.concurrent('start: all configuration errors are reported together, one sentence each, without further output', async () => {
  const { code, out, err } = await runProgram(['serve'], {
    ESSENTIALS_API_KEY: 'key',
    ESSENTIALS_BASE_URL: 'ftp://vendor',
    ESSENTIALS_REQUESTS_PER_MINUTE: '0',
    DATABASE_URL: 'mysql://app:hunter2@db/app',
    REDIS_URL: 'localhost',
    SECRET_KEY: 'short',
    HISTORY_DAYS: 'many',
    PORT: '65536',
    PULL_INTERVAL_SECONDS: '-1',
    ADMIN_TOKEN: 'two words',
    LOG_LEVEL: 'loud',
  })
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatchInlineSnapshot(`
    "ESSENTIALS_REQUESTS_PER_MINUTE is "0", but must be an integer between 1 and 10000000.
    ESSENTIALS_BASE_URL begins with ftp:, but must be a URL that begins with http:// or https://.
    DATABASE_URL begins with mysql:, but must be a URL that begins with postgres:// or postgresql://.
    REDIS_URL must be a URL that begins with redis:// or rediss://.
    SECRET_KEY must be 32 bytes in base64: use the output of \`openssl rand -base64 32\`.
    HISTORY_DAYS is "many", but must be an integer between 1 and 36500.
    PORT is "65536", but must be an integer between 0 and 65535.
    PULL_INTERVAL_SECONDS is "-1", but must be an integer between 1 and 604800.
    ADMIN_TOKEN must not contain white space: it is sent in a header.
    LOG_LEVEL is "loud", but must be one of trace, debug, info, warn, error, fatal, silent.
    ESSENTIALS_API_KEY is set, but ESSENTIALS_API_SECRET is not.
    "
  `)
})

test.concurrent.each([[['toString']], [['serve', 'now']]])(
  'start: %j is no command, and the commands are listed',
  async (args) => {
    const { code, out, err } = await runProgram(args, credentials)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(new RegExp(`^Unknown command "${args.join(' ')}".\n\nUsage: node src/main.ts \\[COMMAND\\]\n`))
  },
)

test.concurrent('start: --help lists the commands', async () => {
  const { code, out, err } = await runProgram(['--help'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  for (const command of ['serve', 'api', 'worker', 'migrate', 'simulator', 'demo'])
    expect(out).toContain(`  ${command} `)
})

test.concurrent.each([
  ['serve', '--help'],
  ['token', 'create', '--help'],
  ['audit', '-h'],
  ['demo', '--help'],
  ['help', 'token'],
])('start: %s %s describes the command without reading any variable', async (...args) => {
  const { code, out, err } = await runProgram(args, { DATABASE_URL: 'mysql://x' })
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const command = args.find((word) => Object.hasOwn(commands, word)) as Command
  expect(out).toBe(usageOf(command))
})

test.concurrent.each([['--version'], ['worker', '--version'], ['token', 'list', '--version']])(
  'start: %s prints the version',
  async (...args) => {
    const { code, out, err } = await runProgram(args, { DATABASE_URL: 'mysql://x' })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toBe(`${JSON.parse(await readFile('package.json', 'utf8')).version}\n`)
  },
)

test.concurrent('start: a misspelt variable is named below the errors that it may have caused', async () => {
  const { err } = await runProgram(['worker'], { ESSENTIALS_API_KYE: 'hunter2', ESSENTIALS_API_SECRET: 'secret' })
  expect(err).toBe(
    'ESSENTIALS_API_SECRET is set, but ESSENTIALS_API_KEY is not.\nWarning: ESSENTIALS_API_KYE is not known; did you mean ESSENTIALS_API_KEY?\n',
  )
})

test.concurrent('start: a misspelt variable is logged once as a warning, without its value', async () => {
  await using database = await testDatabase()
  const { code, out, err } = await runProgram(['token', 'list', '--json'], {
    ...databaseVariables(database),
    HISTORY_DAY: 'hunter2',
  })
  expect({ code, out }).toEqual({ code: 0, out: '{\n  "tokens": []\n}\n' })
  const lines = err.split('\n').filter((line) => line.includes('HISTORY_DAY'))
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 40, msg: 'HISTORY_DAY is not known; did you mean HISTORY_DAYS?' },
  ])
  expect(err).not.toContain('hunter2')
})

test.concurrent('start: the simulator reports invalid variables', async () => {
  expect(await runProgram(['simulator'], { SIMULATOR_USERS: 'many', SIMULATOR_PORT: '65536' })).toMatchObject({
    code: 1,
    out: '',
    err: 'SIMULATOR_PORT is "65536", but must be an integer between 0 and 65535.\nSIMULATOR_USERS is "many", but must be an integer between 0 and 1000000.\n',
  })
})

test.concurrent('start: a port in use and an unknown host are reported', async () => {
  await using database = await testDatabase()
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const variables = { ...credentials, ...databaseVariables(database), LOG_LEVEL: 'error' }
  expect(await runProgram(['api'], { ...variables, PORT: String(port) })).toMatchObject({
    code: 1,
    err: `Cannot listen on 127.0.0.1, port ${port}: the port is already in use. Stop the other program, or set PORT to another port (0: any free one).\n`,
  })
  expect(await runProgram(['api'], { ...variables, PORT: '0', HOST: '192.0.2.1' })).toMatchObject({
    code: 1,
    err: 'Cannot listen on 192.0.2.1, port 0: this machine does not have that address. Set HOST to one of its addresses.\n',
  })
  taken.close()
})

test.concurrent('start: an unreachable database is reported in one line, without its password', async () => {
  const { code, out, err } = await runProgram(['migrate'], { DATABASE_URL: 'postgres://app:hunter2@localhost:1/app' })
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(/^The database of DATABASE_URL cannot be used: .*ECONNREFUSED.*\. Expected Postgres.*\n$/)
  expect(err).not.toContain('hunter2')
})

test.concurrent('start: a database that does not exist is reported in one line', async () => {
  await using database = await testDatabase()
  const variables = databaseVariables(database)
  const { code, err } = await runProgram(['migrate'], { ...variables, DATABASE_URL: 'postgres:///not_there' })
  expect(code).toBe(1)
  expect(err).toBe(
    'The database of DATABASE_URL cannot be used: database "not_there" does not exist. Expected Postgres 15 or later, in which this user may create tables and schemas.\n',
  )
})

test.concurrent.each([
  ['/etc/passwd', 'is a file or a broken link'],
  ['/proc/nope', 'cannot be created (ENOENT)'],
])('start: the data folder %s is rejected immediately, in one sentence', async (path, problem) => {
  expect(await runProgram(['serve'], { ...credentials, DATA_DIR: path })).toEqual({
    code: 1,
    signal: null,
    out: '',
    err: `DATA_DIR, ${path}, ${problem}: expected a folder, or a path where this user can create one. Or set DATABASE_URL.\n`,
  })
})

test.concurrent('start: migrate brings a database up to date, and reports it', async () => {
  await using database = await testDatabase()
  expect(await runProgram(['migrate'], databaseVariables(database))).toMatchObject({
    code: 0,
    out: 'The database is up to date.\n',
  })
})

test('connections: only a worker, not the API alone, counts the queue’s connections', async () => {
  // The test server has 397 connections available. The API opens 378 + 4 + 4, plus 5; a worker opens 11 more.
  await using database = await testDatabase()
  const where = { ...credentials, ...databaseVariables(database), DATABASE_READ_CONNECTIONS: '378', PORT: '0' }
  await using api = startProgram(['api'], where)
  await api.origin()
  expect(await runProgram(['worker'], where)).toMatchObject({
    code: 1,
    err: expect.stringContaining('This process may open 402 connections, but Postgres allows 397 (max_connections).'),
  })
}, 180_000)
