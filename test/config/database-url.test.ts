import { expect, test } from 'vitest'
import { databaseUrlProblem, settingsOfUrl } from '../../src/config/database-url.ts'
import { settingsForPg, settingsForPostgresJs } from '../../src/db/connection/connection-settings.ts'

const parameters = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: 1,
  array_nulls: 'on',
  standard_conforming_strings: 'on',
  default_transaction_isolation: 'read committed',
}
const forced = Object.entries(parameters)
  .map(([name, value]) => `-c ${name}=${String(value).replaceAll(' ', '\\ ')}`)
  .join(' ')

const at = (parameters: string) => `postgres://us%40er:pass%2Fword@db.example:6543/mirror?${parameters}`

test('database URL: parameters of hosting providers and of libpq for other clients are ignored', () => {
  const ignored =
    'schema=app&pgbouncer=true&channel_binding=require&keepalives=1&keepalives_idle=5&gssencmode=prefer&connection_limit=1'
  const plain = { host: 'db.example', port: 6543, user: 'us@er', password: 'pass/word', database: 'mirror' }
  expect(databaseUrlProblem(at(ignored))).toBeUndefined()
  expect(settingsOfUrl(at(ignored))).toEqual(plain)
  expect(settingsForPg({ url: at(ignored) })).toEqual({ ...plain, options: forced })
  expect(settingsForPostgresJs({ url: at(ignored) })).toEqual({ ...plain, connection: parameters })
})

test('database URL: host, port, user and database can be parameters, as in libpq', () => {
  expect(settingsOfUrl('postgresql:///?host=/run/postgresql&port=5433&user=app&dbname=mirror')).toEqual({
    host: '/run/postgresql',
    port: 5433,
    user: 'app',
    database: 'mirror',
  })
  expect(settingsOfUrl('postgresql://[::1]:5433/mirror')).toEqual({ host: '::1', port: 5433, database: 'mirror' })
})

test('database URL: the options of the URL and of the queue are merged', () => {
  const url = at('options=-c%20statement_timeout%3D60000')
  expect(settingsForPg({ url }, '-c search_path=bullmq').options).toBe(
    `-c statement_timeout=60000 ${forced} -c search_path=bullmq`,
  )
  expect(settingsForPostgresJs({ url }).connection).toEqual({ ...parameters, options: '-c statement_timeout=60000' })
  const elsewhere = at('options=-csearch_path%3Delsewhere')
  expect(settingsForPg({ url: elsewhere }).options).toBe(`-csearch_path=elsewhere -c search_path=public ${forced}`)
  expect(settingsForPg({ url: elsewhere }, '-c search_path=bullmq').options).toBe(
    `-csearch_path=elsewhere ${forced} -c search_path=bullmq`,
  )
})

test.each([
  ['', undefined, undefined],
  ['sslmode=disable', false, false],
  ['sslmode=allow', 'prefer', { rejectUnauthorized: false, isPreferred: true }],
  ['sslmode=prefer', 'prefer', { rejectUnauthorized: false, isPreferred: true }],
  ['sslmode=require', { rejectUnauthorized: false }, { rejectUnauthorized: false }],
  ['sslmode=verify-full', { rejectUnauthorized: true }, { rejectUnauthorized: true }],
  ['sslrootcert=system', { rejectUnauthorized: true }, { rejectUnauthorized: true }],
  ['ssl=true', { rejectUnauthorized: true }, { rejectUnauthorized: true }],
])('database URL: both drivers read ?%s the same way', (parameters, forPools, forQueue) => {
  expect(settingsForPostgresJs({ url: at(parameters) }).ssl).toEqual(forPools)
  expect(settingsForPg({ url: at(parameters) }).ssl).toEqual(forQueue)
})

test.each([
  ['sslmode=sometimes', /^has an unknown sslmode; expected one of: disable, allow, prefer,/],
  ['sslmod=require', /^has an unknown parameter that begins with ssl; expected one of: ssl, sslmode,/],
  ['sslmode=verify-ca&sslrootcert=/not/there', /^names a file in sslrootcert that cannot be read \(ENOENT\)\.$/],
])('database URL: ?%s is rejected with a message that quotes no value', (parameters, message) => {
  expect(databaseUrlProblem(at(parameters))).toMatch(message)
})
