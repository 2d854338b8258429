/** The organizations: whether the vendor accepts their keys, their allowance, and their mirrors. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Config } from '../../config/env.ts'
import type { Database } from '../../db/database.ts'
import { type OrganizationState, readOrganizationStates } from '../../mirror/read-organizations.ts'
import type { OrganizationSettings } from '../../organizations/client-directory.ts'
import { connectionOf } from '../../organizations/vendor-connection.ts'
import { openAllowance, readRefusal } from '../../rate-limit/vendor-allowance.ts'
import type { EssentialsClient, OrganizationFacts } from '../../vendor/adapter.ts'
import type { Allowance } from '../../vendor/allowance.ts'
import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import type { CallOptions } from '../../vendor/http/connection.ts'
import { counted } from '../operator/output.ts'
import { type Check, error, ok, reasonOf, warning } from './check.ts'
import { judgeClock } from './check-services.ts'
import { failureOf, refusedUntil } from './vendor-failure.ts'

interface Found {
  /** Undefined: no process counts requests in it, because it is away or has no tables yet. */
  readonly database: Database | undefined
  /** Whether no process of this program can be sending requests. */
  readonly isUnused: boolean
  readonly logger: Logger
  /** Ask the vendor although it rejected the same key before. */
  readonly askAgain: boolean
}

/** Number of organizations whose vendor is asked at the same time. */
const atOnce = 10
const timeouts = { connectMs: 3_000, headersMs: 5_000, bodyMs: 5_000, totalMs: 5_000 }
const longestWaitMs = 2_000
/** A pull that the vendor refused with 401 has left this in the problem of the organization. */
const refused = /\breturned 401\b/
/** For all organizations together. */
const deadlineMs = 14_000
const noRetries = { transient: { retries: 0, baseMs: 1, capMs: 1 }, rateLimited: { retries: 0, baseMs: 1, capMs: 1 } }

export async function checkOrganizations(config: Config, found: Found): Promise<Check[]> {
  const { database } = found
  const states = database ? await readOrganizationStates(database.sql) : []
  const stateOf = (slug: string) => states.find((one) => one.slug === slug)
  const deadline = AbortSignal.timeout(deadlineMs)
  const queue = [...config.organizations]
  const asked = new Map<string, Asked>()
  const askNext = async () => {
    for (let next = queue.shift(); next; next = queue.shift())
      asked.set(next.slug, await askVendor(next, config.organizations, stateOf(next.slug), found, deadline))
  }
  await Promise.all(Array.from({ length: atOnce }, askNext))
  const differing = database && config.organizations.length > 0 ? compare(config.organizations, states) : []
  const skews = [...asked].flatMap(([slug, { aheadMs }]) => (aheadMs === undefined ? [] : [{ slug, aheadMs }]))
  const worst = skews.sort((a, b) => Math.abs(b.aheadMs) - Math.abs(a.aheadMs))[0]
  return [
    ...[...asked.values()]
      .flatMap(({ check, hidden = [] }) => [check, ...hidden])
      .sort((a, b) => compareText(a.organization, b.organization)),
    ...(worst ? [clockOf(worst, database ? 'that of the database' : 'that of this machine')] : []),
    ...differing,
    ...states.flatMap((state) => checkMirror(state, asked.has(state.slug))),
  ]
}

function compareText(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0
}

interface Asked {
  readonly check: Check
  /** Warnings about organizations below a partner. */
  readonly hidden?: readonly Check[]
  /** How far the vendor's clock is ahead of the database's. */
  readonly aheadMs?: number
}

async function askVendor(
  settings: OrganizationSettings,
  configured: readonly OrganizationSettings[],
  state: OrganizationState | undefined,
  { database, isUnused, logger, askAgain }: Found,
  deadline: AbortSignal,
): Promise<Asked> {
  const { slug: organization, requestsPerMinute } = settings
  const notAsked = (why: string, action: string) => ({
    check: warning('vendor', `The vendor was not asked: ${why}.`, action, { organization }),
  })
  if (deadline.aborted) return notAsked('there was no time left', 'Run the doctor again.')
  if (!database && !isUnused)
    return notAsked('the database that counts the requests cannot be used', 'Mend the database first.')
  const connection = await connectionOf(settings)
  if (settings.api === 'v1') {
    const until = database && (await readRefusal(database.sql, connection.allowanceKey, connection.limits?.credential))
    if (until !== undefined) return { check: refusedUntil(until, organization) }
  } else if (state?.allowanceKey === connection.allowanceKey && refused.test(state.problem ?? '') && !askAgain) {
    const message = 'The vendor rejected the API key (401) when a pull used it. Nothing was sent now.'
    const action =
      'Set a valid key and secret. To ask the vendor again with the present ones: `npm run doctor -- --ask-again`.'
    return { check: error('vendor', message, action, { organization }) }
  }
  let date: string | undefined
  const observer = {
    request: (request: { readonly date?: string | undefined }) => {
      date = request.date
    },
    waited: () => {},
  }
  const skewOf = (arrivedAt: string | undefined) => {
    const aheadMs = Date.parse(date ?? '') - Date.parse(arrivedAt ?? '')
    return Number.isNaN(aheadMs) ? {} : { aheadMs }
  }
  try {
    // The limit of the running processes: another one would apply to them, too.
    const limit = state?.allowance?.limit ?? requestsPerMinute
    const { allowanceKey, times, limits } = connection
    const allowance = database
      ? await openAllowance(database.control, allowanceKey, limit, times, limits)
      : localAllowance()
    await using client = connection.open({ allowance, logger, observer, timeouts, retry: noRetries })
    const from = performance.now()
    const call = { priority: 'interactive', maxWaitMs: longestWaitMs, signal: deadline } as const
    const { total, arrivedAt, organizations } = await probe(client, settings, call)
    const seconds = ((performance.now() - from) / 1_000).toFixed(1)
    const used = state?.allowance
      ? `; ${state.allowance.used + 1} of ${limit} requests of the last minute are used`
      : ''
    const users = total === undefined ? '' : `, and reports ${counted(total, 'user')}`
    const children = organizations && childrenOf(organizations, settings)
    const listed = children ? `, and lists ${describeChildren(children)}` : ''
    return {
      check: ok('vendor', `The vendor answered in ${seconds} s${users}${listed}${used}.`, { organization }),
      hidden: (children ?? []).flatMap((child) => hiddenBy(child, settings, configured)),
      ...skewOf(arrivedAt),
    }
  } catch (cause) {
    if (deadline.aborted) return notAsked('it did not answer in time', 'Run the doctor again.')
    if (!(cause instanceof EssentialsError)) return notAsked(reasonOf(cause), 'Mend the database first.')
    return { check: failureOf(cause, settings), ...(cause.status === undefined ? {} : skewOf(cause.arrivedAt)) }
  }
}

/** The cheapest read that proves the credentials. */
async function probe(
  client: EssentialsClient,
  settings: OrganizationSettings,
  call: CallOptions,
): Promise<{ total?: number; arrivedAt?: string; organizations?: readonly OrganizationFacts[] }> {
  if (settings.api === 'v1' && settings.children && client.organizations) {
    const { value: organizations, arrivedAt } = await client.organizations.list(undefined, call)
    return { arrivedAt, organizations }
  }
  if (!client.capabilities.pagedList) {
    await client.probe(call)
    return {}
  }
  const { value, arrivedAt } = await client.listUsers({ page: 1, pageSize: 1 }, call)
  return { arrivedAt, ...(value.total === undefined ? {} : { total: value.total }) }
}

/** Without the partner itself. */
function childrenOf(listed: readonly OrganizationFacts[], settings: OrganizationSettings): OrganizationFacts[] {
  return listed.filter(({ domains }) => !(settings.api === 'v1' && hasDomain(domains, settings.domain)))
}

const mostNamed = 20

/** With the first of their names. */
function describeChildren(children: readonly OrganizationFacts[]): string {
  const names = children.map(({ domains, name, eid }) => domains[0] ?? name ?? `number ${eid}`).sort(compareText)
  if (names.length === 0) return 'no child organizations'
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : ''
  return `${names.length} child organizations: ${names.slice(0, mostNamed).join(', ')}${more}`
}

/** An entry by one of the child's domains replaces the child. */
function hiddenBy(
  { domains }: OrganizationFacts,
  partner: OrganizationSettings,
  configured: readonly OrganizationSettings[],
): Check[] {
  const entry = configured.find((one) => one !== partner && one.api === 'v1' && hasDomain(domains, one.domain))
  if (!entry) return []
  const message = `It has an entry of its own (${domains[0]}), which hides the child organization of ${partner.slug}.`
  const action = `If the credentials of ${partner.slug} should mirror it, remove the entry. Otherwise nothing has to be done.`
  return [warning('vendor', message, action, { organization: entry.slug })]
}

function hasDomain(domains: readonly string[], domain: string): boolean {
  return domains.some((one) => one.toLowerCase() === domain.toLowerCase())
}

function clockOf({ slug, aheadMs }: { readonly slug: string; readonly aheadMs: number }, other: string): Check {
  return judgeClock(`the clock of the vendor (${slug})`, aheadMs, other)
}

/** Processes may have read another file than this one. */
function compare(configured: readonly OrganizationSettings[], states: readonly OrganizationState[]): Check[] {
  const action = 'Give all processes the same organizations. A process reads a changed file within seconds.'
  const added = configured.filter(({ slug }) => !states.some((one) => one.slug === slug))
  const slugs = new Set(configured.map(({ slug }) => slug))
  const removed = states.filter(({ slug, partner }) => !slugs.has(slug) && (partner === null || !slugs.has(partner)))
  return [
    ...added.map(({ slug }) =>
      warning('organizations', 'It is configured here, but no running process mirrors it.', action, {
        organization: slug,
      }),
    ),
    ...removed.map(({ slug }) =>
      warning('organizations', 'It is mirrored, but not configured here.', action, { organization: slug }),
    ),
  ]
}

/** `isAsked`: the vendor's answer is a check of its own. */
function checkMirror(
  { slug: organization, state, pausedAt, problem, isRetiring }: OrganizationState,
  isAsked: boolean,
): Check[] {
  const own = { organization }
  if (isRetiring)
    return [
      warning(
        'mirror',
        'It was removed from the configuration, and its operations end first.',
        'Wait, or see `npm run operations`.',
        own,
      ),
    ]
  if (pausedAt !== null)
    return [
      warning(
        'mirror',
        'Its pulls are paused.',
        `Continue with \`npm run organizations -- resume ${organization}\`.`,
        own,
      ),
    ]
  if (state === 'QUARANTINED')
    return [warning('mirror', problem ?? 'Deletions wait for a decision.', 'Decide with `npm run quarantine`.', own)]
  if (problem !== null && refused.test(problem) && !isAsked)
    return [error('mirror', problem, 'Set valid credentials of this organization.', own)]
  if (problem !== null) return [warning('mirror', problem, 'See docs/failure-modes.md.', own)]
  if (state === 'STALE')
    return [
      warning(
        'mirror',
        'No pull was completed within two intervals.',
        'Check that a worker runs: `npm run queue`.',
        own,
      ),
    ]
  return [ok('mirror', state === 'EMPTY' ? 'No pull has been completed yet.' : 'The mirror is current.', own)]
}

/** No other process sends requests, so one request needs no account. Its times are those of this machine. */
function localAllowance(): Allowance {
  const now = () => new Date().toISOString()
  return {
    take: async () => ({ sentAt: now(), release: async () => now() }),
    pause: async (milliseconds) => void (await wait(Math.min(milliseconds, 1))),
  }
}
