/** The imports that each module is allowed to have. A folder of `src` without a rule here fails the test. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  findCycle,
  importsOf,
  moduleOf,
  packageViolations,
  type Rule,
  readImports,
  violations,
} from './support/imports.ts'

const source = join(import.meta.dirname, '..', 'src')
const imports = await readImports(source)
const ours = imports.filter(({ isPackage }) => !isPackage)

/** Every module may import the types of the configuration and of the logger. */
const free = ['config', 'logger']

const rules: Record<string, Rule> = {
  essentials: { mayImport: ['address-key'] },
  db: { mayImport: [] },
  mirror: { mayImport: ['db', 'database-url', 'address-key'] },
  embedded: { mayImport: [] },
  simulator: { mayImport: [] },
  sync: { mayImport: ['essentials', 'mirror'] },
  writes: { mayImport: ['essentials', 'mirror', 'sync/read-user', 'sync/recent-writes'] },
  analysis: { mayImport: ['mirror'] },
  graph: { mayImport: ['mirror', 'analysis', 'writes', 'sync/refresh-user', 'sync/request-pull', 'sync/verbs'] },
  server: { mayImport: ['graph'] },

  config: { mayImport: ['config-access', 'database-url'] },
  'database-url': { mayImport: [] },
  'address-key': { mayImport: ['punycode'] },
  punycode: { mayImport: [] },
  'config-access': { mayImport: [] },
  logger: { mayImport: [] },
  'secret-key': { mayImport: [] },
  'embedded-database': { mayImport: ['embedded', 'mirror'] },
  context: { mayImport: 'everything', except: ['main', 'server', 'demo', 'run-process', 'run-simulator', 'run-token'] },
  'run-process': { mayImport: ['context', 'graph', 'mirror', 'server'] },
  'run-token': { mayImport: ['context', 'mirror'] },
  'run-audit': { mayImport: ['context', 'mirror'] },
  'run-simulator': { mayImport: ['simulator'] },
  demo: { mayImport: ['mirror', 'simulator', 'run-process'] },
  main: { mayImport: 'everything', except: [] },
}

/** The only modules that may import a package. */
const owners = {
  undici: ['essentials'],
  bullmq: ['sync'],
  ioredis: ['sync'],
  // In the mirror only migrate.ts and its connection code use pg. This client never reconnects, which would lose the
  // transaction and its lock.
  pg: ['sync', 'mirror'],
  postgres: ['db', 'mirror', 'embedded'],
  graphql: ['graph', 'server'],
  'graphql-yoga': ['server'],
  '@pothos/core': ['graph', 'server'],
  'pino-pretty': ['logger'],
}

test('architecture: every module imports only the modules that its rule allows', () => {
  expect(violations(ours, rules, free)).toEqual([])
})

test('architecture: a package with owners is imported only by them', () => {
  expect(packageViolations(imports, owners)).toEqual([])
})

test('architecture: only main, the demo and the simulator read the configuration', () => {
  const readers = ours.filter(({ to, typeOnly }) => to === 'config.ts' && !typeOnly).map(({ from }) => moduleOf(from))
  expect([...new Set(readers)].sort()).toEqual(['demo', 'main', 'run-simulator'])
})

test('architecture: only the demo and run-simulator import the simulator', () => {
  const users = ours.filter(({ to }) => moduleOf(to) === 'simulator').map(({ from }) => moduleOf(from))
  expect([...new Set(users)].sort()).toEqual(['demo', 'run-simulator', 'simulator'])
})

test('architecture: there is no import cycle between files or modules', () => {
  expect(findCycle(ours)).toBeUndefined()
  const between = ours
    .map(({ from, to }) => ({ from: moduleOf(from), to: moduleOf(to) }))
    .filter(({ from, to }) => from !== to)
  expect(findCycle(between)).toBeUndefined()
})

test('architecture: the import parser finds all imports of a file', async () => {
  const text = await readFile(join(source, 'context.ts'), 'utf8')
  expect(importsOf('context.ts', text).length).toBe(text.match(/^(import|export) .*from|^} from/gm)?.length)
})

test('architecture: the import parser resolves every form of import', () => {
  const text = `
    import './a.ts'
    import { b } from '../mirror/b.ts'
    import type { C } from './deep/c.ts'
    import { type D } from './d.ts'
    import { type E, e } from './e.ts'
    export { f } from './f.ts'
    export * from './g.ts'
    import { sql } from 'drizzle-orm/pg-core'
    import { h } from '@pothos/core/types'
    const i = await import('./i.ts')
    type J = import('./j.ts').J`
  const seen = importsOf('sync/x.ts', text).map(({ to, typeOnly }) => `${to}${typeOnly ? ' (types)' : ''}`)
  expect(seen.sort()).toEqual(
    [
      'sync/a.ts',
      'mirror/b.ts',
      'sync/deep/c.ts (types)',
      'sync/d.ts (types)',
      'sync/e.ts',
      'sync/f.ts',
      'sync/g.ts',
      'drizzle-orm',
      '@pothos/core',
      'sync/i.ts',
      'sync/j.ts (types)',
    ].sort(),
  )
  expect(() => importsOf('sync/x.ts', 'await import(name)')).toThrow('sync/x.ts imports what is not a literal')
})

test('architecture: violations of each kind are detected', () => {
  const planted = [
    ...importsOf('mirror/x.ts', "import { sync } from '../sync/y.ts'"),
    ...importsOf(
      'graph/x.ts',
      "import type { Client } from '../essentials/client.ts'; import { t } from '../sync/tick.ts'",
    ),
    ...importsOf(
      'graph/y.ts',
      "import type { SyncVerbs } from '../sync/verbs.ts'; import type { L } from '../logger.ts'",
    ),
    ...importsOf('context.ts', "import { startServer } from './server/start-server.ts'"),
    ...importsOf('billing/x.ts', "import { sum } from './sum.ts'"),
    ...importsOf('server/x.ts', "import { serve } from '../graph/x.ts'; import '../../bench/pull.ts'; import 'bullmq'"),
  ]
  expect(violations(planted, rules, free)).toEqual([
    'mirror/x.ts imports sync/y.ts, but mirror may import only db, database-url, address-key',
    'graph/x.ts imports essentials/client.ts, but graph may import only mirror, analysis, writes, sync/refresh-user, sync/request-pull, sync/verbs',
    'graph/x.ts imports sync/tick.ts, but graph may import only mirror, analysis, writes, sync/refresh-user, sync/request-pull, sync/verbs',
    'context.ts imports server/start-server.ts, but context may import everything but main, server, demo, run-process, run-simulator, run-token',
    'billing has no rule: say in the table what it may import',
    'server/x.ts imports ../bench/pull.ts, which is outside the source',
  ])
  expect(packageViolations(planted, owners)).toEqual(['server/x.ts imports the package bullmq, which belongs to sync'])
})

test('architecture: an import cycle is detected and reported as a path', () => {
  const edge = (from: string, to: string) => ({ from, to })
  expect(findCycle([edge('a', 'b'), edge('b', 'c'), edge('a', 'c'), edge('c', 'd')])).toBeUndefined()
  expect(findCycle([edge('a', 'b'), edge('b', 'c'), edge('c', 'd'), edge('d', 'b')])).toEqual(['b', 'c', 'd', 'b'])
  expect(findCycle([edge('a', 'a')])).toEqual(['a', 'a'])
})
