/** Signatures as Standard Webhooks defines them: HMAC-SHA256 over the id, the timestamp and the body. */
import { createHmac, randomBytes } from 'node:crypto'

const prefix = 'whsec_'

export function newSecret(): string {
  return `${prefix}${randomBytes(32).toString('base64')}`
}

/**
 * The request of one attempt. Its timestamp is that of the attempt, so that receivers can refuse old copies. There is one
 * signature per secret, so that a receiver may know either one during a rotation.
 */
export function signedRequest(url: string, message: { id: string; body: string }, secrets: readonly string[]) {
  const { id, body } = message
  const timestamp = Math.floor(Date.now() / 1_000)
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'essentials-graph',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  }
  return { url, headers, body }
}
