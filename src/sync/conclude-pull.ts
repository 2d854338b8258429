import { EssentialsError } from '../essentials/errors/essentials-error.ts'
import { isOddAnswer, oddityOf } from '../essentials/odd-answer.ts'
import type { Attempt, CallOptions } from '../essentials/send-call.ts'
import { completePull } from '../mirror/complete-pull.ts'
import { concludeListing } from '../mirror/conclude-listing.ts'
import { believeReads, ReadProbe, usersToProbe } from '../mirror/probe-reads.ts'
import { type Candidate, nextCandidate, putOffCandidate, settleCandidate } from '../mirror/pull-candidates.ts'
import {
  addCounts,
  addTally,
  type Counts,
  failPull,
  type RunningPull,
  readPages,
  readRunningPulls,
} from '../mirror/pulls.ts'
import { refusalOf } from '../mirror/refusal.ts'
import type { SampledUser } from '../mirror/weigh-doubts.ts'
import { convertUser } from './convert.ts'
import { rest, restAfter, type SyncDeps } from './deps.ts'
import type { JobQueue } from './queue.ts'
import { readUser, type UserReading } from './read-user.ts'
import { storageRefused } from './storage-refused.ts'

/** So many failures running to read a missing user, and the pull has failed. */
const maxFailures = 5

/**
 * What follows once a pull's pages are applied. The vendor's total is looked at first: where the pages have as many rows as that but
 * fewer users (a row came twice, so another may have been skipped), one more page is asked for; and where the list is at its end and
 * users are short all the same, the list is gone through again.
 */
export async function concludePull(
  deps: SyncDeps,
  queue: JobQueue,
  pullId: number,
  signal: AbortSignal,
): Promise<void> {
  const pull = (await readRunningPulls(deps.sql)).find(({ id }) => id === pullId)
  if (!pull) return
  try {
    await conclude(deps, queue, pull, signal)
  } catch (error) {
    const refusal = refusalOf(error)
    if (signal.aborted || !refusal) throw error
    deps.logger.error({ refusal, pull: pullId }, 'what follows from a pull cannot be stored')
    await failPull(deps.sql, pullId, storageRefused('what follows from it', refusal))
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
        const problem = `The pull is not complete: the vendor counts ${expected} users and showed ${seen}`
        deps.logger.error({ pull: pullId, seen, expected }, 'the pull is not complete')
        return await failPull(deps.sql, pullId, problem, { shortfall: expected - seen })
      }
      case 'QUARANTINED':
        deps.logger.error({ pull: pullId }, conclusion.problem)
        return
      case 'DELETIONS':
        disregardedTotal = conclusion.disregardedTotal
    }
  }
  if (await verifyDeletions(deps, pull, signal)) {
    await probeReads(deps, pull, signal)
    const pace = await completePull(deps.sql, pullId, disregardedTotal)
    if (!pace) return
    deps.logger.info({ pull: pullId }, 'the pull is complete')
    if (pace.seconds > pace.configured && pace.seconds !== pace.before) {
      deps.logger.warn(
        { organizationId: pull.organizationId, configuredSeconds: pace.configured, pullIntervalSeconds: pace.seconds },
        'the allowance cannot carry pulls as often as configured: they are begun less often',
      )
    }
  }
}

/** Asks for a few of many users who look like other accounts. Nothing is decided by that, and who cannot be read says nothing. */
async function readSample(
  deps: SyncDeps,
  pull: RunningPull,
  sample: readonly SampledUser[],
  signal: AbortSignal,
): Promise<void> {
  for (const { spelled } of sample) await readToCompare(deps, pull, spelled, signal)
}

/** Undefined where the user cannot be read. */
async function readToCompare(
  deps: SyncDeps,
  pull: RunningPull,
  primaryEmail: string,
  signal: AbortSignal,
): Promise<UserReading | undefined> {
  const client = deps.clientOf(pull.organizationId)
  if (!client) return undefined
  signal.throwIfAborted()
  const { call, counts } = countedCall(signal)
  const about = { origin: 'PULL', pullId: pull.id } as const
  try {
    return await readUser(deps.sql, client, pull.organizationId, primaryEmail, about, call, 'KEEP')
  } catch (error) {
    const refusal = refusalOf(error)
    if (signal.aborted || !(error instanceof EssentialsError || refusal)) throw error
    const cause = refusal ? { refusal } : { err: error }
    deps.logger.warn({ ...cause, pull: pull.id }, 'a user who may have another account could not be asked for')
    return undefined
  } finally {
    await addCounts(deps.sql, pull.id, counts)
  }
}

/** Finds out whether reads are to be believed again, where their time of creation was disregarded. */
async function probeReads(deps: SyncDeps, pull: RunningPull, signal: AbortSignal): Promise<void> {
  const users = await usersToProbe(deps.sql, pull.organizationId, pull.id)
  const probe = new ReadProbe()
  for (const user of users) {
    const reading = await readToCompare(deps, pull, user.primaryEmail, signal)
    if (reading?.found) probe.add(user, convertUser(reading.wire).profile.createdAt)
    if (probe.isContradicted) return
  }
  if (probe.isRight(users.length)) await believeReads(deps.sql, pull.organizationId)
}

/**
 * Asks for each user that no page showed, or that a page showed with another account: a 404 or 410 ends it, the other account replaces it,
 * anything else keeps it. An answer that says neither puts that user off. False where that failed, and the pull with it.
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
      const refusal = refusalOf(error)
      if (!(error instanceof EssentialsError || refusal)) throw error
      const oddity = refusal
        ? `Postgres refuses to store the answer, error ${refusal.code}`
        : error instanceof EssentialsError && isOddAnswer(error) && oddityOf(error)
      if (oddity) {
        deps.logger.warn({ ...(refusal ? { refusal } : { err: error }), pull: pull.id }, 'a missing user is put off')
        const problem = await putOffCandidate(deps.sql, pull.id, candidate.userId, oddity)
        if (problem === undefined) continue
        await failPull(deps.sql, pull.id, `The pull broke off: ${problem}`)
        return false
      }
      if (!(error instanceof EssentialsError)) throw error
      failures += 1
      deps.logger.warn({ err: error, pull: pull.id, failures }, 'a missing user could not be asked for')
      if (failures >= maxFailures) {
        await failPull(deps.sql, pull.id, `The pull broke off while missing users were asked for: ${error.message}`, {
          restMs: restAfter(error),
        })
        return false
      }
      await rest(deps, Math.min(30_000, 1_000 * 2 ** failures), signal)
    }
  }
}

type Client = NonNullable<ReturnType<SyncDeps['clientOf']>>

/** Asks in the letters of the list first. Where nobody is there, the known account is asked for in its own. */
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
