import type { IncomingMessage } from 'node:http'

/** How much of a rejected body is still read, so that its sender can read the response. */
const swallowedAtMost = 16_000_000

/**
 * The request's body as text; undefined if it exceeds `limit` bytes. Rejects if the caller disconnects while sending
 * it.
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

/** Some clients send a byte order mark before JSON, which JSON does not allow. */
function withoutBom(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

/** Continues reading and discards the data. Closing immediately would reset the connection and lose the response. */
export function swallow(request: IncomingMessage): void {
  let length = 0
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > swallowedAtMost) request.destroy()
  })
}
