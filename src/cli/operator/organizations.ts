/** `organizations list`, `pause`, `resume` and `pull`. */
import { openAudit } from '../../access/audit.ts'
import type { Sql } from '../../db/database.ts'
import { readSessions } from '../../db/sessions.ts'
import { setPaused } from '../../mirror/control-organizations.ts'
import { beginPull } from '../../mirror/pulls/pulls.ts'
import { type OrganizationState, readOrganizationStates } from '../../mirror/read-organizations.ts'
import { minuteOf, noWorker, OperatorError, OperatorUsageError, type Output, parsedFor, table } from './output.ts'

const verbs = ['list', 'pause', 'resume', 'pull'] as const

/** Validates the arguments, and returns the command. */
export function organizationsCommand(args: readonly string[]): (sql: Sql) => Promise<Output> {
  const { values, positionals } = parsedFor('organizations', args, { all: { type: 'boolean' } }, true)
  const [given = 'list', ...slugs] = positionals
  const all = values.all === true
  const verb = verbs.find((one) => one === given)
  if (verb === undefined) throw usage(`Unknown command "organizations ${given}": use list, pause, resume or pull.`)
  if (verb === 'list') {
    if (slugs.length > 0) throw usage('"organizations list" expects no slug.')
    return (sql) => list(sql, all)
  }
  if (slugs.length > 0 === all) throw usage(`"organizations ${verb}" expects one or more slugs, or --all.`)
  return async (sql) => {
    const known = await readOrganizationStates(sql)
    const unknown = slugs.filter((slug) => !known.some((one) => one.slug === slug))
    const mirrored = known.map(({ slug }) => slug).join(', ') || 'none yet'
    if (unknown.length > 0) throw usage(`No organization "${unknown.join('", "')}" is mirrored; mirrored: ${mirrored}.`)
    const chosen = known.filter(({ slug }) => all || slugs.includes(slug))
    return verb === 'pull' ? await pull(sql, chosen) : await pause(sql, chosen, verb === 'pause')
  }
}

async function list(sql: Sql, all: boolean): Promise<Output> {
  const organizations = await readOrganizationStates(sql, { all })
  const rows = organizations.map((one) => [
    one.slug,
    stateOf(one),
    minuteOf(one.completeAsOf, 'never'),
    one.pausedAt !== null || one.state === 'RETIRED' ? '–' : minuteOf(one.nextPullAt),
    one.problem ?? '',
  ])
  return {
    json: { organizations: organizations.map(shown) },
    text: table(['SLUG', 'STATE', 'COMPLETE AS OF', 'NEXT PULL', 'PROBLEM'], rows),
  }
}

/** The state of the mirror, and what an operator or the configuration changed about it. */
export function stateOf({ state, pausedAt, isRetiring, pullRunning }: OrganizationState): string {
  const more = [
    ...(pausedAt === null ? [] : ['paused']),
    ...(isRetiring ? ['retiring'] : []),
    ...(pullRunning && pausedAt === null && !isRetiring && state !== 'RETIRED' ? ['pulling'] : []),
  ]
  return [state.toLowerCase(), ...more].join(', ')
}

/** Without what is of use to the program only. */
export function shown({ id: _id, allowanceKey: _key, ...organization }: OrganizationState) {
  return organization
}

async function pause(sql: Sql, chosen: readonly OrganizationState[], isPause: boolean): Promise<Output> {
  const verb = isPause ? 'pause' : 'resume'
  const slugs = chosen.map(({ slug }) => slug)
  const changed = await audited(sql, verb, slugs, () => setPaused(sql, slugs, isPause))
  const lines = slugs.map((slug) => {
    if (!changed.includes(slug)) return `${slug} is ${isPause ? 'already paused' : 'not paused'}.\n`
    return isPause
      ? `${slug} is paused: no pull starts, and the running one rests. Writes and operations continue.\n`
      : `${slug} is pulled again.\n`
  })
  return { json: { [isPause ? 'paused' : 'resumed']: changed }, text: lines.join('') }
}

async function pull(sql: Sql, chosen: readonly OrganizationState[]): Promise<Output> {
  const resting = chosen.filter(({ pausedAt, isRetiring }) => pausedAt !== null || isRetiring).map(({ slug }) => slug)
  if (resting.length > 0)
    throw new OperatorError(
      `${resting.join(', ')}: paused or removed from the configuration. Resume it first, then pull.`,
    )
  const pulls: { organization: string; pull: number }[] = []
  for (const { id, slug } of chosen) {
    const begun = await audited(sql, 'pull', [slug], () => beginPull(sql, id, 'REQUEST'))
    pulls.push({ organization: slug, pull: begun })
  }
  const { workers } = await readSessions(sql)
  const text = pulls.map(({ organization, pull }) =>
    workers > 0
      ? `${organization}: the pull ${pull} is running. A worker continues it.\n`
      : `${organization}: the pull ${pull} waits for a worker.\n`,
  )
  return { json: { pulls, workers }, text: [...text, ...(workers > 0 ? [] : [`${noWorker}\n`])].join('') }
}

/** Records what an operator changed, before and after. */
export async function audited<T>(sql: Sql, verb: string, slugs: readonly string[], work: () => Promise<T>): Promise<T> {
  const audit = openAudit(sql)
  const entries = slugs.map((organization) => ({ viewer: 'command line', action: `operator ${verb}`, organization }))
  const concluded = await Promise.all(entries.map((entry) => audit.beginWrite(entry)))
  const result = await work()
  await Promise.all(concluded.map((conclude) => conclude('DONE')))
  return result
}

function usage(problem: string): OperatorUsageError {
  return new OperatorUsageError('organizations', problem)
}
