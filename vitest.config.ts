// The process that starts Postgres for the tests loads the program's modules, too: without this it parses drizzle's package.json for each.
import './src/cli/quick-start.js'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** A report for machines besides the one for people: .ci/run counts by it. */
const report = process.env.TEST_REPORT

/** Tests that need no Postgres and no process: all of them take a few seconds. A new test that is not listed runs in `integration`. */
const unit = [
  'test/*.test.ts',
  'test/{config,explorer/logic,simulator,vendor}/**/*.test.ts',
  'test/db/{fair-queue,pulse,turns}.test.ts',
  'test/graph/{failures,pace-lists}.test.ts',
  'test/mirror/{account-creation,coalesce-reads,list-rounds}.test.ts',
  'test/operations/wait-after.test.ts',
  'test/scim/protocol/{filter,patch}.test.ts',
  'test/organizations/watch-files.test.ts',
  'test/server/{client-address,describe-error,errors,explorer,http,lifecycle}.test.ts',
  'test/server/auth/{authenticate,jwt,provider-tokens,token-command}.test.ts',
  'test/server/limits/{document-cache,documented-cost,operation-cost,unread-answers}.test.ts',
  'test/sync/{throttled-error-log,work-watcher}.test.ts',
  'test/tracing/tracing.test.ts',
  'test/webhooks/{address-policy,document,send-message,tls}.test.ts',
  'test/writes/{carried,secrets,version,odd-vendors/{read-only,settle}}.test.ts',
]

/** Random schedules and models, kills, whole programs, gateways, upgrades, waits in real time, and matrices of every fault. */
const slow = [
  'test/{embedded,migrations,program,reference,torture}/**/*.test.ts',
  'test/explorer/*.test.ts',
  'test/analysis/{findings-model,model,settled-moments}.test.ts',
  'test/db/{fuzz,lost-connections}.test.ts',
  'test/federation/supergraph.test.ts',
  'test/graph/{access-paths,count-cache}.test.ts',
  'test/graph/change/feed-windows.test.ts',
  'test/organizations/{lock-order,many-children}.test.ts',
  'test/operations/{email-change-faults,kills,odd-vendor,passwords,soak}.test.ts',
  'test/rate-limit/allowance{,-callers,-shares}.test.ts',
  'test/scim/{sequences,first-load}.test.ts',
  'test/sync/{point-reads,pull,vendor-oddities}.test.ts',
  'test/sync/lists/{cut-lists,odd-users}.test.ts',
  'test/webhooks/soak.test.ts',
  'test/writes/{faults,kills/*}.test.ts',
]

/** They start first: otherwise one worker still runs one of them after the others have ended. */
const longest =
  /test\/(explorer\/explorer|torture\/(torture|processes)|operations\/(kills|email-change-faults)|program\/image)\.test\.ts$/

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification) => longest.test(moduleId)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

const jsonReport: ['json', { outputFile: string }][] = report ? [['json', { outputFile: report }]] : []
const all = 'test/**/*.test.ts'
const withPostgres = { globalSetup: ['test/support/postgres.ts'] }

export default defineConfig({
  // vitest would otherwise load graphql twice, once as a module and once as CommonJS, and graphql refuses types of another realm.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: unit } },
      { extends: true, test: { name: 'integration', include: [all], exclude: [...unit, ...slow], ...withPostgres } },
      { extends: true, test: { name: 'slow', include: slow, ...withPostgres } },
    ],
    // Of a test's time about half is spent waiting for Postgres and for processes, so that three files keep two cores busy.
    maxWorkers: 3,
    execArgv: ['--import', new URL('src/cli/quick-start.js', import.meta.url).href],
    // Files of one worker share their modules: loading them anew took a quarter of the whole time. No test may change what others share.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // It only ends what hangs: a program that a test starts takes seconds, and half a minute on a busy machine.
    testTimeout: 300_000,
    hookTimeout: 120_000,
    reporters: ['default', './test/support/progress-reporter.ts', ...jsonReport],
  },
})
