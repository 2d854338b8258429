/** Signatures as Standard Webhooks defines them: HMAC-SHA256 over the id, the timestamp and the body. */
import { createHmac, randomBytes } from 'node:crypto'

const prefix = 'whsec_'

export function newSecret(): string {
  return `${prefix}${randomBytes(32).toString('base64')}`
}

/** What is signed, and its headers. `timestamp` is in seconds. */
export interface SignedParts {
  readonly id: string
  readonly timestamp: number
  readonly body: string
}

/** One signature per secret, so that a receiver may know either one during a rotation. */
export function signedHeaders({ id, timestamp, body }: SignedParts, secrets: readonly string[]) {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signatures.join(' ') }
}
