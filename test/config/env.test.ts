import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../src/config/env.ts'

const credentials = { ESSENTIALS_API_KEY: 'key', ESSENTIALS_API_SECRET: 'secret' }
const key = Buffer.alloc(32, 7).toString('base64')

/** The problems of an environment, one per line. */
function problemsOf(environment: Record<string, string>, needs: 'vendor' | 'database' = 'vendor'): string {
  try {
    readConfig(environment, needs)
    return 'nothing'
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    expect(error.message).toBe(error.problems.join('\n'))
    return error.problems.join('\n')
  }
}

describe('config values', () => {
  test('config: only the credentials are required, and every other variable has a default', () => {
    expect(readConfig(credentials, 'vendor')).toMatchInlineSnapshot(`
      {
        "adminToken": undefined,
        "auditDays": 400,
        "authFailuresPerMinute": 60,
        "callerRequestsPerMinute": 6000,
        "dataDir": ".data",
        "databaseConnections": {
          "control": 4,
          "reads": 8,
          "work": 4,
        },
        "databaseUrl": undefined,
        "drainSeconds": 2,
        "explorer": "token",
        "explorerClientId": undefined,
        "federationNode": true,
        "federationPrefix": undefined,
        "findingsDays": 400,
        "historyDays": 400,
        "host": "127.0.0.1",
        "introspection": "token",
        "jwt": undefined,
        "logLevel": "info",
        "maxOperationCost": 100000,
        "maxResponseBytes": 8000000,
        "metricsPort": undefined,
        "organizationFiles": undefined,
        "organizations": [
          {
            "api": "v2",
            "apiKey": "key",
            "apiSecret": "secret",
            "baseUrl": "https://api.proofpoint.com/v2",
            "name": "default",
            "privilegedRoles": undefined,
            "requestsPerMinute": 100,
            "slug": "default",
          },
        ],
        "port": 4000,
        "pullIntervalSeconds": 300,
        "redisUrl": undefined,
        "scim": {
          "deletes": "deactivate",
          "media": "scim",
          "password": "ignore",
          "publicUrl": undefined,
          "roles": [],
          "userNameChange": "refuse",
        },
        "secretKey": undefined,
        "streamsPerCaller": 1000,
        "tracing": undefined,
        "trustProxy": 0,
        "trustedDocuments": undefined,
        "warnings": [],
        "webhooks": {
          "allowedNetworks": [],
          "deliveryDays": 14,
        },
        "workerConcurrency": 4,
        "writesPerCaller": 200,
      }
    `)
  })

  test('config: every variable is read, and surrounding white space is ignored', () => {
    expect(
      readConfig(
        {
          ESSENTIALS_API_KEY: ' key ',
          ESSENTIALS_API_SECRET: 'se:cret',
          ESSENTIALS_ORGANIZATION: 'Acme Ltd',
          ESSENTIALS_BASE_URL: 'http://127.0.0.1:8080/v2',
          ESSENTIALS_REQUESTS_PER_MINUTE: '50',
          DATABASE_URL: 'postgresql://app@db/app',
          REDIS_URL: 'rediss://cache',
          DATA_DIR: '/data',
          SECRET_KEY: key,
          HISTORY_DAYS: '30',
          AUDIT_DAYS: '90',
          HOST: '::',
          PORT: '0',
          PULL_INTERVAL_SECONDS: '60',
          ADMIN_TOKEN: 'a-token-of-the-tests',
          LOG_LEVEL: 'debug',
        },
        'vendor',
      ),
    ).toMatchObject({
      organizations: [
        {
          slug: 'default',
          name: 'Acme Ltd',
          apiKey: 'key',
          apiSecret: 'se:cret',
          baseUrl: 'http://127.0.0.1:8080/v2',
          requestsPerMinute: 50,
        },
      ],
      databaseUrl: 'postgresql://app@db/app',
      redisUrl: 'rediss://cache',
      dataDir: '/data',
      secretKey: Buffer.alloc(32, 7),
      historyDays: 30,
      auditDays: 90,
      host: '::',
      port: 0,
      pullIntervalSeconds: 60,
      adminToken: 'a-token-of-the-tests',
      logLevel: 'debug',
    })
  })

  test('config: a blank variable counts as unset', () => {
    const nothing = Object.fromEntries(
      ['DATABASE_URL', 'REDIS_URL', 'PORT', 'LOG_LEVEL', 'SECRET_KEY', 'ADMIN_TOKEN', 'ESSENTIALS_BASE_URL'].map(
        (name) => [name, '  '],
      ),
    )
    expect(readConfig({ ...credentials, ...nothing }, 'vendor')).toEqual(readConfig(credentials, 'vendor'))
  })

  test('config: a command that needs only the database ignores the credentials', () => {
    expect(readConfig({ ESSENTIALS_API_KEY: 'a:b' }, 'database').organizations).toEqual([])
    expect(problemsOf({ PORT: 'x' }, 'database')).toContain('PORT')
  })
})

describe('config errors', () => {
  test.each([
    [{}],
    [{ ESSENTIALS_API_KEY: 'key' }],
    [{ ESSENTIALS_API_SECRET: 'secret' }],
    [{ ESSENTIALS_ORGANIZATION: 'Acme' }],
    [{ ...credentials, ESSENTIALS_API_KEY: 'a:b' }],
    [{ ...credentials, ESSENTIALS_ORGANIZATIONS_FILE: '/nowhere.json' }],
    [{ ...credentials, ESSENTIALS_BASE_URL: 'api.proofpoint.com' }],
    [{ ...credentials, ESSENTIALS_BASE_URL: 'ftp://user:hunter2@vendor/v2' }],
    [{ ...credentials, ESSENTIALS_BASE_URL: 'https://vendor/v2?key=hunter2' }],
    [{ ...credentials, ESSENTIALS_BASE_URL: 'https://user:hunter2@vendor/v2' }],
    [{ ...credentials, ESSENTIALS_BASE_URL: 'https://user:hunter2@vendor/v2?q#f' }],
    [{ ...credentials, ESSENTIALS_REQUESTS_PER_MINUTE: '0' }],
    [{ ...credentials, ESSENTIALS_REQUESTS_PER_MINUTE: '1e3' }],
    [{ ...credentials, DATABASE_URL: 'mysql://app:hunter2@db/app' }],
    [{ ...credentials, DATABASE_URL: 'db/app' }],
    [{ ...credentials, REDIS_URL: 'http://cache' }],
    [{ ...credentials, SECRET_KEY: 'hunter2' }],
    [{ ...credentials, SECRET_KEY: Buffer.alloc(33).toString('base64') }],
    [{ ...credentials, SECRET_KEY: `${key}!` }],
    [{ ...credentials, HISTORY_DAYS: '0' }],
    [{ ...credentials, HISTORY_DAYS: '1.5' }],
    [{ ...credentials, AUDIT_DAYS: '0' }],
    [{ ...credentials, PORT: '65536' }],
    [{ ...credentials, PORT: '-1' }],
    [{ ...credentials, PULL_INTERVAL_SECONDS: '0' }],
    [{ ...credentials, PULL_INTERVAL_SECONDS: '5m' }],
    [{ ...credentials, ADMIN_TOKEN: 'hunter2 hunter2' }],
    [{ ...credentials, ADMIN_TOKEN: 'hunter2-hunter2' }],
    [{ ...credentials, ADMIN_TOKEN: 'admin:hunter2-hunter2' }],
    [{ ...credentials, ADMIN_TOKEN: 'a:hunter2' }],
    [{ ...credentials, TRUST_PROXY: '-1' }],
    [{ ...credentials, TRUST_PROXY: 'true' }],
    [{ ...credentials, AUTH_FAILURES_PER_MINUTE: '0' }],
    [{ ...credentials, LOG_LEVEL: 'loud' }],
  ])('config: %j is rejected with a plain sentence', (environment: Record<string, string>) => {
    const problems = problemsOf(environment)
    expect(problems).not.toContain('hunter2')
    for (const line of problems.split('\n')) expect(line).toMatch(/^[A-Z].*[.`]$/)
    expect({ [Object.keys(environment).at(-1) ?? 'nothing']: problems }).toMatchSnapshot()
  })

  test('config: all problems are reported together', () => {
    const problems = problemsOf({
      ESSENTIALS_API_KEY: 'a:b',
      PORT: 'x',
      LOG_LEVEL: 'loud',
      REDIS_URL: 'x',
      DATABASE_URL: 'x',
    })
    expect(problems.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'DATABASE_URL',
      'REDIS_URL',
      'PORT',
      'LOG_LEVEL',
      'ESSENTIALS_API_KEY',
      'ESSENTIALS_API_KEY',
    ])
  })
})

describe('organizations file', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'essentials-graph-config-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  async function file(content: unknown): Promise<{ ESSENTIALS_ORGANIZATIONS_FILE: string }> {
    const path = join(folder, 'organizations.json')
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
    return { ESSENTIALS_ORGANIZATIONS_FILE: path }
  }
  const acme = { slug: 'acme', name: 'Acme', apiKey: 'a', apiSecret: 's' }

  test('organizations file: a byte order mark before the JSON is ignored', async () => {
    const environment = await file(`\uFEFF${JSON.stringify([acme])}`)
    expect(readConfig(environment, 'vendor').organizations).toMatchObject([acme])
  })

  test('organizations file: each row is an organization, and omitted fields default to the variables', async () => {
    const environment = await file([
      acme,
      { ...acme, slug: 'b-2', apiKey: 'b', baseUrl: 'http://b/v2', requestsPerMinute: 7 },
    ])
    const { organizations } = readConfig({ ...environment, ESSENTIALS_REQUESTS_PER_MINUTE: '50' }, 'vendor')
    expect(organizations).toEqual([
      { ...acme, api: 'v2', baseUrl: 'https://api.proofpoint.com/v2', requestsPerMinute: 50 },
      { ...acme, api: 'v2', slug: 'b-2', apiKey: 'b', baseUrl: 'http://b/v2', requestsPerMinute: 7 },
    ])
  })

  test.each<[string, unknown]>([
    ['invalid JSON', '{"slug": hunter2'],
    ['no array', acme],
    ['no organizations', []],
    ['rows that are not objects', [null, 'acme', [acme]]],
    ['missing fields', [{ slug: 'acme' }]],
    [
      'fields of wrong types',
      [{ slug: 1, name: '', apiKey: null, apiSecret: ['hunter2'], baseUrl: 5, requestsPerMinute: '7' }],
    ],
    [
      'fields out of range',
      [
        {
          ...acme,
          slug: 'Not A Slug',
          name: 'x'.repeat(201),
          apiKey: 'a:hunter2',
          baseUrl: 'ftp://x',
          requestsPerMinute: 0,
        },
      ],
    ],
    ['an unknown field', [{ ...acme, apisecret: 'hunter2' }]],
    ['duplicate slugs and keys', [acme, { ...acme, name: 'Other' }, { ...acme, slug: 'third' }]],
    [
      'duplicate slugs and keys in rows with other errors',
      [acme, { ...acme, name: '' }, { slug: 'Third', apiKey: 'a' }],
    ],
  ])('organizations file: a file with %s is rejected', async (_name, content) => {
    const problems = problemsOf(await file(content)).replaceAll(folder, '/etc')
    expect(problems).not.toContain('hunter2')
    expect(problems).toMatchSnapshot()
  })

  test('organizations file: the variables of a single organization conflict with it', async () => {
    expect(
      problemsOf({ ...(await file([acme])), ...credentials, ESSENTIALS_ORGANIZATION: 'Acme' }),
    ).toMatchInlineSnapshot(`
      "ESSENTIALS_API_KEY and ESSENTIALS_ORGANIZATIONS_FILE are both set: set only one of them.
      ESSENTIALS_API_SECRET and ESSENTIALS_ORGANIZATIONS_FILE are both set: set only one of them.
      ESSENTIALS_ORGANIZATION and ESSENTIALS_ORGANIZATIONS_FILE are both set: set only one of them."
    `)
  })
})
