import { createRequire } from 'node:module'
import { destination, type Logger, pino } from 'pino'
import type { PrettyOptions, PrettyStream } from 'pino-pretty'
import type { LogLevel } from './config/env.ts'

/** JSON lines on stderr; one readable line per event if stderr is a terminal. `name`: what the process runs. */
export function createLogger(level: LogLevel, name: string): Logger {
  const options = { level, name, base: { pid: process.pid } }
  if (!process.stderr.isTTY) return pino(options, destination({ dest: 2, sync: true }))
  // Loaded only for a terminal, because it slows the start.
  const pretty: (options: PrettyOptions) => PrettyStream = createRequire(import.meta.url)('pino-pretty')
  const style = { ignore: 'pid,hostname', translateTime: 'HH:MM:ss', singleLine: true }
  return pino(options, pretty({ destination: 2, sync: true, ...style }))
}
