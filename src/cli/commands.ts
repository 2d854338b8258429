/** What each command runs. The configuration is checked before the parts of the program are loaded. */
import type { Logger } from 'pino'
import { type Config, ConfigError, readConfig } from '../config/env.ts'
import { createLogger } from '../logger.ts'
import type { Command } from './usage.ts'

/** Runs a command until it ends or the signal fires. */
export async function runCommand(command: Command, args: readonly string[], signal: AbortSignal): Promise<void> {
  switch (command) {
    case 'serve':
      return await serve({ api: true, worker: true }, command, signal)
    case 'api':
      return await serve({ api: true, worker: false }, command, signal)
    case 'worker':
      return await serve({ api: false, worker: true }, command, signal)
    case 'migrate': {
      const { config, logger } = configured('database', command)
      const { openMigratedDatabase } = await import('../app.ts')
      await using _opened = await openMigratedDatabase(config, logger, { mayJoin: true })
      process.stdout.write('The database is up to date.\n')
      return
    }
    case 'token': {
      const { config } = configured('database', command)
      const { runToken } = await import('./token.ts')
      return await runToken(args, config)
    }
    case 'audit': {
      const { config } = configured('database', command)
      const { runAudit } = await import('./audit.ts')
      return await runAudit(args, config, process.stdout, signal)
    }
    case 'webhook': {
      const { config } = configured('database', command)
      const { runWebhook } = await import('./webhook.ts')
      return await runWebhook(args, config, signal)
    }
    case 'simulator': {
      const { runSimulator } = await import('./simulator.ts')
      return await runSimulator(process.env, signal)
    }
    case 'demo': {
      const { runDemo } = await import('./demo/run-demo.ts')
      return await runDemo(args, process.env, signal)
    }
  }
}

async function serve(parts: { api: boolean; worker: boolean }, command: Command, signal: AbortSignal): Promise<void> {
  const { config, logger } = configured('vendor', command)
  const { runProcess } = await import('./serve.ts')
  await runProcess(config, logger, parts, signal)
}

function configured(
  scope: 'database' | 'vendor',
  command: Command,
): { readonly config: Config; readonly logger: Logger } {
  const config = readConfig(process.env, scope)
  const logger = createLogger(config.logLevel, command)
  for (const warning of config.warnings) logger.warn(warning)
  return { config, logger }
}

/** The lines that explain to the operator why the command failed. */
export async function explain(error: unknown): Promise<string> {
  if (error instanceof ConfigError) {
    return [...error.problems, ...error.warnings.map((warning) => `Warning: ${warning}`)].join('\n')
  }
  const { explainError } = await import('./explain-error.ts')
  return explainError(error)
}
