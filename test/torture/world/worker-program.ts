/**
 * The worker of the program with shorter locks of jobs: `node worker-program.ts --lock 3000 --check 1000`, in milliseconds.
 * Each kill of a worker is followed by a wait for the lock of its job and for the check that finds it, 18 s in all with the
 * usual times.
 */
import { parseArgs } from 'node:util'
import pino from 'pino'
import { runProcess } from '../../../src/cli/serve.ts'
import { readConfig } from '../../../src/config/env.ts'

const { values } = parseArgs({
  options: {
    lock: { type: 'string', default: '3000' },
    check: { type: 'string', default: '1000' },
  },
})
const queueTimes = { lockDuration: Number(values.lock), stalledInterval: Number(values.check) }

const stopping = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort())

await runProcess(
  readConfig(process.env, 'vendor'),
  pino({ level: process.env.LOG_LEVEL ?? 'error' }),
  { api: false, worker: true, queueTimes },
  stopping.signal,
)
