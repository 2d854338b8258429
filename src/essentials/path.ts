/**
 * One segment of a path, percent-encoded down to RFC 3986's unreserved characters.
 * An empty segment or one of dots would name another resource (`DELETE /users/`), so it is refused with a TypeError.
 */
export function encodeSegment(segment: string): string {
  if (segment === '' || segment === '.' || segment === '..') {
    throw new TypeError(`"${segment}" cannot be a segment of a path; expected an address or an id`)
  }
  const encoded = encodeURIComponent(segment.toWellFormed())
  return encoded.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** The origin and the path below it, without a slash at its end. Throws a TypeError for what cannot be a base URL. */
export function splitBaseUrl(baseUrl: string): { readonly origin: string; readonly basePath: string } {
  const url = URL.parse(baseUrl)
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new TypeError('the base URL is not one; expected http or https, such as https://api.proofpoint.com/v2')
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('the base URL carries more than a host and a path; expected no credentials, query or fragment')
  }
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, '') }
}
