/**
 * Reads vitest's JSON report and prints `PASSED FAILED SKIPPED`; names each test that failed or was skipped on stderr.
 *
 *   node count-tests.mjs REPORT EXIT_STATUS_OF_VITEST
 *
 * A file that failed without a failed test (it could not be loaded, or a hook of its broke) counts as one failure; so does a run that
 * failed for a reason of its own, such as an error that nobody caught, and one without a single test.
 */
import { readFileSync } from 'node:fs'

const [path, status] = process.argv.slice(2)
const files = JSON.parse(readFileSync(path, 'utf8')).testResults
const tests = files.flatMap((file) => file.assertionResults)
const count = (...statuses) => tests.filter((test) => statuses.includes(test.status)).length

const passed = count('passed')
const skipped = tests.filter((test) => !['passed', 'failed'].includes(test.status))
const brokenFiles = files.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
)
let failed = count('failed') + brokenFiles.length
if (failed === 0 && (status !== '0' || passed === 0)) {
  failed = 1
  process.stderr.write(`failed: ${passed} tests passed, but the run ended with status ${status}\n`)
}

/** The first lines of the message only: the whole is in the output of the run. */
const reason = (messages) => (messages[0] ?? '').split('\n').slice(0, 12).join('\n    ')
for (const { name, message } of brokenFiles) process.stderr.write(`failed: ${name}\n    ${reason([message])}\n`)
for (const test of tests.filter(({ status }) => status === 'failed'))
  process.stderr.write(`failed: ${test.fullName}\n    ${reason(test.failureMessages)}\n`)
for (const test of skipped) process.stderr.write(`skipped: ${test.fullName}\n`)
process.stdout.write(`${passed} ${failed} ${skipped.length}\n`)
