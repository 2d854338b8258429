import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../src/config/env.ts'
import { idOf } from '../../src/server/graphql/trusted-documents.ts'

const folder = await mkdtemp(join(tmpdir(), 'essentials-graph-config-'))
afterAll(() => rm(folder, { recursive: true }))

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment, 'database')
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

const provider = {
  AUTH_ISSUER: 'https://login.example',
  AUTH_JWKS_URL: 'https://login.example/keys',
  AUTH_AUDIENCE: 'essentials-graph',
}

test('config: by default a token is required everywhere, and there is no identity provider', () => {
  expect(readConfig({}, 'database')).toMatchObject({
    jwt: undefined,
    explorer: 'token',
    introspection: 'token',
    callerRequestsPerMinute: 6_000,
    federationPrefix: undefined,
    federationNode: true,
    trustedDocuments: undefined,
  })
})

test('config: AUTH_ORGANIZATIONS_DEFAULT defaults to none, for JWTs without the organizations claim', () => {
  expect(readConfig(provider, 'database').jwt).toMatchObject({
    organizationsClaim: 'organizations',
    allWithoutClaim: false,
  })
  const set = { ...provider, AUTH_ORGANIZATIONS_CLAIM: 'tenants', AUTH_ORGANIZATIONS_DEFAULT: 'all' }
  expect(readConfig(set, 'database').jwt).toMatchObject({ organizationsClaim: 'tenants', allWithoutClaim: true })
})

test.each([
  [
    { AUTH_ISSUER: 'x' },
    'AUTH_ISSUER is set, but AUTH_JWKS_URL and AUTH_AUDIENCE are not: an identity provider needs all three.',
  ],
  [
    { AUTH_ISSUER: 'x', AUTH_AUDIENCE: 'x' },
    'AUTH_ISSUER and AUTH_AUDIENCE are set, but AUTH_JWKS_URL is not: an identity provider needs all three.',
  ],
  [
    { EXPLORER_OIDC_CLIENT_ID: 'x' },
    'EXPLORER_OIDC_CLIENT_ID is set, but AUTH_ISSUER, AUTH_JWKS_URL, AUTH_AUDIENCE are not.',
  ],
  [
    { AUTH_ORGANIZATIONS_CLAIM: 'x' },
    'AUTH_ORGANIZATIONS_CLAIM is set, but AUTH_ISSUER, AUTH_JWKS_URL, AUTH_AUDIENCE are not.',
  ],
  [
    { AUTH_ORGANIZATIONS_DEFAULT: 'all' },
    'AUTH_ORGANIZATIONS_DEFAULT is set, but AUTH_ISSUER, AUTH_JWKS_URL, AUTH_AUDIENCE are not.',
  ],
  [
    { ...provider, AUTH_ORGANIZATIONS_DEFAULT: 'some' },
    'AUTH_ORGANIZATIONS_DEFAULT is "some", but must be one of none, all.',
  ],
  [
    { ...provider, AUTH_JWKS_URL: 'login.example' },
    'AUTH_JWKS_URL must be a URL that begins with https:// or http://.',
  ],
  [{ EXPLORER: 'everybody' }, 'EXPLORER is "everybody", but must be one of public, token, off.'],
  [
    { FEDERATION_PREFIX: 'essentials' },
    'FEDERATION_PREFIX is "essentials", but must be a capital letter followed by letters and digits, at most 40 characters in all.',
  ],
  [
    { TRUSTED_DOCUMENTS_ONLY: 'true' },
    'TRUSTED_DOCUMENTS_ONLY is true, but TRUSTED_DOCUMENTS names no manifest: every request would be rejected.',
  ],
  [{ TRUSTED_DOCUMENTS: '/nowhere' }, 'The file of TRUSTED_DOCUMENTS, /nowhere, cannot be read (ENOENT).'],
])('config: %j is rejected with a plain message', (environment, problem) => {
  expect(problemsOf(environment as Record<string, string>)).toEqual([problem])
})

test('config: the manifest of codegen is accepted, and a malformed manifest is rejected', async () => {
  const manifest = 'test/graphql/generated/trusted-documents.json'
  const { trustedDocuments } = readConfig({ TRUSTED_DOCUMENTS: manifest, TRUSTED_DOCUMENTS_ONLY: 'true' }, 'database')
  expect(trustedDocuments?.only).toBe(true)
  for (const [id, text] of trustedDocuments?.manifest ?? []) expect(id).toBe(idOf(text))
  expect(trustedDocuments?.manifest.size).toBeGreaterThan(0)
  const other = join(folder, 'other.json')
  await writeFile(other, '{"abc": "{ users { totalCount } }"}')
  expect(problemsOf({ TRUSTED_DOCUMENTS: other })).toEqual([
    expect.stringContaining('must contain a JSON object of documents by "sha256:…"'),
  ])
})
