import { createRequire } from 'node:module'
import { type DestinationStream, destination, type Logger, levels, pino } from 'pino'
import type { PrettyOptions, PrettyStream } from 'pino-pretty'
import type { LogLevel } from './config/env.ts'

/** JSON lines on stderr; one readable line per event if stderr is a terminal. `name`: what the process runs. */
export function createLogger(level: LogLevel, name: string): Logger {
  const options = { level, name, base: { pid: process.pid } }
  if (!process.stderr.isTTY) return pino(options, linesTogether())
  // Loaded only for a terminal, because it slows the start.
  const pretty: (options: PrettyOptions) => PrettyStream = createRequire(import.meta.url)('pino-pretty')
  const style = { ignore: 'pid,hostname', translateTime: 'HH:MM:ss', singleLine: true }
  return pino(options, pretty({ destination: 2, sync: true, ...style }))
}

const mostCharacters = 8_192
const latestMs = 20
const warning = levels.values.warn ?? 40

/**
 * Writes lines together, because each write costs as much as a tenth of a short request: at most `latestMs` milliseconds
 * later, and warnings and errors immediately, after the lines before them.
 */
function linesTogether(): DestinationStream {
  const lines = destination({ dest: 2, sync: true, minLength: mostCharacters })
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    // Unlike `flushSync`, it does not wait for the disk.
    lines.flush()
  }
  process.on('exit', flush)
  return {
    // With this key, pino sets the level of the line.
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    write(line: string) {
      lines.write(line)
      if (this.lastLevel >= warning) flush()
      else timer ??= setTimeout(flush, latestMs)
    },
  } as DestinationStream & { lastLevel: number }
}
