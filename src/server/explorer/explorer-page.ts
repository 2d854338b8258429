/** The page to try queries on: one document without a single outside reference, so that it works in a closed network. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { examples } from './examples.ts'

const part = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')

const document = part('./explorer.html')
  // A function, since in a string `$&` would mean something.
  .replace('/* explorer.css */', () => part('./explorer.css'))
  .replace('/* explorer.js */', () => part('./explorer.js'))
  .replace('"examples.json"', () => JSON.stringify(examples).replaceAll('<', '\\u003c'))

/** Holds nothing, so it needs no token; what it asks needs one. Nothing runs on it but what carries this answer's nonce. */
export function explorerPage(response: ServerResponse): void {
  const nonce = randomBytes(16).toString('base64')
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': [
      "default-src 'none'",
      `script-src 'nonce-${nonce}'`,
      `style-src 'nonce-${nonce}'`,
      "connect-src 'self'",
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  })
  response.end(document.replaceAll('__NONCE__', nonce))
}
