/**
 * Sign-in by the identity provider: the authorization code flow with PKCE. The verifier and the state are kept in the tab
 * until the provider sends the browser back.
 */
import type * as OAuth from 'oauth4webapi'

export interface Provider {
  readonly issuer: string
  readonly clientId: string
  readonly audience: string
}

interface Attempt {
  readonly verifier: string
  readonly state: string
  /** Where the person was. */
  readonly path: string
}

const key = 'sign-in attempt'
const scopes = 'openid read write admin'

/** The provider that the server names in the page; undefined if there is none. */
export function providerOf(page: Document): Provider | undefined {
  const content = page.querySelector<HTMLMetaElement>('meta[name="explorer-sign-in"]')?.content
  return content ? ((JSON.parse(content) as Provider | null) ?? undefined) : undefined
}

/** Sends the browser to the provider. */
export async function startSignIn(provider: Provider): Promise<void> {
  const oauth = await import('oauth4webapi')
  const server = await discover(oauth, provider)
  if (!server.authorization_endpoint) throw new Error('The identity provider has no authorization endpoint.')
  const attempt: Attempt = {
    verifier: oauth.generateRandomCodeVerifier(),
    state: oauth.generateRandomState(),
    path: location.pathname + location.search,
  }
  sessionStorage.setItem(key, JSON.stringify(attempt))
  const address = new URL(server.authorization_endpoint)
  const parameters = {
    response_type: 'code',
    client_id: provider.clientId,
    redirect_uri: redirectAddress(),
    scope: scopes,
    audience: provider.audience,
    state: attempt.state,
    code_challenge: await oauth.calculatePKCECodeChallenge(attempt.verifier),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value)
  location.assign(address)
}

/** Exchanges the code in the address for an access token. The code is removed from the address first. */
export async function finishSignIn(provider: Provider): Promise<{ token: string; path: string }> {
  const returned = new URL(location.href)
  history.replaceState(null, '', returned.pathname)
  const stored = sessionStorage.getItem(key)
  sessionStorage.removeItem(key)
  if (!stored) throw new Error('This sign-in was not started in this tab. Sign in again.')
  const { verifier, state, path } = JSON.parse(stored) as Attempt
  const oauth = await import('oauth4webapi')
  const server = await discover(oauth, provider)
  const client = { client_id: provider.clientId }
  const parameters = oauth.validateAuthResponse(server, client, returned, state)
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    redirectAddress(),
    verifier,
    optionsFor(oauth, provider),
  )
  const { access_token: token } = await oauth.processAuthorizationCodeResponse(server, client, response)
  return { token, path }
}

async function discover(oauth: typeof OAuth, provider: Provider): Promise<OAuth.AuthorizationServer> {
  const issuer = new URL(provider.issuer)
  const response = await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...optionsFor(oauth, provider) })
  return await oauth.processDiscoveryResponse(issuer, response)
}

/** Plain HTTP is for a provider on the same machine: the server is configured with its issuer. */
function optionsFor(oauth: typeof OAuth, { issuer }: Provider) {
  return { [oauth.allowInsecureRequests]: issuer.startsWith('http:') }
}

function redirectAddress(): string {
  return `${location.origin}/sign-in`
}
