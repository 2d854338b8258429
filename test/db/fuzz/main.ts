/**
 * The long run: `npm run fuzz -- [--seconds 600] [--callers 200] [--seed S]`. Prints the report, and exits with 1 if
 * anything was wrong.
 */
import { parseArgs } from 'node:util'
import { runFuzz } from './run-fuzz.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    callers: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now()) },
    'strike-ms': { type: 'string', default: '100' },
    'restart-seconds': { type: 'string', default: '60' },
  },
})
const report = await runFuzz({
  seconds: Number(values.seconds),
  callers: Number(values.callers),
  seed: values.seed,
  strikeMs: Number(values['strike-ms']),
  restartMs: Number(values['restart-seconds']) * 1_000,
})
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
const wrong = [report.foreign, report.missing, report.unexplained, report.afterwards].flat()
process.exit(wrong.length === 0 ? 0 : 1)
