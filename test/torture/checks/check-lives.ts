/** I8: an account that the vendor kept throughout has one account in the mirror, and so one id. */
import type { Mirror } from '../world/mirror.ts'
import { fact, type Truth } from './truth.ts'

export function checkLives(mirror: Mirror, truth: Truth): string[] {
  return [...Map.groupBy(mirror.users, ({ key }) => key)].flatMap(([key, lives]) => {
    const accounts = new Set(truth.of(fact.user(key)).flatMap(({ after }) => after ?? []))
    if (lives.length <= accounts.size) return []
    return [`I8: ${key} has ${lives.length} lives in the mirror, and was ${accounts.size} accounts at the vendor`]
  })
}
