/** The imports that each module is allowed to have. A folder of `src` without a rule here fails the test. */
import { glob, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import {
  findCycle,
  importsOf,
  moduleOf,
  packageViolations,
  type Rule,
  readImports,
  roomViolations,
  violations,
} from './support/imports.ts'

const repository = join(import.meta.dirname, '..')
const source = join(repository, 'src')
const imports = await readImports(source)
const ours = imports.filter(({ isPackage }) => !isPackage)

/** Every module may import the types of the configuration, of the logger and of the traces. */
const free = ['config', 'logger', 'tracing']

/** Rules of the modules, the top-level folders and files. */
const rules: Record<string, Rule> = {
  addresses: { mayImport: [] },
  db: { mayImport: ['embedded'] },
  'rate-limit': { mayImport: ['db'] },
  access: { mayImport: ['db'] },
  vendor: { mayImport: ['addresses'] },
  mirror: { mayImport: ['db', 'rate-limit', 'addresses'] },
  embedded: { mayImport: [] },
  simulator: { mayImport: [] },
  metrics: { mayImport: ['db'] },
  tracing: { mayImport: [] },
  observers: { mayImport: ['db', 'metrics', 'vendor'] },
  sync: { mayImport: ['vendor', 'mirror', 'db', 'addresses'] },
  writes: { mayImport: ['vendor', 'mirror', 'db', 'addresses', 'sync/point-read'] },
  operations: { mayImport: ['vendor', 'mirror', 'db', 'addresses', 'sync/point-read', 'writes'] },
  analysis: { mayImport: ['mirror', 'db', 'addresses'] },
  graph: {
    mayImport: [
      'mirror',
      'planner',
      'db',
      'addresses',
      'access',
      'rate-limit',
      'analysis',
      'writes',
      'operations',
      'sync/point-read',
      'sync/sync-service',
      'webhooks',
      'scim/writes',
    ],
  },
  webhooks: { mayImport: ['mirror', 'db', 'analysis', 'writes/secrets'] },
  'prune-rows': { mayImport: ['access', 'db', 'mirror', 'rate-limit', 'scim', 'sync', 'webhooks', 'writes'] },
  planner: { mayImport: ['db'] },
  server: { mayImport: ['graph', 'scim'] },
  scim: {
    mayImport: [
      'db',
      'addresses',
      'access',
      'analysis',
      'mirror',
      'vendor',
      'writes',
      'operations/write-service',
      'sync/point-read',
    ],
  },
  // It uses the public GraphQL contract and nothing else.
  explorer: { mayImport: [] },
  // It decides which clients a process has, and needs the types of the configuration only.
  organizations: { mayImport: ['vendor', 'mirror', 'rate-limit', 'db'] },
  'check-secret-key': { mayImport: ['db', 'operations', 'webhooks', 'writes'] },

  config: { mayImport: [] },
  logger: { mayImport: [] },
  app: { mayImport: 'everything', except: ['main', 'server', 'cli'] },
  cli: { mayImport: 'everything', except: ['main'] },
  main: { mayImport: 'everything', except: [] },
}

/**
 * Which folders of a module the files of one of its folders may import; `.`: the files at the top of the module. Every
 * folder may import itself.
 */
const rooms: Record<string, Record<string, readonly string[]>> = {
  analysis: {
    findings: ['findings/rules'],
    'findings/rules': ['findings'],
    graph: [],
  },
  cli: { demo: ['.'], doctor: ['operator'], operator: ['.'], record: ['.', 'doctor', 'operator'] },
  db: {
    connection: ['.'],
    history: ['.', 'schema'],
    migrations: ['.', 'connection', 'history'],
    schema: [],
  },
  embedded: {
    postmaster: ['.'],
  },
  explorer: {
    data: ['data/generated', 'session'],
    editor: ['data', 'session'],
    graph: ['csv', 'data', 'data/generated', 'session', 'shell', 'ui'],
    session: ['data', 'data/generated'],
    shell: ['data', 'data/generated', 'session', 'ui'],
    ui: ['data', 'data/generated', 'session'],
    views: ['csv', 'data', 'data/generated', 'session', 'shell', 'ui', 'writes'],
    'views/person': ['data', 'data/generated', 'session', 'shell', 'ui', 'writes'],
    'views/users': ['csv', 'data', 'data/generated', 'session', 'shell', 'ui'],
    writes: ['csv', 'data', 'data/generated', 'session', 'shell', 'ui'],
  },
  graph: {
    analysis: ['.', 'core', 'group', 'organization', 'pagination', 'user'],
    'as-of': ['.', 'core'],
    change: ['.', 'analysis', 'as-of', 'core', 'organization', 'pagination', 'user'],
    core: ['.', 'as-of', 'user'],
    federation: ['.', 'core', 'group', 'organization', 'pagination', 'user'],
    group: ['.', 'as-of', 'core', 'organization', 'pagination', 'user'],
    mutations: ['.', 'core', 'group', 'operation', 'organization', 'pagination', 'pull', 'user'],
    operation: ['.', 'change', 'core', 'organization', 'pagination', 'user'],
    organization: ['.', 'core', 'pagination', 'pull'],
    pagination: ['.', 'as-of', 'core'],
    pull: ['.', 'change', 'core', 'organization', 'pagination'],
    scim: ['.', 'core', 'mutations'],
    user: ['.', 'core', 'organization', 'pagination'],
    webhooks: ['.', 'core'],
  },
  mirror: {
    accounts: ['.', 'pulls', 'users'],
    feed: ['.', 'users'],
    groups: ['.', 'feed', 'pulls'],
    pulls: ['.', 'accounts', 'feed', 'groups', 'users'],
    users: ['.', 'accounts', 'feed', 'pulls'],
  },
  operations: {
    runner: ['.', 'steps'],
    start: ['.', 'runner', 'steps'],
    steps: ['runner'],
  },
  scim: {
    protocol: [],
    resources: ['protocol'],
    writes: ['.', 'protocol', 'resources'],
  },
  server: {
    auth: ['graphql', 'http'],
    'caller-errors': ['limits'],
    explorer: [],
    graphql: ['caller-errors', 'http', 'limits'],
    http: ['auth', 'explorer', 'graphql', 'limits', 'scim'],
    limits: [],
    scim: ['auth', 'graphql', 'http', 'limits'],
  },
  simulator: {
    data: ['.'],
    http: ['.', 'data', 'v1'],
    v1: ['.', 'data', 'http'],
  },
  sync: {
    'point-read': ['.'],
    pull: ['.', 'point-read'],
  },
  vendor: {
    errors: [],
    http: ['.', 'errors', 'wire'],
    v1: ['.', 'errors', 'http', 'wire'],
    wire: [],
  },
  writes: {
    commands: ['.', 'session', 'vendor'],
    session: ['.', 'vendor'],
    vendor: ['.', 'session'],
  },
}

/** The only modules that may import a package. */
const owners = {
  undici: ['vendor'],
  bullmq: ['sync'],
  ioredis: ['sync'],
  // In `db` only the migrations and the connection code use pg. This client never reconnects, which would lose the
  // transaction and its lock.
  pg: ['sync', 'db'],
  postgres: ['db', 'embedded'],
  graphql: ['explorer', 'graph', 'planner', 'server'],
  'graphql-yoga': ['server'],
  '@pothos/core': ['graph', 'planner', 'server'],
  'pino-pretty': ['logger'],
  '@opentelemetry/api': ['tracing'],
  '@opentelemetry/sdk-trace': ['tracing'],
}

test('architecture: every module imports only the modules that its rule allows', () => {
  expect(violations(ours, rules, free)).toEqual([])
})

test('architecture: every folder of a module imports only the folders that its rule allows', () => {
  expect(roomViolations(ours, rooms)).toEqual([])
  const unused = Object.entries(rooms).flatMap(([module, rules]) =>
    Object.keys(rules).filter((room) => !ours.some(({ from }) => from.startsWith(`${module}/${room}/`))),
  )
  expect(unused).toEqual([])
})

test('architecture: no folder has more than 16 files, and no file more than 300 lines', async () => {
  const folders = new Map<string, number>()
  const long: string[] = []
  let crumbs = 0
  for (const root of ['src', 'test']) {
    for await (const path of glob(`${root}/**/*.{ts,tsx}`, { cwd: repository })) {
      if (path.includes('/generated/')) continue
      folders.set(dirname(path), (folders.get(dirname(path)) ?? 0) + 1)
      const lines = (await readFile(join(repository, path), 'utf8')).split('\n').length - 1
      if (lines > 300) long.push(path)
      if (lines < 25) crumbs += 1
    }
  }
  expect([...folders].filter(([, count]) => count > 16)).toEqual([])
  expect(long).toEqual([])
  expect(crumbs).toBeLessThanOrEqual(40)
})

test('architecture: a package with owners is imported only by them', () => {
  expect(packageViolations(imports, owners)).toEqual([])
})

test('architecture: only the commands, the demo and the simulator read the configuration', () => {
  const readers = ours.filter(({ to, typeOnly }) => to === 'config/env.ts' && !typeOnly).map(({ from }) => from)
  expect(readers.sort()).toEqual(['cli/commands.ts', 'cli/demo/run-demo.ts', 'cli/simulator.ts'])
})

test('architecture: only the demo and the simulator command import the simulator', () => {
  const users = ours.filter(({ from, to }) => moduleOf(to) === 'simulator' && moduleOf(from) !== 'simulator')
  expect([...new Set(users.map(({ from }) => from))].sort()).toEqual(['cli/demo/run-demo.ts', 'cli/simulator.ts'])
})

test('architecture: there is no import cycle between files or modules', () => {
  expect(findCycle(ours)).toBeUndefined()
  const between = ours
    .map(({ from, to }) => ({ from: moduleOf(from), to: moduleOf(to) }))
    .filter(({ from, to }) => from !== to)
  expect(findCycle(between)).toBeUndefined()
})

test('architecture: the import parser finds all imports of a file', async () => {
  const text = await readFile(join(source, 'app.ts'), 'utf8')
  expect(importsOf('app.ts', text).length).toBe(text.match(/^(import|export) .*from|^} from|\bimport\(/gm)?.length)
})

test('architecture: violations of each kind are detected', () => {
  const planted = [
    ...importsOf('mirror/x.ts', "import { sync } from '../sync/y.ts'"),
    ...importsOf(
      'graph/x.ts',
      "import type { Client } from '../vendor/client.ts'; import { t } from '../sync/tick.ts'",
    ),
    ...importsOf(
      'graph/y.ts',
      "import type { SyncService } from '../sync/sync-service.ts'; import type { L } from '../logger.ts'",
    ),
    ...importsOf('app.ts', "import { startServer } from './server/http/start-server.ts'"),
    ...importsOf('billing/x.ts', "import { sum } from './sum.ts'"),
    ...importsOf('server/x.ts', "import { serve } from '../graph/x.ts'; import '../../bench/pull.ts'; import 'bullmq'"),
  ]
  const graphMay =
    'mirror, planner, db, addresses, access, rate-limit, analysis, writes, operations, sync/point-read, sync/sync-service, webhooks, scim/writes'
  expect(violations(planted, rules, free)).toEqual([
    'mirror/x.ts imports sync/y.ts, but mirror may import only db, rate-limit, addresses',
    `graph/x.ts imports vendor/client.ts, but graph may import only ${graphMay}`,
    `graph/x.ts imports sync/tick.ts, but graph may import only ${graphMay}`,
    'app.ts imports server/http/start-server.ts, but app may import everything but main, server, cli',
    'billing has no rule: say in the table what it may import',
    'server/x.ts imports ../bench/pull.ts, which is outside the source',
  ])
  const inRooms = [
    ...importsOf(
      'writes/vendor/x.ts',
      "import { run } from '../commands/run-write.ts'; import { f } from '../failure.ts'",
    ),
    ...importsOf('writes/drafts/x.ts', "import { f } from '../failure.ts'"),
    ...importsOf('writes/x.ts', "import { run } from './commands/run-write.ts'"),
  ]
  expect(roomViolations(inRooms, rooms)).toEqual([
    'writes/vendor/x.ts imports writes/commands/run-write.ts, but in writes, vendor may import only ., session',
    'writes/drafts has no rule: say in the table which folders it may import',
  ])
  expect(packageViolations(planted, owners)).toEqual(['server/x.ts imports the package bullmq, which belongs to sync'])
})
