import { defineConfig } from 'vitest/config'

const report = process.env.TEST_REPORT

export default defineConfig({
  // vitest would otherwise load graphql twice, once as a module and once as CommonJS, and graphql refuses types of another realm.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/postgres.ts'],
    // Most of a test's time is spent waiting for Postgres and for processes: one file at a time would leave a core idle.
    maxWorkers: 2,
    execArgv: ['--import', new URL('src/cli/quick-start.ts', import.meta.url).href],
    // Files of one worker share their modules: loading them anew took a quarter of the whole time. No test may change what others share.
    isolate: false,
    // It only ends what hangs: a program that a test starts takes seconds, and half a minute on a busy machine.
    testTimeout: 300_000,
    hookTimeout: 120_000,
    // A report for machines besides the one for people: .ci/run counts by it.
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
})
