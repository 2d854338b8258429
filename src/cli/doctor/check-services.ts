/** Redis, the workers, the secrets, the tokens, and the clocks. */
import { tokensExpiringSoon } from '../../access/tokens.ts'
import { readSealedState, secretKeyProblem } from '../../check-secret-key.ts'
import type { Config } from '../../config/env.ts'
import { existingSecretKeyOf } from '../../config/secret-key.ts'
import type { Database } from '../../db/database.ts'
import { readSessions } from '../../db/sessions.ts'
import { pingRedis } from '../../sync/inspect-queue.ts'
import { openSecrets } from '../../writes/secrets.ts'
import { counted, minuteOf, startWorker } from '../operator/output.ts'
import { type Check, error, ok, reasonOf, warning } from './check.ts'

export async function checkRedis({ redisUrl }: Config): Promise<Check> {
  if (redisUrl === undefined) return ok('redis', 'REDIS_URL is not set: the queue is in Postgres.')
  try {
    const { milliseconds, policy } = await pingRedis(redisUrl)
    if (policy !== 'noeviction' && policy !== 'unknown')
      return warning(
        'redis',
        `Redis has the maxmemory-policy ${policy}, so it may drop jobs.`,
        'Set maxmemory-policy to noeviction.',
      )
    return ok('redis', `Redis answers in ${milliseconds.toFixed(0)} ms.`)
  } catch (cause) {
    return error(
      'redis',
      `Redis cannot be used: ${reasonOf(cause)}. No pull makes progress without it.`,
      'Check that Redis runs and that REDIS_URL names it. Or unset REDIS_URL in every process: the queue is then in Postgres.',
    )
  }
}

export async function checkWorkers({ sql }: Database): Promise<Check> {
  const { workers, sessions } = await readSessions(sql)
  if (workers > 0) return ok('worker', `${counted(workers, 'worker')} ${workers === 1 ? 'runs' : 'run'}.`)
  const message = 'No worker seems to run: no pull and no operation makes progress.'
  const action = `${startWorker} It needs the same database as the API.`
  return sessions > 0 ? error('worker', message, action) : warning('worker', message, action)
}

export async function checkSecrets(config: Config, { sql }: Database, isServing: boolean): Promise<Check> {
  const key = await existingSecretKeyOf(config)
  const state = await readSealedState(sql, key && openSecrets(key))
  const problem = secretKeyProblem(state, key !== undefined)
  if (!key) {
    const message =
      problem ?? 'SECRET_KEY is not set here: without it, idempotency keys, webhooks and stored passwords are rejected.'
    const action =
      'Set SECRET_KEY to the key of the running processes; for a new installation, to the output of `openssl rand -base64 32`.'
    return problem === undefined || isServing ? warning('secrets', message, action) : error('secrets', message, action)
  }
  if (problem !== undefined) return error('secrets', problem, 'Set the former SECRET_KEY in every process.')
  if (state.isKnownKey === false)
    return warning(
      'secrets',
      'SECRET_KEY is not the key that this database was used with before: earlier idempotency keys count as new.',
      'Set the same key in every process.',
    )
  return ok(
    'secrets',
    `SECRET_KEY decrypts all stored secrets: ${counted(state.passwords, 'password')}, ${counted(state.webhooks, 'webhook')}.`,
  )
}

export async function checkTokens({ sql }: Database, hasAdminToken: boolean): Promise<Check[]> {
  const soon = await tokensExpiringSoon(sql)
  const [counts] = await sql<[{ valid: number }]>`
    select count(*)::int as valid from api_tokens
    where revoked_at is null and (expires_at is null or expires_at > clock_timestamp())`
  const admin = hasAdminToken
    ? []
    : [
        warning(
          'tokens',
          `ADMIN_TOKEN is not set here. ${counted(counts.valid, 'stored token')} ${counts.valid === 1 ? 'is' : 'are'} valid.`,
          'If the API has no ADMIN_TOKEN either, create a token with `npm run token -- create --name NAME --scope admin`.',
        ),
      ]
  const expiring = soon.map(({ name, expiresAt }) =>
    warning(
      'tokens',
      `The token "${name}" expires on ${minuteOf(expiresAt)}.`,
      `Replace it with \`npm run token -- rotate ${name}\`.`,
    ),
  )
  if (expiring.length > 0 || admin.length > 0) return [...admin, ...expiring]
  return [
    ok(
      'tokens',
      `${counted(counts.valid, 'stored token')} ${counts.valid === 1 ? 'is' : 'are'} valid, and none expires soon.`,
    ),
  ]
}

const toleratedMs = 5_000
const worstMs = 60_000

/** `now`: the clock of this machine. */
export async function checkClock({ sql }: Database, now: () => number): Promise<Check> {
  const before = now()
  const [row] = await sql<[{ ms: number }]>`select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`
  const aheadMs = (before + now()) / 2 - row.ms
  return judgeClock('the clock of this machine', aheadMs, 'that of the database')
}

/** `aheadMs`: how far the first clock is ahead of the second one. Negative: behind. */
export function judgeClock(first: string, aheadMs: number, second: string): Check {
  const seconds = Math.abs(aheadMs) / 1_000
  const differs = `${first[0]?.toUpperCase()}${first.slice(1)} is ${seconds.toFixed(0)} s ${aheadMs < 0 ? 'behind' : 'ahead of'} ${second}.`
  const action = 'Synchronize both machines with a time service (NTP). Tokens, retention and as-of queries rely on it.'
  if (Math.abs(aheadMs) > worstMs) return error('clock', differs, action)
  if (Math.abs(aheadMs) > toleratedMs) return warning('clock', differs, action)
  return ok('clock', `${first[0]?.toUpperCase()}${first.slice(1)} agrees with ${second}.`)
}
