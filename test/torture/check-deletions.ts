/** I3: nobody was shown deleted whose life had not ended, and nobody was deleted without a 404. */
import type { LoggedRequest } from '../../src/simulator/request-log.ts'
import type { Mirror } from './mirror.ts'
import { fact, keyOf, type Truth } from './truth.ts'

export function checkDeletions(mirror: Mirror, truth: Truth, requests: readonly LoggedRequest[]): string[] {
  const keys = new Map(mirror.users.map((user) => [user.id, user.key]))
  return mirror.changes
    .filter((change) => change.kind === 'USER_DELETED')
    .flatMap((change) => {
      const key = keys.get(change.subjectId) ?? ''
      const shownAt = Date.parse(change.appliedAt) + 1
      const ended = truth.of(fact.user(key)).some((one) => one.before !== undefined && one.lower <= shownAt)
      const problems = ended ? [] : [`I3: ${key} was shown deleted at ${change.appliedAt}, and never was`]
      const recreated = mirror.changes.some(
        (other) =>
          other.kind === 'USER_RECREATED' && other.appliedAt === change.appliedAt && keys.get(other.subjectId) === key,
      )
      if (recreated) return problems
      if (change.pullId === null) problems.push(`I3: ${key} was deleted by no pull: ${JSON.stringify(change)}`)
      const notFound = requests.some(
        (request) =>
          request.call === 'readUser' && request.status === 404 && request.at - 50 <= shownAt && isOf(request, key),
      )
      return notFound ? problems : [...problems, `I3: ${key} was deleted without a 404`]
    })
}

function isOf(request: LoggedRequest, key: string): boolean {
  return keyOf(decodeURIComponent(request.path.slice('/users/'.length))) === key
}
