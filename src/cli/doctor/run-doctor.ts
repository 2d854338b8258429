/** `doctor`: checks the configuration and everything that it names. Starts and changes nothing. */

import type { Config } from '../../config/env.ts'
import type { Database } from '../../db/database.ts'
import { createLogger } from '../../logger.ts'
import { parsedFor } from '../operator/output.ts'
import { type Check, error, ok, reasonOf, textOf, verdictOf, warning } from './check.ts'
import { findDatabase } from './check-database.ts'
import { checkOrganizations } from './check-organizations.ts'
import { checkClock, checkRedis, checkSecrets, checkTokens, checkWorkers } from './check-services.ts'

/** The configuration as far as it can be read. */
export interface Diagnosis {
  /** Undefined: not even the database's variables are valid. Without organizations if those are invalid or absent. */
  readonly config: Config | undefined
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
  /** Whether any variable of the vendor's credentials is set. */
  readonly hasCredentials: boolean
  /** Secrets that are set, but whose files cannot be read. `config` lacks them. */
  readonly unread: readonly string[]
}

interface Terminal {
  readonly stdout: { write(text: string): unknown }
}

/** Resolves to the exit code: 1 if there is an error. `now`: the clock of this machine. */
export async function runDoctor(
  args: readonly string[],
  diagnosis: Diagnosis,
  terminal: Terminal = process,
  now: () => number = Date.now,
): Promise<number> {
  const options = { json: { type: 'boolean' }, 'ask-again': { type: 'boolean' } } as const
  const { values } = parsedFor('doctor', args, options)
  const checks = await diagnose(diagnosis, values['ask-again'] === true, now)
  const status = verdictOf(checks)
  terminal.stdout.write(values.json ? `${JSON.stringify({ status, checks }, null, 2)}\n` : textOf(checks))
  return status === 'error' ? 1 : 0
}

async function diagnose(diagnosis: Diagnosis, askAgain: boolean, now: () => number): Promise<Check[]> {
  const { config, unread } = diagnosis
  if (!config) return checkConfiguration(diagnosis, false)
  await using found = await findDatabase(config)
  const { database, isCurrent, isServing } = found
  const tried = (check: string, work: (database: Database) => Promise<Check | Check[]>) =>
    database && isCurrent ? attempt(check, () => work(database)) : []
  const logger = createLogger('silent', 'doctor')
  const [redis, worker, clock, secrets, tokens, organizations] = await Promise.all([
    unread.includes('REDIS_URL') ? [] : attempt('redis', () => checkRedis(config)),
    tried('worker', checkWorkers),
    database ? attempt('clock', () => checkClock(database, now)) : [],
    unread.includes('SECRET_KEY') ? [] : tried('secrets', (own) => checkSecrets(config, own, isServing)),
    tried('tokens', (own) => checkTokens(own, config.adminToken !== undefined || unread.includes('ADMIN_TOKEN'))),
    attempt('vendor', () =>
      checkOrganizations(config, {
        database: isCurrent ? database : undefined,
        isUnused: !isServing && found.checks.every(({ status }) => status !== 'error'),
        logger,
        askAgain,
      }),
    ),
  ])
  return [
    ...checkConfiguration(diagnosis, isServing),
    ...found.checks,
    ...redis,
    ...worker,
    ...clock,
    ...secrets,
    ...tokens,
    ...organizations,
  ]
}

function checkConfiguration({ config, problems, warnings, hasCredentials }: Diagnosis, isServing: boolean): Check[] {
  const action = 'Correct it. docs/operations.md describes each variable.'
  const found = [
    ...problems.map((problem) => error('configuration', problem, action)),
    ...warnings.map((problem) => warning('configuration', problem, action)),
  ]
  if (!hasCredentials) {
    const message =
      "The vendor's credentials (ESSENTIALS_API_KEY and ESSENTIALS_API_SECRET, or ESSENTIALS_DOMAIN, ESSENTIALS_USER and ESSENTIALS_PASSWORD for the API v1, or ESSENTIALS_ORGANIZATIONS_FILE) are not set here"
    const set = 'Set the variables of the server here, too.'
    found.push(
      isServing
        ? warning('configuration', `${message}, so the vendor was not asked.`, set)
        : error('configuration', `${message}: there is no organization to mirror.`, set),
    )
  }
  if (found.length > 0) return found
  const organizations = config?.organizations.map(({ slug }) => slug).join(', ')
  return [ok('configuration', `The variables are valid. Organizations: ${organizations}.`)]
}

/** A check that fails unexpectedly must not hide the results of the others. */
async function attempt(check: string, work: () => Promise<Check | Check[]>): Promise<Check[]> {
  try {
    return [await work()].flat()
  } catch (cause) {
    return [
      error(check, `The check failed: ${reasonOf(cause)}.`, 'Mend the errors above first, then run the doctor again.'),
    ]
  }
}
