/** The query editor: one document without any external reference, so that it works in a closed network. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { examples } from './examples.ts'

const part = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')

const document = part('./explorer.html')
  // A function, because `$&` has a special meaning in a replacement string.
  .replace('/* explorer.css */', () => part('./explorer.css'))
  .replace('/* explorer.js */', () => part('./explorer.js'))
  .replace('"examples.json"', () => JSON.stringify(examples).replaceAll('<', '\\u003c'))

/**
 * The page contains no data, so it needs no token; its requests need one. Only scripts and styles with this response's
 * nonce run.
 */
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
