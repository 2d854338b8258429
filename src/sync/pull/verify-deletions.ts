import { permanentStorageError, storageRefused } from '../../db/constraint-error.ts'
import { endMissedTwice } from '../../mirror/accounts/missed-twice.ts'
import { believeReads, ReadProbe, usersToProbe } from '../../mirror/accounts/probe-reads.ts'
import type { SampledUser } from '../../mirror/accounts/weigh-doubts.ts'
import { completePull } from '../../mirror/pulls/complete-pull.ts'
import {
  type Candidate,
  mostPutOff,
  nextCandidate,
  putOffCandidate,
  settleCandidate,
} from '../../mirror/pulls/deletion-candidates.ts'
import { concludeListing } from '../../mirror/pulls/judge-completeness.ts'
import {
  addCounts,
  addTally,
  type Counts,
  failPull,
  type RunningPull,
  readPages,
  readRunningPull,
} from '../../mirror/pulls/pulls.ts'
import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import type { Attempt, CallOptions } from '../../vendor/http/connection.ts'
import { waitAskedFor } from '../../vendor/http/retry.ts'
import { isOddAnswer, oddityOf } from '../../vendor/odd-answer.ts'
import { convertUser } from '../convert.ts'
import { forOrganization, rest, type SyncDeps } from '../deps.ts'
import { readUser, type UserReading } from '../point-read/read-user.ts'
import type { JobQueue } from '../queue.ts'

/** A pull fails after this many consecutive failures to read a missing user. */
const maxFailures = 5

/**
 * Runs after all pages of a pull are applied. First compares the number of users with the vendor's total. If the pages
 * have as many rows as the total but fewer users, a row came twice and another may have been skipped: one more page is
 * requested. If users are still missing at the end of the list, the list is read again from the beginning.
 */
export async function concludePull(
  anyDeps: SyncDeps,
  queue: JobQueue,
  pullId: number,
  signal: AbortSignal,
): Promise<void> {
  const pull = await readRunningPull(anyDeps.sql, pullId)
  if (!pull) return
  const deps = forOrganization(anyDeps, pull.organizationId)
  try {
    await conclude(deps, queue, pull, signal)
  } catch (error) {
    const refusal = permanentStorageError(error)
    if (signal.aborted || !refusal) throw error
    deps.logger.error({ refusal, pull: pullId }, 'cannot store the result of a pull')
    await failPull(deps.sql, pullId, storageRefused('its result', refusal))
    deps.onPullEnd?.('FAILED')
  }
}

async function conclude(deps: SyncDeps, queue: JobQueue, pull: RunningPull, signal: AbortSignal): Promise<void> {
  const pullId = pull.id
  let disregardedTotal: number | null = null
  if (pull.phase === 'LISTING') {
    const last = (await readPages(deps.sql, pullId)).filter((page) => page.kind === 'USERS').at(-1)
    let conclusion = await concludeListing(deps.sql, pullId, true)
    if (conclusion.verdict === 'SAMPLE') {
      await readSample(deps, pull, conclusion.sample, signal)
      conclusion = await concludeListing(deps.sql, pullId, false)
    }
    switch (conclusion.verdict) {
      case 'OVER':
      case 'SAMPLE':
        return
      case 'MORE':
      case 'AGAIN':
        return await queue.push({ name: 'page', pullId, kind: 'USERS', page: (last?.page ?? 0) + 1 })
      case 'SHORT': {
        const { seen, expected } = conclusion
        const problem = `The pull is incomplete: the vendor reports ${expected} users but returned ${seen}`
        deps.logger.error({ pull: pullId, seen, expected }, 'the pull is incomplete')
        await failPull(deps.sql, pullId, problem, { shortfall: expected - seen })
        return deps.onPullEnd?.('FAILED')
      }
      case 'EMPTY': {
        const { known } = conclusion
        const users = known === 1 ? '1 user is' : `${known} users are`
        const problem = `The pull is incomplete: the vendor returned an empty list, although ${users} known`
        deps.logger.error({ pull: pullId, known }, 'the pull is incomplete')
        await failPull(deps.sql, pullId, problem)
        return deps.onPullEnd?.('FAILED')
      }
      case 'QUARANTINED':
        deps.logger.error({ pull: pullId }, conclusion.problem)
        return deps.onPullEnd?.('QUARANTINED')
      case 'DELETIONS':
        disregardedTotal = conclusion.disregardedTotal
    }
  }
  if (await verifyDeletions(deps, pull, signal)) {
    await probeReads(deps, pull, signal)
    const pace = await completePull(deps.sql, pullId, disregardedTotal)
    if (!pace) return
    deps.onPullEnd?.('COMPLETE')
    deps.logger.info({ pull: pullId }, 'the pull is complete')
    if (pace.seconds > pace.configured && pace.seconds !== pace.before) {
      deps.logger.warn(
        { pull: pullId, configuredSeconds: pace.configured, pullIntervalSeconds: pace.seconds },
        'the allowance is too small for the configured pull interval: pulls start less often',
      )
    }
  }
}

/**
 * Reads a sample of the many users that seem to be other accounts. The reads decide nothing here, and a failed read is
 * ignored.
 */
async function readSample(
  deps: SyncDeps,
  pull: RunningPull,
  sample: readonly SampledUser[],
  signal: AbortSignal,
): Promise<void> {
  for (const { spelled } of sample) {
    if ((await readToCompare(deps, pull, spelled, signal)) === 'WAIT') return
  }
}

/** Undefined if the user cannot be read. WAIT: nor can others for now, because the vendor asked for a pause. */
async function readToCompare(
  deps: SyncDeps,
  pull: RunningPull,
  primaryEmail: string,
  signal: AbortSignal,
): Promise<UserReading | 'WAIT' | undefined> {
  const client = deps.clientOf(pull.organizationId)
  if (!client) return undefined
  signal.throwIfAborted()
  const { call, counts } = countedCall(signal)
  const about = { origin: 'PULL', pullId: pull.id } as const
  try {
    return await readUser(deps.sql, client, pull.organizationId, primaryEmail, about, call, 'KEEP')
  } catch (error) {
    const refusal = permanentStorageError(error)
    if (signal.aborted || !(error instanceof EssentialsError || refusal)) throw error
    const cause = refusal ? { refusal } : { err: error }
    deps.logger.warn({ ...cause, pull: pull.id }, 'cannot read a user that may be another account')
    return waitAskedFor(error) > 0 ? 'WAIT' : undefined
  } finally {
    await addCounts(deps.sql, pull.id, counts)
  }
}

/** Determines whether point reads whose creation times are distrusted can be trusted again. */
async function probeReads(deps: SyncDeps, pull: RunningPull, signal: AbortSignal): Promise<void> {
  const users = await usersToProbe(deps.sql, pull.organizationId, pull.id)
  const probe = new ReadProbe()
  for (const user of users) {
    const reading = await readToCompare(deps, pull, user.primaryEmail, signal)
    if (reading === 'WAIT') return
    if (reading?.found) probe.add(user, convertUser(reading.wire).profile.createdAt)
    if (probe.isContradicted) return
  }
  if (probe.isRight(users.length)) await believeReads(deps.sql, pull.organizationId)
}

/**
 * Reads each user that no page showed, or that a page showed as another account. A 404 or 410 ends the user, another
 * account replaces it, and the known account keeps it. An ambiguous response defers the user. Returns false if the pull
 * failed.
 */
async function verifyDeletions(
  deps: SyncDeps,
  pull: { id: number; organizationId: number },
  signal: AbortSignal,
): Promise<boolean> {
  const client = deps.clientOf(pull.organizationId)
  if (!client) return false
  let failures = 0
  for (;;) {
    signal.throwIfAborted()
    const candidate = await nextCandidate(deps.sql, pull.id)
    if (!candidate) return true
    const { call, counts } = countedCall(signal)
    try {
      await verify(deps, client, pull, candidate, call)
      failures = 0
      await addCounts(deps.sql, pull.id, counts)
    } catch (error) {
      if (signal.aborted) throw error
      await addCounts(deps.sql, pull.id, counts)
      const refusal = permanentStorageError(error)
      if (!(error instanceof EssentialsError || refusal)) throw error
      const oddity = refusal
        ? `Postgres cannot store the response (error ${refusal.code})`
        : error instanceof EssentialsError &&
          (isOddAnswer(error) || (failures > 0 && (await concernsOneUser(client, error, signal)))) &&
          oddityOf(error)
      if (oddity) {
        failures = 0
        deps.logger.warn({ ...(refusal ? { refusal } : { err: error }), pull: pull.id }, 'a missing user is deferred')
        const isWhole = !client.capabilities.pagedList
        // A vendor that fails proves nothing, also if it fails for this user alone.
        const isAnswer = error instanceof EssentialsError && isOddAnswer(error)
        if (isWhole && isAnswer && (await endMissedTwice(deps.sql, pull, candidate))) continue
        const most = isWhole ? Infinity : mostPutOff
        const problem = await putOffCandidate(deps.sql, pull.id, candidate.userId, oddity, most)
        if (problem === undefined) continue
        await failPull(deps.sql, pull.id, `The pull failed: ${problem}`)
        deps.onPullEnd?.('FAILED')
        return false
      }
      if (!(error instanceof EssentialsError)) throw error
      failures += 1
      deps.logger.warn({ err: error, pull: pull.id, failures }, 'cannot read a missing user')
      const restMs = waitAskedFor(error)
      if (restMs > 0 || failures >= maxFailures) {
        await failPull(deps.sql, pull.id, `The pull failed while reading missing users: ${error.message}`, {
          restMs,
        })
        deps.onPullEnd?.('FAILED')
        return false
      }
      await rest(deps, Math.min(30_000, 1_000 * 2 ** failures), signal)
    }
  }
}

/**
 * Whether the error, the second in a row for one user, is about this user alone: the vendor answers another request at
 * the same time. One user whose read fails must not block the pulls of all others.
 */
async function concernsOneUser(client: Client, error: EssentialsError, signal: AbortSignal): Promise<boolean> {
  if (error.status === undefined || waitAskedFor(error) > 0) return false
  try {
    await client.probe({ priority: 'background', signal })
    return true
  } catch {
    signal.throwIfAborted()
    return false
  }
}

type Client = NonNullable<ReturnType<SyncDeps['clientOf']>>

/** Reads the address as the list spells it first. If no user has it, reads the known spelling. */
async function verify(
  deps: SyncDeps,
  client: Client,
  pull: { id: number; organizationId: number },
  { userId, primaryEmail, spelled }: Candidate,
  call: CallOptions,
): Promise<void> {
  const about = { origin: 'PULL', pullId: pull.id, decides: true } as const
  const ask = async (address: string, ifMissing: 'END' | 'KEEP') =>
    await readUser(deps.sql, client, pull.organizationId, address, about, call, ifMissing, async (tx, reading) => {
      if (!reading.found && ifMissing === 'KEEP') return
      await settleCandidate(tx, pull.id, userId, reading.found ? (reading.applied.carried[0] ?? 0) : null)
      const deleted = !reading.found && reading.userId !== undefined ? 1 : 0
      await addTally(tx, pull.id, reading.found ? reading.applied : { created: 0, updated: 0, deleted, unchanged: 0 })
    })
  if (spelled !== primaryEmail && (await ask(spelled, 'KEEP')).found) return
  await ask(primaryEmail, 'END')
}

function countedCall(signal: AbortSignal): { call: CallOptions; counts: Counts } {
  const counts = { requests: 0, retries: 0, rateLimited: 0 }
  const onAttempt = (attempt: Attempt) => {
    counts.requests += 1
    if (attempt.repeat) counts.retries += 1
    if (attempt.status === 429) counts.rateLimited += 1
  }
  return { call: { priority: 'background', signal, onAttempt }, counts }
}
