/** The uses of SECRET_KEY: deriving names that reveal nothing, and encrypting values in shared storage. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

export interface Secrets {
  /** Returns equal output only for equal parts. It reveals nothing about them without the key. */
  mac(...parts: readonly string[]): string
  /** Encrypts with AES-256-GCM, as base64. `about` is not stored: opening requires the same value. */
  seal(text: string, about: string): string
  /** Throws if the text was sealed with another key or another `about`, or was modified. */
  open(sealed: string, about: string): string
}

const cipher = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/** `key`: 32 bytes. */
export function openSecrets(key: Buffer): Secrets {
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `essentials-graph ${purpose}`, 32))
  const macKey = derive('mac')
  const sealKey = derive('seal')
  return {
    mac: (...parts) => createHmac('sha256', macKey).update(JSON.stringify(parts)).digest('base64url'),
    seal(text, about) {
      const nonce = randomBytes(nonceBytes)
      const sealing = createCipheriv(cipher, sealKey, nonce).setAAD(Buffer.from(about))
      const body = Buffer.concat([sealing.update(text, 'utf8'), sealing.final()])
      return Buffer.concat([nonce, sealing.getAuthTag(), body]).toString('base64')
    },
    open(sealed, about) {
      const bytes = Buffer.from(sealed, 'base64')
      const opening = createDecipheriv(cipher, sealKey, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
      opening.setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
      return Buffer.concat([opening.update(bytes.subarray(nonceBytes + tagBytes)), opening.final()]).toString('utf8')
    },
  }
}
