/**
 * Serves the explorer, the web application. Its files contain no data, so they need no token; its requests need one.
 * Everything that the pages load comes from this server.
 */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { type ExplorerFiles, openExplorerFiles, versionOf } from './explorer-files.ts'

export interface ExplorerOptions {
  /** The output of `npm run build`. Defaults to `dist-explorer` beside `src`. */
  readonly folder?: string | undefined
  /** The settings with which the explorer does not work. Its pages then say so, except for the query editor. */
  readonly unsupported?: readonly string[] | undefined
  /** The client of an identity provider by which people can sign in. */
  readonly signIn?: { readonly issuer: string; readonly audience: string; readonly clientId: string } | undefined
}

export interface Explorer {
  /** Whether the explorer answers a GET for this path. */
  answers(path: string, request: IncomingMessage): boolean
  respond(path: string, request: IncomingMessage, response: ServerResponse): Promise<void>
}

const projectRoot = join(import.meta.dirname, '../../..')
/** Paths of the API, whose errors are JSON for browsers, too. */
const others = /^\/(?:graphql|health|metrics|scim)(?:\/|$)/
const views = /^\/(?:(?:graph|users|groups|roles|findings|changes|operations|provisioning|write|sign-in)(?:\/[^/]*)?)?$/
function unsupportedText(settings: readonly string[]): string {
  return (
    `The explorer does not work with ${settings.join(' and ')}: it uses Query.node and type names without a prefix. ` +
    'The query editor is at /editor, and the API at /graphql. Serve the explorer from another process on the same ' +
    'database without this setting, or set EXPLORER=off.\n'
  )
}

const notBuilt = 'The explorer has not been built: run `npm run build`. The API is at /graphql.\n'

export function createExplorer(options: ExplorerOptions = {}): Explorer {
  const folder = options.folder ?? join(projectRoot, 'dist-explorer')
  let opened: { readonly version: number; readonly files: ExplorerFiles | undefined } | undefined
  // A build replaces the output while the server runs.
  const files = async () => {
    const version = await versionOf(folder)
    if (opened?.version !== version) opened = { version, files: await openExplorerFiles(folder) }
    return opened.files
  }

  async function sendFile(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const found = await (await files())?.file(path, String(request.headers['accept-encoding'] ?? ''))
    if (!found) return sendText(response, 404, 'Not found.\n')
    response.writeHead(200, {
      'content-type': found.type,
      'content-length': found.content.length,
      ...(found.encoding ? { 'content-encoding': found.encoding } : {}),
      vary: 'accept-encoding',
      // The name contains a hash of the content.
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    })
    response.end(request.method === 'HEAD' ? undefined : found.content)
  }

  async function sendPage(
    name: 'index' | 'editor',
    status: 200 | 404,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { unsupported = [] } = options
    if (name === 'index' && unsupported.length > 0) return sendText(response, 501, unsupportedText(unsupported))
    const page = await (await files())?.page(name)
    if (page === undefined) return sendText(response, 503, notBuilt)
    const nonce = randomBytes(16).toString('base64')
    response.writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': policyOf(name, nonce, options.signIn?.issuer),
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    // Functions, because `$&` has a special meaning in a replacement string.
    const text = page
      .replaceAll('__NONCE__', () => nonce)
      .replace('__SIGN_IN__', () => attributeOf(JSON.stringify(options.signIn ?? null)))
    response.end(request.method === 'HEAD' ? undefined : text)
  }

  return {
    answers(path, request) {
      const isBrowser = request.headers.accept?.includes('text/html') ?? false
      if (path === '/graphql') return isBrowser
      // A wrong address in a browser gets the page, which says so.
      const isOwn = path.startsWith('/assets/') || path === '/editor' || views.test(path)
      return isOwn || (isBrowser && !others.test(path))
    },
    async respond(path, request, response) {
      if (path.startsWith('/assets/')) return await sendFile(path, request, response)
      if (path === '/graphql') {
        response.writeHead(303, { location: '/editor', 'cache-control': 'no-store' })
        response.end()
        return
      }
      if (path === '/editor') return await sendPage('editor', 200, request, response)
      await sendPage('index', views.test(path) ? 200 : 404, request, response)
    },
  }
}

/** The editor component of the query editor writes style attributes and embeds fonts; scripts remain restricted. */
function policyOf(name: 'index' | 'editor', nonce: string, issuer: string | undefined): string {
  const styles = name === 'editor' ? "'self' 'unsafe-inline'" : `'self' 'nonce-${nonce}'`
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${styles}`,
    `font-src 'self'${name === 'editor' ? ' data:' : ''}`,
    `connect-src 'self'${issuer && name === 'index' ? ` ${new URL(issuer).origin}` : ''}`,
    "img-src 'self' data: blob:",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function attributeOf(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(text)
}
