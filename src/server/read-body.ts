import type { IncomingMessage } from 'node:http'

/** How much of a refused body is still taken in, so that its sender gets to read the answer. */
const swallowedAtMost = 16_000_000

/**
 * The request's body as text; undefined where it is longer than `limit` bytes.
 * Rejects where the caller goes away in the middle of it.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > limit) {
    swallow(request)
    return Promise.resolve(undefined)
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const take = (chunk: Buffer) => {
      length += chunk.length
      chunks.push(chunk)
      if (length <= limit) return
      request.off('data', take)
      swallow(request)
      resolve(undefined)
    }
    request.on('data', take)
    request.once('end', () => resolve(withoutBom(Buffer.concat(chunks).toString('utf8'))))
    request.once('error', reject)
  })
}

/** Some clients put a byte order mark before JSON, which JSON does not allow. */
function withoutBom(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

/** Reads on and forgets what it reads. Closing at once would reset the connection, and the answer would be lost with it. */
export function swallow(request: IncomingMessage): void {
  let length = 0
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > swallowedAtMost) request.destroy()
  })
}
