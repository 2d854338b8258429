/** `token create`, `token list` and `token revoke`: who may ask. Works on the database alone, beside a running `serve` too. */
import { parseArgs } from 'node:util'
import type { Config } from './config.ts'
import { openMigratedDatabase } from './context.ts'
import { createLogger } from './logger.ts'
import type { Sql } from './mirror/database.ts'
import {
  createToken,
  listTokens,
  revokeToken,
  type TokenRow,
  type TokenScope,
  type TokenWish,
} from './mirror/tokens.ts'

const tokenUsage = `Usage:
  npm run token -- create --name NAME --scope SCOPE [--scope SCOPE …] [--organization SLUG …] [--expires 90d]
  npm run token -- list
  npm run token -- revoke NAME

  SCOPE is read (the graph, refreshUser, startPull), write (the other mutations, operations) or admin (resolveQuarantine).
  Without --organization the token is for every organization. --expires takes minutes, hours or days: 30m, 12h, 90d.
`

/** What was written after `token` cannot be done. */
export class TokenUsageError extends Error {
  override readonly name = 'TokenUsageError'

  constructor(problem: string) {
    super(`${problem}\n\n${tokenUsage}`)
  }
}

export async function runToken(args: readonly string[], config: Config): Promise<void> {
  const command = commandOf(args)
  await using opened = await openMigratedDatabase(config, createLogger(config.logLevel), { mayJoin: true })
  process.stdout.write(await command(opened.database.sql))
}

/** What is to be done, once it is known that it can be: gives what the terminal says. */
function commandOf([verb, ...rest]: readonly string[]): (sql: Sql) => Promise<string> {
  if (verb === 'create') {
    const wish = wishOf(rest)
    return (sql) => create(sql, wish)
  }
  if (verb === 'list' && rest.length === 0) return list
  const [name, ...more] = rest
  if (verb === 'revoke' && name !== undefined && more.length === 0) return (sql) => revoke(sql, name)
  throw new TokenUsageError(
    `"token ${[verb, ...rest].filter((word) => word).join(' ')}" is none of the three that there are.`,
  )
}

async function create(sql: Sql, wish: TokenWish): Promise<string> {
  const known = await sql<{ slug: string }[]>`select slug from organizations where retired_at is null order by slug`
  const unknown = wish.organizations?.filter((slug) => !known.some((one) => one.slug === slug)) ?? []
  const token = await createToken(sql, wish)
  if (!token)
    throw new TokenUsageError(`There is a token named "${wish.name}" already: revoke it, or choose another name.`)
  return `${unknown.map((slug) => `Beware: no organization "${slug}" is mirrored; mirrored: ${known.map((one) => one.slug).join(', ') || 'none yet'}.\n`).join('')}The token "${wish.name}" may ${wish.scopes.join(', ')}, in ${wish.organizations?.join(', ') ?? 'every organization'}. It is shown this once, and kept nowhere:

${token}
`
}

async function list(sql: Sql): Promise<string> {
  const rows = (await listTokens(sql)).map(lineOf)
  const table = [['NAME', 'SCOPES', 'ORGANIZATIONS', 'CREATED', 'EXPIRES', 'STATE'], ...rows]
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? []
  return table
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

function lineOf({ name, scopes, organizations, createdAt, expiresAt, state }: TokenRow): string[] {
  const minute = (moment: string) => moment.slice(0, 16).replace('T', ' ')
  return [
    name,
    scopes.join(','),
    organizations?.join(',') ?? 'all',
    minute(createdAt),
    expiresAt === null ? 'never' : minute(expiresAt),
    state.toLowerCase(),
  ]
}

async function revoke(sql: Sql, name: string): Promise<string> {
  if (await revokeToken(sql, name)) return `The token "${name}" is revoked.\n`
  throw new TokenUsageError(`There is no token named "${name}" that is not revoked.`)
}

function wishOf(args: string[]): TokenWish {
  const { name, scope = [], organization, expires } = optionsOf(args)
  if (name === undefined)
    throw new TokenUsageError('--name is needed: it stands as the actor in what the token writes.')
  if (!/^[\w.@-]{1,100}$/.test(name) || name === 'admin') {
    throw new TokenUsageError(
      `--name is "${name}", but must have 1 to 100 letters, digits and . @ _ -, and not be "admin", which ADMIN_TOKEN is called.`,
    )
  }
  if (scope.length === 0) throw new TokenUsageError('--scope is needed: read, write or admin.')
  return {
    name,
    scopes: [...new Set(scope.map(scopeOf))],
    organizations: organization ? [...new Set(organization.map(slugOf))] : null,
    expiresInSeconds: expires === undefined ? null : secondsOf(expires),
  }
}

function optionsOf(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        name: { type: 'string' },
        scope: { type: 'string', multiple: true },
        organization: { type: 'string', multiple: true },
        expires: { type: 'string' },
      },
    }).values
  } catch (error) {
    throw new TokenUsageError(error instanceof Error ? error.message : String(error))
  }
}

function scopeOf(word: string): TokenScope {
  const found = (['read', 'write', 'admin'] as const).find((scope) => scope === word)
  if (!found) throw new TokenUsageError(`--scope is "${word}", but must be read, write or admin.`)
  return found
}

function slugOf(word: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(word)) return word
  throw new TokenUsageError(`--organization is "${word}", which is no slug: lower-case letters, digits and hyphens.`)
}

const unitSeconds: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 }

function secondsOf(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  const seconds = Number(count) * (unitSeconds[unit] ?? 0)
  if (seconds > 0) return seconds
  throw new TokenUsageError(`--expires is "${text}", but must be minutes, hours or days: 30m, 12h, 90d.`)
}
