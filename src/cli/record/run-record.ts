/**
 * Records how the vendor's API v1 answers: a few requests that read and change nothing, with the user's own credentials.
 * The folder has no names, addresses, numbers of accounts or secrets, so that it can be looked through and sent.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Config } from '../../config/env.ts'
import { connectionOf } from '../../organizations/vendor-connection.ts'
import { readRefusal } from '../../rate-limit/vendor-allowance.ts'
import { interfaceAccess } from '../../vendor/v1/client.ts'
import { findDatabase } from '../doctor/check-database.ts'
import { minuteOf } from '../operator/output.ts'
import { recordUsage } from '../usage.ts'
import { createPseudonyms, type Pseudonyms } from './pseudonyms.ts'

/** The arguments of `record` are invalid, or the vendor refuses the credentials. */
export class RecordError extends Error {
  override readonly name = 'RecordError'
}

type InterfaceOrganization = Extract<Config['organizations'][number], { api: 'v1' }>

interface Recorded {
  readonly call: string
  readonly status: number
  readonly contentType: string | null
  readonly headers: readonly string[]
  readonly milliseconds: number
  readonly bytes: number
  /** Of a list that is cut: the number of rows, and in how many of them each key occurs. */
  readonly rows?: number
  readonly keys?: Readonly<Record<string, number>>
  readonly body: unknown
}

const longestRequestMs = 120_000
/** Of the body of one response. */
const largestResponse = 64 * 2 ** 20
/** Rows of a list that are written. */
const mostRows = 50

/** Resolves to the files that it has written, in order. */
export async function runRecord(
  args: readonly string[],
  config: Config,
  now: Date,
  { mostBytes = largestResponse } = {},
): Promise<string[]> {
  const { organization, folder } = settingsOf(args, config, now)
  const { domain, user, password } = organization
  const { credentials, secrets } = interfaceAccess(organization, unlimited)
  const pseudonyms = createPseudonyms([...secrets, password])
  const base = `${organization.baseUrl.replace(/\/+$/, '')}/api/v1`
  const own = `/orgs/${encodeURIComponent(domain)}`
  const unknown = `unknown-${now.getTime().toString(36)}@${domain}`
  await refuseRefused(organization, config)
  await createFolder(folder)
  const gathered: { readonly name: string; readonly call: string; readonly response: Response }[] = []
  const record = async (name: string, call: string, path: string): Promise<unknown> => {
    const { response, value } = await get(`${base}${path}`, credentials, call, mostBytes)
    gathered.push({ name, call, response })
    // A repeated wrong password may lock the account.
    if (response.status === 401)
      throw new RecordError(`The vendor refused the user or the password (401). ${folder} has its answer.`)
    return value
  }
  /** A name in any response is replaced in the sentences of all. */
  const write = async (): Promise<string[]> => {
    for (const { response } of gathered) pseudonyms.learn(response.shown)
    const files: string[] = []
    for (const { name, call, response } of gathered) {
      const text = `${JSON.stringify(recordedOf(call, response, pseudonyms), null, 2)}\n`
      if ([...secrets, user, domain].some((secret) => text.toLowerCase().includes(secret.toLowerCase())))
        throw new RecordError(`The response to ${call} was not written, because it would contain a secret.`)
      const file = join(folder, `${String(files.length + 1).padStart(2, '0')}-${name}.json`)
      await writeFile(file, text, { mode: 0o600 })
      files.push(file)
    }
    return files
  }
  try {
    await record('me', 'GET /me', '/me')
    await record('endpoints', 'GET /endpoints/{domain}', `/endpoints/${encodeURIComponent(domain)}`)
    await record('organization', 'GET /orgs/{domain}', own)
    const users = await record('users', 'GET /orgs/{domain}/users', `${own}/users`)
    const known = addressIn(users)
    if (known !== undefined) {
      await record('user', 'GET /orgs/{domain}/users/{email}', `${own}/users/${encodeURIComponent(known)}`)
      const path = `${own}/users/${encodeURIComponent(known.toUpperCase())}`
      await record('user-in-capitals', 'GET /orgs/{domain}/users/{EMAIL}', path)
    }
    await record('unknown-user', 'GET /orgs/{domain}/users/{unknown}', `${own}/users/${encodeURIComponent(unknown)}`)
    await record('organizations', 'GET /orgs/{domain}/orgs', `${own}/orgs`)
    await record('domains', 'GET /orgs/{domain}/domains', `${own}/domains`)
    await record('licensing', 'GET /orgs/{domain}/licensing', `${own}/licensing`)
    await record('directory-sync', 'GET /orgs/{domain}/settings/azure', `${own}/settings/azure`)
    await record('exemptions', 'GET /orgs/{domain}/settings/azure/exemptions', `${own}/settings/azure/exemptions`)
  } catch (error) {
    await write()
    throw error
  }
  return await write()
}

/** A repeated wrong password may lock the account. Without a database that can be used nothing is known. */
async function refuseRefused(organization: InterfaceOrganization, config: Config): Promise<void> {
  await using found = await findDatabase(config)
  if (!found.database || !found.isCurrent) return
  const { allowanceKey, limits } = await connectionOf(organization)
  const until = await readRefusal(found.database.sql, allowanceKey, limits?.credential)
  if (until !== undefined)
    throw new RecordError(
      `The vendor has refused this user or password (401), so nothing is sent with them until ${minuteOf(until)}, to avoid a lock-out. Change them in the configuration, or wait.`,
    )
}

async function createFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST')
      throw new RecordError(`${folder} already exists. Name a folder that does not exist with --folder.`)
    throw new RecordError(`The folder ${folder} cannot be created (${String(code)}). Name another one with --folder.`)
  }
}

const unlimited = {
  take: () => Promise.reject(new TypeError('a recording has no allowance')),
  pause: async () => {},
}

function settingsOf(args: readonly string[], { organizations }: Config, now: Date) {
  const options = { api: { type: 'string' }, organization: { type: 'string' }, folder: { type: 'string' } } as const
  let values: { api?: string; organization?: string; folder?: string }
  try {
    values = parseArgs({ args: [...args], options }).values
  } catch {
    throw new RecordError(`The arguments are not known.\n\n${recordUsage}`)
  }
  if (values.api !== 'v1') throw new RecordError(`--api must be v1.\n\n${recordUsage}`)
  const ofV1 = organizations.filter((one): one is InterfaceOrganization => one.api === 'v1')
  const named = values.organization === undefined ? ofV1 : ofV1.filter(({ slug }) => slug === values.organization)
  const [organization] = named
  if (organization === undefined || named.length > 1) {
    const slugs = ofV1.map(({ slug }) => slug).join(', ') || 'none is configured'
    throw new RecordError(`--organization must name one organization of the API v1: ${slugs}.`)
  }
  const folder = values.folder ?? `recording-v1-${now.toISOString().replaceAll(/[:.]/g, '-')}`
  return { organization, folder }
}

/** Headers that tell how the vendor limits and caches. Their values are not needed, except for numbers. */
const tellingHeaders = /^(retry-after|etag|last-modified|cache-control|link|x-total|(x-)?rate-?limit)/

interface Response {
  readonly status: number
  readonly headers: Headers
  readonly milliseconds: number
  readonly bytes: number
  /** The value with at most `mostRows` rows. */
  readonly shown: unknown
  /** What the body is if it is not JSON. */
  readonly notJson: string | undefined
  /** Of a list: the number of its rows, and in how many of them each key occurs. */
  readonly list: { readonly rows: number; readonly keys: ReadonlyMap<string, number> } | undefined
}

/** The only request that a recording sends. */
async function get(
  url: string,
  credentials: Readonly<Record<string, string>>,
  call: string,
  mostBytes: number,
): Promise<{ readonly response: Response; readonly value: unknown }> {
  const begun = performance.now()
  const signal = AbortSignal.timeout(longestRequestMs)
  const { status, headers, body } = await fetch(url, { headers: credentials, redirect: 'manual', signal })
  const chunks: Uint8Array[] = []
  let bytes = 0
  // Leaving the loop closes the connection.
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    if (bytes > mostBytes)
      throw new RecordError(
        `The response to ${call} exceeds the limit of ${mostBytes} bytes. The recording stopped there.`,
      )
    chunks.push(chunk)
  }
  const milliseconds = Math.round(performance.now() - begun)
  const text = new TextDecoder().decode(Buffer.concat(chunks))
  const value = parsed(text)
  const rows = listIn(value)
  const shown = rows && rows.length > mostRows ? withRows(value, rows.slice(0, mostRows)) : value
  // The whole body is not kept until all responses are written.
  const list = rows && { rows: rows.length, keys: keysOf(rows) }
  const other = value === undefined ? notJson(text) : undefined
  return { value, response: { status, headers, milliseconds, bytes, shown, notJson: other, list } }
}

function recordedOf(call: string, response: Response, pseudonyms: Pseudonyms): Recorded {
  const { status, headers, milliseconds, bytes, shown, notJson, list } = response
  const contentType = headers.get('content-type')
  return {
    call,
    status,
    contentType: contentType === null ? null : (/^[\w/+.-]+/.exec(contentType)?.[0] ?? null),
    headers: [...headers].flatMap(([name, value]) =>
      tellingHeaders.test(name) ? [/^\d{1,9}$/.test(value) ? `${name}: ${value}` : name] : [],
    ),
    milliseconds,
    bytes,
    ...(list && {
      rows: list.rows,
      keys: Object.fromEntries([...list.keys].map(([name, count]) => [pseudonyms.key(name), count])),
    }),
    body: notJson ?? pseudonyms.json(shown),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function notJson(text: string): string {
  if (text.trim() === '') return '(empty)'
  return text.trimStart().startsWith('<') ? '(HTML or XML)' : '(text that is not JSON)'
}

/** The rows of a list: the response itself, or the only array in it. */
function listIn(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value
  if (typeof value !== 'object' || value === null) return undefined
  const values: unknown[] = Object.values(value)
  return values.length === 1 && Array.isArray(values[0]) ? values[0] : undefined
}

function withRows(value: unknown, rows: readonly unknown[]): unknown {
  if (Array.isArray(value)) return rows
  return Object.fromEntries(Object.keys(value as object).map((key) => [key, rows]))
}

function keysOf(rows: readonly unknown[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const row of rows)
    for (const name of typeof row === 'object' && row !== null && !Array.isArray(row) ? Object.keys(row) : [])
      counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

function addressIn(users: unknown): string | undefined {
  for (const row of listIn(users) ?? []) {
    const address = typeof row === 'object' && row !== null && 'primary_email' in row ? row.primary_email : undefined
    if (typeof address === 'string' && address.includes('@')) return address
  }
  return undefined
}
