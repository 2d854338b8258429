/**
 * `token create`, `list`, `rotate` and `revoke`: manages API tokens. Needs only the database, and works beside a
 * running `serve`.
 */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import {
  createToken,
  listTokens,
  revokeToken,
  rotateToken,
  type TokenRow,
  type TokenScope,
  type TokenWish,
  TooManyTokens,
  tokensExpiringSoon,
} from '../access/tokens.ts'
import type { Config } from '../config/env.ts'
import type { Sql } from '../db/database.ts'
import { createLogger } from '../logger.ts'
import { openOperatorDatabase } from './operator/open-database.ts'
import { OperatorError } from './operator/output.ts'
import { unitSeconds } from './time-argument.ts'
import { tokenUsage } from './usage.ts'

const defaultExpiry = '90d'
const defaultOverlap = '24h'

/** The arguments of `token` are invalid. */
export class TokenUsageError extends Error {
  override readonly name = 'TokenUsageError'

  constructor(problem: string) {
    super(`${problem}\n\n${tokenUsage}`)
  }
}

interface Terminal {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
}

export async function runToken(args: readonly string[], config: Config, terminal: Terminal = process): Promise<void> {
  const command = commandOf(args)
  // A token can be created before the first start of a server.
  const mayCreate = args[0] === 'create'
  await using opened = await openOperatorDatabase(config, createLogger(config.logLevel, 'token'), { mayCreate })
  const { output, warnings = [] } = await command(opened.database.sql)
  terminal.stderr.write(warnings.map((warning) => `Warning: ${warning}\n`).join(''))
  terminal.stdout.write(output)
}

interface Said {
  readonly output: string
  readonly warnings?: readonly string[]
}

/** Validates the arguments, and returns the command, which returns its output. */
function commandOf([verb, ...rest]: readonly string[]): (sql: Sql) => Promise<Said> {
  if (verb === 'create') {
    const wish = wishOf(rest)
    return (sql) => create(sql, wish)
  }
  if (verb === 'list') {
    const { json } = parsed(rest, { json: { type: 'boolean' } }).values
    return (sql) => list(sql, json === true)
  }
  if (verb === 'rotate') {
    const { values, positionals } = parsed(rest, { overlap: { type: 'string' }, expires: { type: 'string' } }, true)
    const name = oneName(verb, positionals)
    const overlapSeconds = overlapOf(values.overlap ?? defaultOverlap)
    const expiresInSeconds = expiryOf(values.expires ?? defaultExpiry)
    return (sql) => rotate(sql, name, { overlapSeconds, expiresInSeconds })
  }
  if (verb === 'revoke') {
    const name = oneName(verb, parsed(rest, {}, true).positionals)
    return (sql) => revoke(sql, name)
  }
  throw new TokenUsageError(
    `Unknown command "token ${[verb, ...rest].filter((word) => word).join(' ')}": use create, list, rotate or revoke.`,
  )
}

function oneName(verb: string, names: readonly string[]): string {
  const [name, ...more] = names
  if (name !== undefined && more.length === 0) return name
  throw new TokenUsageError(`"token ${verb}" expects the name of one token; ${names.length} were given.`)
}

async function create(sql: Sql, wish: TokenWish): Promise<Said> {
  const known = await sql<{ slug: string }[]>`select slug from organizations where retired_at is null order by slug`
  const unknown = wish.organizations?.filter((slug) => !known.some((one) => one.slug === slug)) ?? []
  const token = await orSentence(createToken(sql, wish))
  if (!token) throw new TokenUsageError(`The token "${wish.name}" already exists: revoke it, or choose another name.`)
  const beware = unknown.map(
    (slug) =>
      `Warning: no organization "${slug}" is mirrored; mirrored: ${known.map((one) => one.slug).join(', ') || 'none yet'}.\n`,
  )
  const where = wish.organizations?.join(', ') ?? 'every organization'
  return {
    output: `${beware.join('')}The token "${wish.name}" may ${wish.scopes.join(', ')}, in ${where}. ${expiryNote(wish.expiresInSeconds)} It is shown only once and stored nowhere:

${token}
`,
  }
}

function expiryNote(seconds: number | null): string {
  if (seconds === null) return 'It never expires.'
  return `It expires on ${minuteOf(new Date(Date.now() + seconds * 1_000).toISOString())} UTC.`
}

async function rotate(
  sql: Sql,
  name: string,
  wish: { readonly overlapSeconds: number; readonly expiresInSeconds: number | null },
): Promise<Said> {
  const rotated = await orSentence(rotateToken(sql, name, wish))
  if (!rotated) throw noSuchToken(name)
  const { token, expiresAt, oldExpiresAt } = rotated
  const expiry = expiresAt === null ? 'never expires' : `expires on ${minuteOf(expiresAt)} UTC`
  return {
    output: `The token "${name}" has a new secret, which ${expiry}. The old one expires on ${minuteOf(oldExpiresAt)} UTC. The new one is shown only once and stored nowhere:

${token}
`,
  }
}

async function list(sql: Sql, json: boolean): Promise<Said> {
  const tokens = await listTokens(sql)
  const warnings = (await tokensExpiringSoon(sql)).map(
    ({ name, expiresAt }) =>
      `the token "${name}" expires on ${minuteOf(expiresAt)} UTC. Replace it with \`npm run token -- rotate ${name}\`.`,
  )
  if (json) return { output: `${JSON.stringify({ tokens }, null, 2)}\n`, warnings }
  const table = [['NAME', 'SCOPES', 'ORGANIZATIONS', 'CREATED', 'EXPIRES', 'LAST USED', 'STATE'], ...tokens.map(lineOf)]
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? []
  const lines = table.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '))
  return { output: lines.map((line) => `${line.trimEnd()}\n`).join(''), warnings }
}

function lineOf(token: TokenRow): string[] {
  const { name, scopes, organizations, createdAt, expiresAt, lastUsedOn, replacedAt, state } = token
  return [
    name,
    scopes.join(','),
    organizations?.join(',') ?? 'all',
    `${minuteOf(createdAt)}Z`,
    expiresAt === null ? 'never' : `${minuteOf(expiresAt)}Z`,
    lastUsedOn ?? 'never',
    state === 'GOOD' && replacedAt !== null ? 'rotated' : state.toLowerCase(),
  ]
}

function minuteOf(moment: string): string {
  return moment.slice(0, 16).replace('T', ' ')
}

/** Returns once every process rejects the token. */
async function revoke(sql: Sql, name: string): Promise<Said> {
  if (await revokeToken(sql, name)) return { output: `The token "${name}" was revoked.\n` }
  throw noSuchToken(name)
}

function noSuchToken(name: string): TokenUsageError {
  return new TokenUsageError(`There is no active token named "${name}".`)
}

async function orSentence<T>(made: Promise<T>): Promise<T> {
  try {
    return await made
  } catch (error) {
    throw error instanceof TooManyTokens ? new OperatorError(error.message) : error
  }
}

function wishOf(args: string[]): TokenWish {
  const {
    name,
    scope = [],
    organization,
    expires,
  } = parsed(args, {
    name: { type: 'string' },
    scope: { type: 'string', multiple: true },
    organization: { type: 'string', multiple: true },
    expires: { type: 'string' },
  }).values
  if (name === undefined)
    throw new TokenUsageError('--name is required: it appears as the actor of changes that the token makes.')
  if (!/^[\w.@-]{1,100}$/.test(name) || name === 'admin') {
    throw new TokenUsageError(
      `--name is "${name}", but must be 1 to 100 letters, digits and . @ _ -, and not "admin", which is the name of ADMIN_TOKEN.`,
    )
  }
  if (scope.length === 0) throw new TokenUsageError('--scope is required: read, write, admin or scim.')
  const scopes = [...new Set(scope.map(scopeOf))]
  const organizations = organization ? [...new Set(organization.map(slugOf))] : null
  if (scopes.includes('scim') && organizations?.length !== 1) {
    throw new TokenUsageError(
      'A token with the scope scim is bound to one organization: give --organization exactly once.',
    )
  }
  return {
    name,
    scopes,
    organizations,
    expiresInSeconds: expiryOf(expires ?? defaultExpiry),
  }
}

function parsed<const Options extends NonNullable<ParseArgsConfig['options']>>(
  args: string[],
  options: Options,
  allowPositionals = false,
) {
  try {
    return parseArgs({ args, options, allowPositionals })
  } catch (error) {
    throw new TokenUsageError(error instanceof Error ? error.message : String(error))
  }
}

function scopeOf(word: string): TokenScope {
  const found = (['read', 'write', 'admin', 'scim'] as const).find((scope) => scope === word)
  if (!found) throw new TokenUsageError(`--scope is "${word}", but must be read, write, admin or scim.`)
  return found
}

function slugOf(word: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(word)) return word
  throw new TokenUsageError(`--organization is "${word}", but must be a slug: lower-case letters, digits and hyphens.`)
}

function expiryOf(text: string): number | null {
  if (text === 'never') return null
  const seconds = secondsOf(text)
  if (seconds > 0) return seconds
  throw new TokenUsageError(`--expires is "${text}", but must be minutes, hours or days: 30m, 12h, 90d; or never.`)
}

function overlapOf(text: string): number {
  const seconds = text === '0' ? 0 : secondsOf(text)
  if (seconds >= 0) return seconds
  throw new TokenUsageError(`--overlap is "${text}", but must be minutes, hours or days: 30m, 24h, 7d; or 0.`)
}

/** NaN if the text is not a duration. */
function secondsOf(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  return Number(count) * (unitSeconds[unit] ?? Number.NaN)
}
