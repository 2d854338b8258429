import type { LoggedRequest } from '../../../src/simulator/http/request-log.ts'
import type { Mirror } from '../world/mirror.ts'
import type { VendorLog } from '../world/vendor-log.ts'
import { fact, keyOf, type Truth } from './truth.ts'

/**
 * I3: a user is shown as deleted only if its account ended, and only after a 404 or 410, a decision of an
 * administrator, or a read that showed its successor. Outside of pulls, only deletions through the API count,
 * and reads that showed another account.
 */

export function checkDeletions(
  mirror: Mirror,
  truth: Truth,
  requests: readonly LoggedRequest[],
  declared: ReadonlySet<string> = new Set(),
  log?: VendorLog,
): string[] {
  const keys = new Map(mirror.users.map((user) => [user.id, user.key]))
  return mirror.changes
    .filter((change) => change.kind === 'USER_DELETED')
    .flatMap((change) => {
      const key = keys.get(change.subjectId) ?? ''
      const addresses = truth.addressesOf(key)
      const isOf = (request: LoggedRequest) => addresses.has(addressIn(request))
      const shownAt = Date.parse(change.appliedAt) + 1
      const ended = truth.of(fact.user(key)).some((one) => one.before !== undefined && one.lower <= shownAt)
      const problems = ended ? [] : [`I3: ${key} was shown deleted at ${change.appliedAt}, and never was`]
      const recreated = mirror.changes.some(
        (other) =>
          other.kind === 'USER_RECREATED' &&
          other.appliedAt === change.appliedAt &&
          areShared(addresses, truth.addressesOf(keys.get(other.subjectId) ?? '')),
      )
      const readBefore = (fits: (request: LoggedRequest) => boolean) =>
        requests.some(
          (request) =>
            /^(v1 )?readUser$/.test(request.call ?? '') &&
            fits(request) &&
            arrivalOf(request) - 50 <= shownAt &&
            isOf(request),
        )
      if (recreated) {
        const isProved = readBefore(({ status }) => status === 200)
        return isProved ? problems : [...problems, `I3: ${key} was replaced without a read`]
      }
      // Another account that moves to the address proves the same as one that is created there.
      if (truth.wasTakenOver(key, shownAt) && readBefore(({ status }) => status === 200)) return problems
      const isOurs = [...addresses].some((address) =>
        log?.of(address, 0).some(({ by, before, after }) => by === 'API' && before && !after),
      )
      // A DELETE without an answer, or with 5xx, may have had its effect, whoever else deletes the account afterwards.
      const mayBeOurs = requests.some(
        (request) =>
          /^(v1 )?deleteUser$/.test(request.call ?? '') &&
          (request.status === null || request.status >= 500) &&
          arrivalOf(request) - 50 <= shownAt &&
          isOf(request),
      )
      if (change.pullId === null && !(change.origin === 'WRITE' && (isOurs || mayBeOurs)))
        problems.push(`I3: ${key} was deleted by no pull: ${JSON.stringify(change)}`)
      if (change.actor !== null && areShared(addresses, declared)) return problems
      return readBefore(mayHaveSaid404) ? problems : [...problems, `I3: ${key} was deleted without a 404`]
    })
}

/** By this machine's clock: the simulator's clock runs ahead if there are more edits than milliseconds. */
function arrivalOf(request: LoggedRequest): number {
  return performance.timeOrigin + request.arrivedAt
}

/**
 * The log has no status for a response that was cut midway, although its headers were sent. The truth decides whether
 * the account had ended.
 */
function mayHaveSaid404(request: LoggedRequest): boolean {
  return request.status === 404 || request.status === 410 || (request.status === null && request.fault === 'cutMidway')
}

function areShared(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return [...some].some((one) => others.has(one))
}

function addressIn({ path }: LoggedRequest): string {
  return keyOf(decodeURIComponent(path.slice(path.lastIndexOf('/') + 1)))
}

/** I8: an account that the vendor kept throughout has one account in the mirror, and so one id. */

export function checkLives(mirror: Mirror, truth: Truth): string[] {
  return [...Map.groupBy(mirror.users, ({ key }) => key)].flatMap(([key, lives]) => {
    const accounts = new Set(truth.of(fact.user(key)).flatMap(({ after }) => after ?? []))
    if (lives.length <= accounts.size) return []
    return [`I8: ${key} has ${lives.length} lives in the mirror, and was ${accounts.size} accounts at the vendor`]
  })
}
