/** `organizations`, `quarantine`, `queue`, `operations` and `status`: they need the database, and work beside a server. */
import type { Config } from '../../config/env.ts'
import type { Database } from '../../db/database.ts'
import { createLogger } from '../../logger.ts'
import { openOperatorDatabase } from './open-database.ts'
import { operationsCommand } from './operations.ts'
import { organizationsCommand } from './organizations.ts'
import type { Output } from './output.ts'
import { quarantineCommand } from './quarantine.ts'
import { queueCommand } from './queue.ts'
import { statusCommand } from './status.ts'

export type OperatorCommand = 'organizations' | 'quarantine' | 'queue' | 'operations' | 'status'

interface Terminal {
  readonly stdout: { write(text: string): unknown }
}

export async function runOperatorCommand(
  command: OperatorCommand,
  args: readonly string[],
  config: Config,
  terminal: Terminal = process,
): Promise<void> {
  const isJson = args.includes('--json')
  const run = commandOf(
    command,
    args.filter((word) => word !== '--json'),
  )
  await using opened = await openOperatorDatabase(config, createLogger(config.logLevel, command))
  const { json, text } = await run(opened.database, config)
  terminal.stdout.write(isJson ? `${JSON.stringify(json, null, 2)}\n` : text)
}

/** Validates the arguments, and returns the command. */
function commandOf(
  command: OperatorCommand,
  args: readonly string[],
): (database: Database, config: Config) => Promise<Output> {
  if (command === 'queue') return queueCommand(args)
  const onSql = {
    organizations: organizationsCommand,
    quarantine: quarantineCommand,
    operations: operationsCommand,
    status: statusCommand,
  }
  const run = onSql[command](args)
  return ({ sql }) => run(sql)
}
