import type { Answer, Failure, HttpRequest } from './http-exchange.ts'

/**
 * Percent-encodes one path segment, leaving only RFC 3986's unreserved characters. Throws a TypeError for an empty
 * segment or one of dots, which would name another resource (`DELETE /users/`).
 */
export function encodeSegment(segment: string): string {
  if (segment === '' || segment === '.' || segment === '..') {
    throw new TypeError(`"${segment}" cannot be a path segment; expected an address or an id`)
  }
  const encoded = encodeURIComponent(segment.toWellFormed())
  return encoded.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

/**
 * Splits a base URL into its origin and its path without a trailing slash. Throws a TypeError for an invalid base URL.
 */
export function splitBaseUrl(baseUrl: string): { readonly origin: string; readonly basePath: string } {
  const url = URL.parse(baseUrl)
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new TypeError('the base URL is invalid; expected an http or https URL such as https://api.proofpoint.com/v2')
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('the base URL has credentials, a query or a fragment; expected only a host and a path')
  }
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, '') }
}

/**
 * Redirects. Only reads follow a redirect, and only to the configured origin: the credentials must reach no other, and
 * a redirect does not show whether a write was carried out.
 */

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
