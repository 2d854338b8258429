/** `webhook create`, `list`, `test`, `replay`, `rotate`, `enable` and `delete`: works beside a running `serve`. */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { webhookDepsOf } from '../app.ts'
import type { Config } from '../config/env.ts'
import { secretKeyOf } from '../config/secret-key.ts'
import type { Sql } from '../db/database.ts'
import { isoOf } from '../db/timestamps.ts'
import { createLogger } from '../logger.ts'
import { openWebhooks, type WebhookService } from '../webhooks/webhook-service.ts'
import {
  eventNames,
  listWebhooks,
  readDeliveries,
  WebhookError,
  type WebhookRow,
  WebhookStateError,
} from '../webhooks/webhooks.ts'
import { openSecrets } from '../writes/secrets.ts'
import { openOperatorDatabase } from './operator/open-database.ts'
import { OperatorError } from './operator/output.ts'
import { type TimeArgument, timeArgument, timeProblem, unitSeconds, withJoinedTimes } from './time-argument.ts'
import { webhookUsage } from './usage.ts'

/** The arguments of `webhook` are invalid. */
export class WebhookUsageError extends Error {
  override readonly name = 'WebhookUsageError'

  constructor(problem: string) {
    super(`${problem}\n\n${webhookUsage}`)
  }
}

interface Terminal {
  readonly stdout: { write(text: string): unknown }
}

interface Tools {
  readonly sql: Sql
  readonly webhooks: WebhookService
  readonly signal: AbortSignal
}

type Command = (tools: Tools) => Promise<string>

export async function runWebhook(
  args: readonly string[],
  config: Config,
  signal: AbortSignal,
  terminal: Terminal = process,
): Promise<void> {
  const command = commandOf(args)
  const logger = createLogger(config.logLevel, 'webhook')
  await using opened = await openOperatorDatabase(config, logger, { mayCreate: args[0] === 'create' })
  // After the database, which reports a data folder that cannot be used.
  const key = await secretKeyOf(config).catch((error: unknown) => {
    throw keyProblem(config.dataDir, error)
  })
  const { sql } = opened.database
  const webhooks = openWebhooks(webhookDepsOf(config, opened.database, key && openSecrets(key), logger))
  try {
    terminal.stdout.write(await command({ sql, webhooks, signal }))
  } catch (error) {
    if (error instanceof WebhookStateError) throw new OperatorError(error.message)
    throw error instanceof WebhookError ? new WebhookUsageError(error.message) : error
  }
}

function keyProblem(dataDir: string, error: unknown): OperatorError {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? `cannot be read or created (${String(error.code)})` : ''
  return new OperatorError(
    code === ''
      ? `${message}.`
      : `The file secret-key in DATA_DIR, ${dataDir}, ${code}: expected a folder that this user can read and write. Or set SECRET_KEY.`,
    { cause: error },
  )
}

/** Validates the arguments, and returns the command, which returns its output. */
function commandOf([verb = '', ...rest]: readonly string[]): Command {
  switch (verb) {
    case 'create':
      return createCommand(rest)
    case 'list': {
      const { json } = parsed(rest, { json: { type: 'boolean' } }).values
      return (tools) => list(tools, json === true)
    }
    case 'test': {
      const id = idOf(rest)
      return async ({ webhooks, signal }) => {
        const { status, error } = found(await webhooks.test(id, signal))
        if (error !== undefined) throw new OperatorError(`The receiver did not accept the message: ${error}.`)
        return `The receiver accepted the message with the status ${status}.\n`
      }
    }
    case 'replay': {
      const joined = withJoinedTimes(rest, ['--since'])
      const { since } = parsed(joined, { since: { type: 'string' } }, true).values
      const id = idOf(joined, { since: { type: 'string' } })
      if (since === undefined) throw new WebhookUsageError('--since is required: the time of the oldest event.')
      const from = timeArgument(since)
      if (!from) throw new WebhookUsageError(timeProblem('--since', since))
      return (tools) => replay(tools, id, from)
    }
    case 'rotate': {
      const options = { overlap: { type: 'string' }, force: { type: 'boolean' } } as const
      const { overlap = '24h', force = false } = parsed(rest, options, true).values
      const id = idOf(rest, options)
      const seconds = overlapOf(overlap)
      return async ({ webhooks }) => {
        const secret = found(await webhooks.rotate(id, { overlapSeconds: seconds, force }))
        return `The webhook ${id} has a new signing secret. Messages are signed with the old one, too, for ${overlap}. It is shown only once:\n\n${secret}\n`
      }
    }
    case 'enable': {
      const id = idOf(rest)
      return async ({ webhooks }) => {
        found(await webhooks.enable(id))
        return `The webhook ${id} is enabled. It continues where it stopped.\n`
      }
    }
    case 'delete': {
      const id = idOf(rest)
      return async ({ webhooks }) => {
        found(await webhooks.remove(id))
        return `The webhook ${id} was deleted.\n`
      }
    }
    default:
      throw new WebhookUsageError(
        `Unknown command "webhook ${verb}": use create, list, test, replay, rotate, enable or delete.`,
      )
  }
}

function createCommand(args: string[]): Command {
  const { url, events, organization } = parsed(args, {
    url: { type: 'string' },
    events: { type: 'string' },
    organization: { type: 'string' },
  }).values
  if (url === undefined) throw new WebhookUsageError('--url is required: the URL of the receiver.')
  if (events === undefined)
    throw new WebhookUsageError(`--events is required: all, or one or more of ${eventNames.join(', ')}.`)
  return async ({ sql, webhooks }) => {
    const { id, secret } = await webhooks.create({
      organizationId: organization === undefined ? null : await organizationIdOf(sql, organization),
      url,
      events: events === 'all' ? eventNames : events.split(',').map((event) => event.trim()),
      createdBy: 'command line',
    })
    return `The webhook ${id} receives the events of ${organization ?? 'all organizations'}. Its signing secret is shown only once:\n\n${secret}\n`
  }
}

async function organizationIdOf(sql: Sql, slug: string): Promise<number> {
  const known = await sql<{ id: number; slug: string }[]>`
    select id, slug from organizations where retired_at is null order by slug`
  const organization = known.find((one) => one.slug === slug)
  if (organization) return organization.id
  const slugs = known.map((one) => one.slug).join(', ') || 'none yet'
  throw new WebhookUsageError(`No organization "${slug}" is mirrored; mirrored: ${slugs}.`)
}

async function list({ sql }: Tools, json: boolean): Promise<string> {
  const webhooks = await listWebhooks(sql, null)
  const deliveries = await readDeliveries(
    sql,
    webhooks.map(({ id }) => id),
    1,
  )
  const lastOf = ({ id }: WebhookRow) => deliveries.find(({ webhookId }) => webhookId === id)
  if (json)
    return `${JSON.stringify(
      { webhooks: webhooks.map((one) => ({ ...one, lastDelivery: lastOf(one) ?? null })) },
      null,
      2,
    )}\n`
  const lines = webhooks.map((one) => {
    const last = lastOf(one)
    const result = last ? `${last.at.slice(0, 16)} ${last.error ?? last.status}` : 'never'
    const where = one.organization ?? 'all'
    return [String(one.id), one.state.toLowerCase(), where, result, one.url, one.events.join(',')]
  })
  const table = [['ID', 'STATE', 'ORGANIZATION', 'LAST DELIVERY', 'URL', 'EVENTS'], ...lines]
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? []
  return table
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

async function replay({ sql, webhooks }: Tools, id: number, from: TimeArgument): Promise<string> {
  const [row] = await sql<{ since: string }[]>`
    select coalesce(${'at' in from ? from.at : null}::timestamptz,
      clock_timestamp() - ${'at' in from ? 0 : from.secondsAgo} * interval '1 second') as since`
  const replayed = found(await webhooks.replay(id, isoOf(row?.since ?? '')))
  const lines = [
    replayed.isClipped && `The oldest event that is kept is of ${replayed.since}.`,
    replayed.isDisabled
      ? `The webhook ${id} is disabled, and sends nothing until \`npm run webhook -- enable ${id}\`. Then it sends all events since ${replayed.since} again.`
      : `The webhook ${id} sends all events since ${replayed.since} again.`,
  ]
  return lines.map((line) => (line === false ? '' : `${line}\n`)).join('')
}

function parsed<const Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
  allowPositionals = false,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals })
  } catch (error) {
    throw new WebhookUsageError(error instanceof Error ? error.message : String(error))
  }
}

function idOf(args: readonly string[], options: NonNullable<ParseArgsConfig['options']> = {}): number {
  const { positionals } = parsed(args, options, true)
  const [id = ''] = positionals
  if (positionals.length === 1 && /^[1-9]\d{0,14}$/.test(id)) return Number(id)
  throw new WebhookUsageError('Expected the number of one webhook, as `webhook list` shows it.')
}

function overlapOf(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  const seconds = text === '0' ? 0 : Number(count) * (unitSeconds[unit] ?? Number.NaN)
  if (seconds >= 0 && seconds <= 30 * 86_400) return seconds
  throw new WebhookUsageError(`--overlap is "${text}", but must be minutes, hours or days: 30m, 24h, 7d; or 0.`)
}

function found<T>(result: T | undefined | false): T {
  if (result !== undefined && result !== false) return result
  throw new WebhookUsageError('There is no webhook with this number.')
}
