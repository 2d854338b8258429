/**
 * Redirects. Only reads follow a redirect, and only to the configured origin: the credentials must reach no other, and
 * a redirect does not show whether a write was carried out.
 */
import type { Answer, Failure, HttpRequest } from './http-exchange.ts'

/** Maximum number of redirects per request. */
export const mostRedirects = 3

const followed: ReadonlySet<number> = new Set([301, 302, 307, 308])

/** The path to request instead, or undefined if the response is not a redirect to follow. */
export function redirectTarget(request: HttpRequest, outcome: Answer | Failure): string | undefined {
  if (outcome.kind !== 'answer' || request.method !== 'GET' || !followed.has(outcome.status)) return undefined
  const { location } = outcome.headers
  const target = typeof location === 'string' ? URL.parse(location, `${request.origin}${request.path}`) : null
  if (target === null || target.origin !== request.origin) return undefined
  return `${target.pathname}${target.search}`
}
