/** `status`: what runs, how current each organization is, and what waits for a person. */
import type { Sql } from '../../db/database.ts'
import { programSessions } from '../../db/sessions.ts'
import { readOrganizationStates } from '../../mirror/read-organizations.ts'
import { shown, stateOf } from './organizations.ts'
import { counted, minuteOf, noWorker, type Output, parsedFor, table } from './output.ts'

interface Totals {
  readonly users: number
  readonly groups: number
  readonly findings: number
  readonly webhooksFailing: number
  readonly sessions: number
  readonly workers: number
}

export function statusCommand(args: readonly string[]): (sql: Sql) => Promise<Output> {
  parsedFor('status', args, {})
  return async (sql) => {
    const organizations = await readOrganizationStates(sql)
    const counts = await readCounts(sql)
    const totals = await readTotals(sql)
    const usersOf = (id: number) => counts.find((one) => one.id === id)?.users ?? 0
    const rows = organizations.map((one) => [
      one.slug,
      stateOf(one),
      String(usersOf(one.id)),
      minuteOf(one.completeAsOf, 'never'),
      one.pausedAt !== null ? '–' : minuteOf(one.nextPullAt),
      one.allowance ? `${one.allowance.used} of ${one.allowance.limit}` : '–',
      String(one.operations),
      String(one.quarantines),
    ])
    const problems = organizations.flatMap(({ slug, problem }) => (problem === null ? [] : [`${slug}: ${problem}\n`]))
    const head = ['SLUG', 'STATE', 'USERS', 'COMPLETE AS OF', 'NEXT PULL', 'REQUESTS', 'OPERATIONS', 'QUARANTINES']
    const { users, groups, findings, webhooksFailing, sessions, workers } = totals
    const text = [
      table(head, rows),
      ...(problems.length > 0 ? ['\n', ...problems] : []),
      `\n${counted(users, 'user')} and ${counted(groups, 'group')}; ${counted(findings, 'open finding')}; ${counted(webhooksFailing, 'webhook')} failing or disabled; ${counted(sessions, 'database session')} of the program\n`,
      ...(workers > 0 ? [] : [`${noWorker}\n`]),
    ].join('')
    const listed = organizations.map((one) => ({ ...shown(one), users: usersOf(one.id) }))
    return { json: { organizations: listed, ...totals }, text }
  }
}

async function readCounts(sql: Sql) {
  return await sql<{ id: number; users: number }[]>`
    select organization_id as id, count(*)::int as users from users where deleted_at is null group by organization_id`
}

async function readTotals(sql: Sql): Promise<Totals> {
  const [row] = await sql<[Totals]>`
    with o as materialized (select id from organizations where retired_at is null)
    select (select count(*)::int from users where deleted_at is null and organization_id in (select id from o)) as users,
      (select count(*)::int from groups where deleted_at is null and organization_id in (select id from o)) as groups,
      (select count(*)::int from findings where resolved_at is null and organization_id in (select id from o)) as findings,
      (select count(distinct w.id)::int from webhooks w left join webhook_cursors c on c.webhook_id = w.id
        where w.disabled_at is not null or c.failing_since is not null) as "webhooksFailing",
      s.sessions, s.workers from ${programSessions(sql)} as s`
  return row
}
