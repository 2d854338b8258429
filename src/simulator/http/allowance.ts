import type { Switches } from '../options.ts'
import type { SimulatedOrganization } from '../organization.ts'
import { Refusal } from './answers.ts'
import type { Verdict } from './limiter.ts'

/**
 * Takes one request from the organization's limiter; throws a Refusal (429) if the allowance is exhausted. Returns the
 * headers of the response.
 */
export function takeAllowance(organization: SimulatedOrganization, now: number): Record<string, string> {
  const { switches, limiter } = organization
  const verdict = limiter.take(now, switches.refusedRequestsCount)
  if (!verdict) return {}
  const headers = rateLimitHeaders(switches, limiter.limit, verdict, now)
  if (verdict.allowed) return headers
  const text = `more than ${limiter.limit} requests a minute`
  throw new Refusal(429, 'too_many_requests', text, { ...headers, ...retryAfter(switches, verdict, now) })
}

function rateLimitHeaders(switches: Switches, limit: number, verdict: Verdict, now: number): Record<string, string> {
  const prefix = switches.rateLimitHeaders
  if (prefix === 'none') return {}
  const reset = switches.rateLimitReset === 'seconds' ? verdict.resetMs : now + verdict.resetMs
  return {
    [`${prefix}-Limit`]: String(limit),
    [`${prefix}-Remaining`]: String(verdict.remaining),
    [`${prefix}-Reset`]: String(Math.ceil(reset / 1000)),
  }
}

function retryAfter({ retryAfter }: Switches, { resetMs }: Verdict, now: number): Record<string, string> {
  if (retryAfter === 'none') return {}
  const seconds = Math.ceil(resetMs / 1000)
  // An HTTP date has whole seconds. It is rounded up, so that it is never too early.
  const date = new Date(Math.ceil((now + resetMs) / 1000) * 1000).toUTCString()
  return { 'retry-after': retryAfter === 'seconds' ? String(seconds) : date }
}
