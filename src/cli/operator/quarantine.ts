/** `quarantine list`, `accept` and `discard`. */
import type { Sql } from '../../db/database.ts'
import { isoOf } from '../../db/timestamps.ts'
import { resolveQuarantine } from '../../mirror/pulls/resolve-quarantine.ts'
import { audited } from './organizations.ts'
import { minuteOf, OperatorUsageError, type Output, parsedFor, table } from './output.ts'

interface QuarantinedPull {
  readonly pull: number
  readonly organization: string
  readonly startedAt: string
  /** The changes were accepted, and wait for another pull to end. */
  readonly accepted: boolean
  /** Users that the pull did not show. */
  readonly missing: number
  readonly reason: string | null
}

/** Validates the arguments, and returns the command. */
export function quarantineCommand(args: readonly string[]): (sql: Sql) => Promise<Output> {
  const { positionals } = parsedFor('quarantine', args, {}, true)
  const [verb = 'list', ...ids] = positionals
  if (verb === 'list') {
    if (ids.length > 0) throw usage('"quarantine list" expects no number.')
    return list
  }
  if (verb !== 'accept' && verb !== 'discard')
    throw usage(`Unknown command "quarantine ${verb}": use list, accept or discard.`)
  const [id = ''] = ids
  if (ids.length !== 1 || !/^[1-9]\d{0,14}$/.test(id))
    throw usage(`"quarantine ${verb}" expects the number of one pull, as \`quarantine list\` shows it.`)
  return (sql) => resolve(sql, Number(id), verb)
}

async function list(sql: Sql): Promise<Output> {
  const pulls = await readQuarantined(sql)
  const rows = pulls.map((one) => [
    String(one.pull),
    one.organization,
    minuteOf(one.startedAt),
    one.accepted ? 'accepted, waits for the running pull' : 'waits for a decision',
    String(one.missing),
    one.reason ?? '',
  ])
  const head = ['PULL', 'ORGANIZATION', 'STARTED', 'STATE', 'MISSING USERS', 'REASON']
  return { json: { quarantined: pulls }, text: rows.length === 0 ? 'No pull is quarantined.\n' : table(head, rows) }
}

async function resolve(sql: Sql, pull: number, verb: 'accept' | 'discard'): Promise<Output> {
  const found = (await readQuarantined(sql)).find((one) => one.pull === pull)
  const outcome = found
    ? await audited(sql, `quarantine ${verb}`, [found.organization], () =>
        resolveQuarantine(sql, pull, verb === 'accept'),
      )
    : 'NOT_FOUND'
  if (outcome !== 'DONE' || !found) throw usage(`No quarantined pull has the number ${pull}; see \`quarantine list\`.`)
  const text =
    verb === 'accept'
      ? `The deletions of the pull ${pull} (${found.organization}) are accepted. Each missing user is read before it is deleted.\n`
      : `The pull ${pull} (${found.organization}) is discarded. Nothing is deleted.\n`
  return {
    json: { pull, organization: found.organization, outcome: verb === 'accept' ? 'ACCEPTED' : 'DISCARDED' },
    text,
  }
}

async function readQuarantined(sql: Sql): Promise<QuarantinedPull[]> {
  const rows = await sql<QuarantinedPull[]>`
    select p.id as pull, o.slug as organization, p.started_at as "startedAt", p.accepted, p.error as reason,
      (select count(*)::int from pull_candidates c where c.pull_id = p.id and not c.settled) as missing
    from pulls p join organizations o on o.id = p.organization_id and o.retired_at is null
    where p.state = 'QUARANTINED' order by o.slug, p.id`
  return rows.map((row) => ({ ...row, startedAt: isoOf(row.startedAt) }))
}

function usage(problem: string): OperatorUsageError {
  return new OperatorUsageError('quarantine', problem)
}
