#!/usr/bin/env node
/** One program: serve, api, worker, migrate, token, audit, simulator, demo. */
import type { Logger } from 'pino'
import { openMigratedDatabase } from './app.ts'
import { AuditInterruptedError, AuditUsageError, runAudit } from './cli/audit.ts'
import { runDemo } from './cli/demo/run-demo.ts'
import { runProcess } from './cli/serve.ts'
import { runSimulator } from './cli/simulator.ts'
import { runToken, TokenUsageError } from './cli/token.ts'
import { ConfigError, readConfig } from './config/env.ts'
import { TooManyConnectionsError } from './db/connection/connection-budget.ts'
import { CannotMigrate, DatabaseUnusable } from './db/database-errors.ts'
import { EmbeddedPostgresFailed, EmbeddedPostgresInUse, EmbeddedPostgresUnavailable } from './embedded/errors.ts'
import { createLogger } from './logger.ts'
import { CannotListen } from './server/http/listen.ts'

const commands = {
  serve: 'the API and the worker in one process (the default)',
  api: 'the API only',
  worker: 'the worker only: pulls, point reads and multi-step operations',
  migrate: 'migrates the database to this version and exits',
  token: 'manages API tokens: create, list, rotate, revoke',
  audit: 'prints the audit as JSON lines: --since TIME [--until TIME]',
  simulator: 'a mock Proofpoint Essentials API for local development',
  demo: 'everything on this machine, with the simulator as the vendor',
} as const
type Command = keyof typeof commands

const usage = `Usage: node src/main.ts [COMMAND]

${Object.entries(commands)
  .map(([name, what]) => `  ${name.padEnd(10)} ${what}`)
  .join('\n')}

Configured by environment variables: see docs/operations.md.
`

async function main(command: Command, args: readonly string[], signal: AbortSignal): Promise<void> {
  switch (command) {
    case 'serve':
      return await withVendor((config, logger) => runProcess(config, logger, { api: true, worker: true }, signal))
    case 'api':
      return await withVendor((config, logger) => runProcess(config, logger, { api: true, worker: false }, signal))
    case 'worker':
      return await withVendor((config, logger) => runProcess(config, logger, { api: false, worker: true }, signal))
    case 'migrate': {
      const config = readConfig(process.env, 'database')
      await using _opened = await openMigratedDatabase(config, createLogger(config.logLevel), { mayJoin: true })
      process.stdout.write('The database is up to date.\n')
      return
    }
    case 'token':
      return await runToken(args, readConfig(process.env, 'database'))
    case 'audit':
      return await runAudit(args, readConfig(process.env, 'database'), process.stdout, signal)
    case 'simulator':
      return await runSimulator(process.env, signal)
    case 'demo':
      return await runDemo(process.env, signal)
  }
}

async function withVendor(
  run: (config: ReturnType<typeof readConfig>, logger: Logger) => Promise<void>,
): Promise<void> {
  const config = readConfig(process.env, 'vendor')
  await run(config, createLogger(config.logLevel))
}

const plain = [
  AuditInterruptedError,
  AuditUsageError,
  CannotListen,
  CannotMigrate,
  DatabaseUnusable,
  EmbeddedPostgresFailed,
  EmbeddedPostgresInUse,
  EmbeddedPostgresUnavailable,
  TooManyConnectionsError,
]

/** Errors that state the problem and the solution need no stack. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join('\n')
  if (error instanceof TokenUsageError) return error.message
  if (!(error instanceof Error)) return String(error)
  if (plain.some((kind) => error instanceof kind)) return error.message
  if ('code' in error && typeof error.code === 'string') return `${error.message || error.name} (${error.code})`
  return error.stack ?? error.message
}

const [name = 'serve', ...rest] = process.argv.slice(2)
if (['help', '--help', '-h'].includes(name)) process.stdout.write(usage)
else if (!Object.hasOwn(commands, name) || (rest.length > 0 && name !== 'token' && name !== 'audit')) {
  process.stderr.write(`Unknown command "${[name, ...rest].join(' ')}".\n\n${usage}`)
  process.exitCode = 1
} else {
  const stopping = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => stopping.abort())
  try {
    await main(name as Command, rest, stopping.signal)
    process.exit(0)
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`)
    process.exit(1)
  }
}
