/**
 * `audit`: writes the audit rows to stdout, one JSON object per line. Needs only the database, and works beside a
 * running `serve`.
 */
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { readAudit } from '../access/audit-rows.ts'
import type { Config } from '../config/env.ts'
import type { Sql } from '../db/database.ts'
import { isoOf } from '../db/timestamps.ts'
import { createLogger } from '../logger.ts'
import { openOperatorDatabase } from './operator/open-database.ts'
import { type TimeArgument, timeArgument, timeProblem, withJoinedTimes } from './time-argument.ts'
import { auditUsage } from './usage.ts'

/** The arguments of `audit` are invalid. */
export class AuditUsageError extends Error {
  override readonly name = 'AuditUsageError'

  constructor(problem: string) {
    super(`${problem}\n\n${auditUsage}`)
  }
}

/** The export did not complete. */
export class AuditInterruptedError extends Error {
  override readonly name = 'AuditInterruptedError'

  constructor() {
    super('The export was interrupted. The output is incomplete; run the export again.')
  }
}

export async function runAudit(
  args: readonly string[],
  config: Config,
  output: Writable,
  signal: AbortSignal,
): Promise<void> {
  const asked = boundsOf(args)
  await using opened = await openOperatorDatabase(config, createLogger(config.logLevel, 'audit'))
  const { sql } = opened.database
  const { since, until } = await resolved(sql, asked)
  if (since > until) throw new AuditUsageError(`--since is ${since}, which is after --until, ${until}.`)
  try {
    await pipeline(Readable.from(linesOf(sql, since, until)), output, { end: false, signal })
  } catch (error) {
    if (signal.aborted) throw new AuditInterruptedError()
    // The reader has enough output, as with `| head`.
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return
    throw error
  }
}

async function* linesOf(sql: Sql, since: string, until: string): AsyncGenerator<string> {
  for await (const rows of readAudit(sql, since, until)) yield rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}

function boundsOf(args: readonly string[]): { since: TimeArgument; until: TimeArgument } {
  const { since, until } = optionsOf(args)
  if (since === undefined) throw new AuditUsageError('--since is required: the time of the oldest row.')
  return {
    since: boundOf('--since', since),
    until: until === undefined ? { secondsAgo: 0 } : boundOf('--until', until),
  }
}

function optionsOf(args: readonly string[]) {
  const joined = withJoinedTimes(args, ['--since', '--until'])
  try {
    const options = { since: { type: 'string' }, until: { type: 'string' } } as const
    return parseArgs({ args: joined, options }).values
  } catch (error) {
    throw new AuditUsageError(error instanceof Error ? error.message : String(error))
  }
}

function boundOf(option: string, text: string): TimeArgument {
  const bound = timeArgument(text)
  if (!bound) throw new AuditUsageError(timeProblem(option, text))
  return bound
}

/** Both by the database's clock, which the rows also use. */
async function resolved(sql: Sql, { since, until }: { since: TimeArgument; until: TimeArgument }) {
  const atOf = (bound: TimeArgument) => ('at' in bound ? bound.at : null)
  const secondsOf = (bound: TimeArgument) => ('at' in bound ? 0 : bound.secondsAgo)
  const [row] = await sql<{ since: string; until: string }[]>`
    select coalesce(${atOf(since)}::timestamptz, now() - ${secondsOf(since)} * interval '1 second') as since,
      coalesce(${atOf(until)}::timestamptz, now() - ${secondsOf(until)} * interval '1 second') as until`
  return { since: isoOf(row?.since ?? ''), until: isoOf(row?.until ?? '') }
}
