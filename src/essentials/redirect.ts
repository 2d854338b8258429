/**
 * Redirects. Only a read is redirected, and only to the origin that was configured: the credentials go to no other, and what became of a
 * write is not known from a redirect.
 */
import type { Answer, Failure, HttpRequest } from './exchange.ts'

/** How many redirects one request may follow. */
export const mostRedirects = 3

const followed: ReadonlySet<number> = new Set([301, 302, 307, 308])

/** The path to request instead; undefined where the answer is no redirect that is followed. */
export function redirectTarget(request: HttpRequest, outcome: Answer | Failure): string | undefined {
  if (outcome.kind !== 'answer' || request.method !== 'GET' || !followed.has(outcome.status)) return undefined
  const { location } = outcome.headers
  const target = typeof location === 'string' ? URL.parse(location, `${request.origin}${request.path}`) : null
  if (target === null || target.origin !== request.origin) return undefined
  return `${target.pathname}${target.search}`
}
