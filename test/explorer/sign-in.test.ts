/** Sign-in by an identity provider, in Chromium. */
import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { runApi } from '../program/running.ts'
import { hasBrowser, openBrowser } from './browser.ts'

const audience = 'essentials-graph'
const clientId = 'explorer'

/** A provider that signs everyone in at once. It checks the PKCE challenge, and accepts each code once. */
async function startProvider() {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const key = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }
  const challenges = new Map<string, string>()
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const json = (response: ServerResponse, status: number, body: object) =>
    response
      .writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' })
      .end(JSON.stringify(body))

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', issuer)
    if (pathname === '/.well-known/openid-configuration') {
      const endpoints = { authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` }
      json(response, 200, { issuer, jwks_uri: `${issuer}/keys`, ...endpoints })
    } else if (pathname === '/keys') json(response, 200, { keys: [key] })
    else if (pathname === '/authorize') {
      const code = randomUUID()
      challenges.set(code, searchParams.get('code_challenge') ?? '')
      const back = new URL(searchParams.get('redirect_uri') ?? '')
      back.search = String(new URLSearchParams({ code, state: searchParams.get('state') ?? '' }))
      response.writeHead(302, { location: back.href }).end()
    } else if (pathname === '/token') {
      const sent = new URLSearchParams(Buffer.concat(await Array.fromAsync(request)).toString())
      const challenge = createHash('sha256')
        .update(sent.get('code_verifier') ?? '')
        .digest('base64url')
      const code = sent.get('code') ?? ''
      if (challenges.get(code) !== challenge) return void json(response, 400, { error: 'invalid_grant' })
      challenges.delete(code)
      const token = await new SignJWT({ scope: 'read', organizations: '*' })
        .setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject('ann')
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey)
      json(response, 200, { access_token: token, token_type: 'Bearer', expires_in: 300 })
    } else json(response, 404, {})
  }
  return { issuer, [Symbol.asyncDispose]: async () => void server.close() }
}

test.skipIf(!hasBrowser)(
  'explorer: the identity provider signs a person in, who then sees only what the token allows',
  async () => {
    await using provider = await startProvider()
    const { issuer } = provider
    await using api = await runApi({
      AUTH_ISSUER: issuer,
      AUTH_JWKS_URL: `${issuer}/keys`,
      AUTH_AUDIENCE: audience,
      EXPLORER_OIDC_CLIENT_ID: clientId,
    })
    const origin = new URL(api.running.server?.url ?? '').origin
    await using browser = await openBrowser()
    const page = await browser.newPage()
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(String(error)))
    await page.goto(`${origin}/operations`)
    await page.getByRole('button', { name: `Sign in with ${new URL(issuer).host}` }).click()
    await page.getByRole('heading', { level: 1, name: 'Operations' }).waitFor()
    expect(page.url()).toBe(`${origin}/operations`)
    await page.getByText('Your token lacks the scope write').waitFor()
    expect(await page.getByRole('link', { name: 'Onboard users' }).count()).toBe(0)
    expect(errors).toEqual([])
  },
)
