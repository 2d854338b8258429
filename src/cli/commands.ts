/** What each command runs. The configuration is checked before the parts of the program are loaded. */
import type { Logger } from 'pino'
import { type Config, ConfigError, readConfig } from '../config/env.ts'
import { namesOrganization } from '../config/organization-rules.ts'
import { createLogger } from '../logger.ts'
import { demoFolders, demoNetworks } from './demo/demo-arguments.ts'
import type { Diagnosis } from './doctor/run-doctor.ts'
import type { Command } from './usage.ts'

/** What SIGHUP does: it stops the command, unless the command replaces `handle`. */
export interface Hangup {
  handle: () => void
}

/** Runs a command until it ends or the signal fires. Sets the exit code if it is not 0. */
export async function runCommand(
  command: Command,
  args: readonly string[],
  signal: AbortSignal,
  hangup: Hangup,
): Promise<void> {
  switch (command) {
    case 'serve':
      return await serve({ api: true, worker: true }, command, signal, hangup)
    case 'api':
      return await serve({ api: true, worker: false }, command, signal, hangup)
    case 'worker':
      return await serve({ api: false, worker: true }, command, signal, hangup)
    case 'migrate': {
      const { config, logger } = configured('database', command)
      const { openMigratedDatabase } = await import('../app.ts')
      await using _opened = await openMigratedDatabase(config, logger, { mayJoin: true })
      process.stdout.write('The database is up to date.\n')
      return
    }
    case 'token': {
      const { config } = configured('database', command, await withDemo(process.env))
      const { runToken } = await import('./token.ts')
      return await runToken(args, config)
    }
    case 'audit': {
      const { config } = configured('database', command, await withDemo(process.env))
      const { runAudit } = await import('./audit.ts')
      return await runAudit(args, config, process.stdout, signal)
    }
    case 'webhook': {
      const { config } = configured('database', command, await withDemo(process.env))
      const { runWebhook } = await import('./webhook.ts')
      return await runWebhook(args, config, signal)
    }
    case 'doctor': {
      const { runDoctor } = await import('./doctor/run-doctor.ts')
      process.exitCode = await runDoctor(args, diagnosed(await withDemo(process.env)))
      return
    }
    case 'organizations':
    case 'quarantine':
    case 'queue':
    case 'operations':
    case 'status': {
      const { runOperatorCommand } = await import('./operator/run-operator-command.ts')
      const { config } = configured('database', command, await withDemo(process.env))
      return await runOperatorCommand(command, args, config)
    }
    case 'record': {
      const { config } = configured('vendor', command)
      const { runRecord } = await import('./record/run-record.ts')
      const files = await runRecord(args, config, new Date())
      process.stdout.write(`${files.join('\n')}\nLook through these files before you send them to anybody.\n`)
      return
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

async function serve(
  parts: { api: boolean; worker: boolean },
  command: Command,
  signal: AbortSignal,
  hangup: Hangup,
): Promise<void> {
  const { config, logger } = configured('vendor', command)
  // Until the process runs there is nothing to read again: it has just read its files.
  if (config.organizationFiles) hangup.handle = () => {}
  const { runProcess } = await import('./serve.ts')
  await runProcess(config, logger, parts, signal, ({ context }) => {
    if (context.rereadOrganizations) hangup.handle = context.rereadOrganizations
  })
}

type Environment = Readonly<Record<string, string | undefined>>

function configured(
  scope: 'database' | 'vendor',
  command: Command,
  environment: Environment = process.env,
): { readonly config: Config; readonly logger: Logger } {
  const config = readConfig(environment, scope)
  const logger = createLogger(config.logLevel, command)
  for (const warning of config.warnings) logger.warn(warning)
  return { config, logger }
}

/** Reads as much of the configuration as is valid. */
export function diagnosed(environment: Environment): Diagnosis {
  const hasCredentials = namesOrganization(environment)
  const whole = attempted(environment, hasCredentials ? 'vendor' : 'database')
  if (!(whole instanceof ConfigError))
    return { config: whole, problems: [], warnings: whole.warnings, hasCredentials, unread: [] }
  const { problems, warnings, unread } = whole
  // Without DATABASE_URL, another database would be checked.
  const left = unread.includes('DATABASE_URL') ? environment : without(environment, unread)
  const read = (['vendor', 'database'] as const)
    .filter((scope) => hasCredentials || scope === 'database')
    .map((scope) => attempted(left, scope))
    .find((one) => !(one instanceof ConfigError))
  return { config: read instanceof ConfigError ? undefined : read, problems, warnings, hasCredentials, unread }
}

/** Without the secrets of these names. */
function without(environment: Environment, names: readonly string[]): Environment {
  const left = { ...environment }
  for (const name of names) {
    delete left[name]
    delete left[`${name}_FILE`]
  }
  return left
}

function attempted(environment: Environment, scope: 'database' | 'vendor'): Config | ConfigError {
  try {
    return readConfig(environment, scope)
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
}

/** If no database is configured and the default folder has none, commands beside a server use that of a running demo. */
async function withDemo(environment: Environment): Promise<Environment> {
  const isSet = ['DATABASE_URL', 'DATABASE_URL_FILE', 'DATA_DIR'].some((name) => environment[name]?.trim())
  if (isSet) return environment
  const { findRunningPostgres } = await import('../embedded/embedded-postgres.ts')
  if ((await findRunningPostgres('.data')) !== 'NO_DATABASE') return environment
  const states = await Promise.all(
    Object.values(demoFolders).map(async (folder) => ({ folder, state: await findRunningPostgres(folder) })),
  )
  const folder = states.find(({ state }) => state === 'RUNNING')?.folder
  if (folder === undefined) return environment
  process.stderr.write(`Using the database of the demo that runs, ${folder}: DATA_DIR and DATABASE_URL are not set.\n`)
  const { WEBHOOK_ALLOWED_NETWORKS } = environment
  return {
    ...environment,
    DATA_DIR: folder,
    WEBHOOK_ALLOWED_NETWORKS: WEBHOOK_ALLOWED_NETWORKS?.trim() ? WEBHOOK_ALLOWED_NETWORKS : demoNetworks,
  }
}

/** The lines that explain to the operator why the command failed. */
export async function explain(error: unknown): Promise<string> {
  if (error instanceof ConfigError) {
    return [...error.problems, ...error.warnings.map((warning) => `Warning: ${warning}`)].join('\n')
  }
  const { explainError } = await import('./explain-error.ts')
  return explainError(error)
}
