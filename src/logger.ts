import { destination, type Logger, pino } from 'pino'
import pretty from 'pino-pretty'
import type { LogLevel } from './config/env.ts'

/** JSON lines on stderr; human-readable if stderr is a terminal. */
export function createLogger(level: LogLevel): Logger {
  const stream = process.stderr.isTTY
    ? pretty({ destination: 2, sync: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' })
    : destination({ dest: 2, sync: true })
  return pino({ level, base: { pid: process.pid } }, stream)
}
