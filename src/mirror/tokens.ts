/** The tokens that callers show. What is kept of one is its SHA-256: whoever reads the table can use none. */
import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { array } from './array.ts'
import type { Sql, Transaction } from './database.ts'
import { isoOf, isoOrNull } from './iso.ts'

export type TokenScope = 'read' | 'write' | 'admin'

/** By it a token is known from a JWT, and found by those who look for secrets in what they should not be in. */
export const tokenPrefix = 'egt_'

export interface TokenWish {
  readonly name: string
  readonly scopes: readonly TokenScope[]
  /** Slugs; null: every organization. */
  readonly organizations: readonly string[] | null
  /** Null: never. */
  readonly expiresInSeconds: number | null
}

export interface TokenRow {
  readonly name: string
  readonly scopes: TokenScope[]
  readonly organizations: string[] | null
  readonly createdAt: string
  /** Null: never. */
  readonly expiresAt: string | null
  readonly revokedAt: string | null
  /** When a rotation gave the name a new secret. */
  readonly replacedAt: string | null
  /** A day in UTC; null: never used. */
  readonly lastUsedOn: string | null
  readonly state: 'GOOD' | 'EXPIRED' | 'REVOKED'
}

export interface Rotated {
  /** The new secret. */
  readonly token: string
  /** When the new one expires; null: never. */
  readonly expiresAt: string | null
  /** Until when the old one is valid. */
  readonly oldExpiresAt: string
}

/**
 * No process admits a token by what it read longer ago than this (token-directory.ts). A revocation returns once that time has passed
 * since its commit, so that it needs no message between processes.
 */
export const mostDirectoryAgeMs = 800
const revocationWaitMs = mostDirectoryAgeMs + 100

/** All valid tokens must fit into the memory of each process. */
export const mostTokens = 100_000

/** There are as many valid tokens as a process can hold. */
export class TooManyTokens extends Error {
  override readonly name = 'TooManyTokens'

  constructor() {
    super(`There are ${mostTokens} valid tokens already, which is the limit. Revoke those that are not used any more.`)
  }
}

/** Makes a token, and gives it back this one time; undefined where another that is not revoked has the name. */
export async function createToken(sql: Sql, wish: TokenWish): Promise<string | undefined> {
  return (await insertToken(sql, wish))?.token
}

/**
 * Makes a second secret for the name, with the same rights. The old one expires after the overlap, or when it would have anyway. Undefined
 * where no token that is not revoked has the name. With an overlap of 0 it returns once every process refuses the old one.
 */
export async function rotateToken(
  sql: Sql,
  name: string,
  { overlapSeconds, expiresInSeconds }: { readonly overlapSeconds: number; readonly expiresInSeconds: number | null },
): Promise<Rotated | undefined> {
  const rotated = await sql.begin(async (tx) => {
    const [old] = await tx<{ scopes: TokenScope[]; organizations: string[] | null; expiresAt: string }[]>`
      update api_tokens set replaced_at = clock_timestamp(),
        expires_at = least(expires_at, clock_timestamp() + ${overlapSeconds}::float8 * interval '1 second')
      where name = ${name} and revoked_at is null and replaced_at is null
      returning scopes::text[] as scopes, organizations, expires_at as "expiresAt"`
    if (!old) return undefined
    const { scopes, organizations } = old
    const made = await insertToken(tx, { name, scopes, organizations, expiresInSeconds })
    if (!made) throw new Error(`Another token took the name "${name}" while it was rotated`)
    return { ...made, oldExpiresAt: isoOf(old.expiresAt) }
  })
  if (rotated && overlapSeconds === 0) await wait(revocationWaitMs)
  return rotated
}

/** Every token that there ever was, oldest first. */
export async function listTokens(sql: Sql): Promise<TokenRow[]> {
  const rows = await sql.unsafe<TokenRow[]>(`select ${columns} from api_tokens order by id`)
  return rows.map(withIsoTimes)
}

/**
 * Revokes all secrets of that name, and returns once every process refuses them: within 1 s. Gives whether there were any.
 */
export async function revokeToken(sql: Sql, name: string): Promise<boolean> {
  const revoked = await sql`
    update api_tokens set revoked_at = clock_timestamp() where name = ${name} and revoked_at is null returning 1`
  if (revoked.length === 0) return false
  await wait(revocationWaitMs)
  return true
}

/** The token's row, also where it is good no more; undefined where it was never made here. */
export async function findToken(sql: Sql, token: string): Promise<TokenRow | undefined> {
  const [row] = await sql.unsafe<TokenRow[]>(`select ${columns} from api_tokens where digest = $1`, [digestOf(token)])
  return row && withIsoTimes(row)
}

export const expiryWarningDays = 14

export interface ExpiringToken {
  readonly name: string
  readonly expiresAt: string
}

/** Valid tokens that expire within 14 days, soonest first. A token that was rotated is meant to. */
export async function tokensExpiringSoon(sql: Sql): Promise<ExpiringToken[]> {
  const rows = await sql<ExpiringToken[]>`
    select name, expires_at as "expiresAt" from api_tokens
    where revoked_at is null and replaced_at is null and expires_at > clock_timestamp()
      and expires_at <= clock_timestamp() + ${expiryWarningDays} * interval '1 day'
    order by expires_at, id`
  return rows.map(({ name, expiresAt }) => ({ name, expiresAt: isoOf(expiresAt) }))
}

export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

async function insertToken(
  sql: Sql | Transaction,
  { name, scopes, organizations, expiresInSeconds }: TokenWish,
): Promise<{ readonly token: string; readonly expiresAt: string | null } | undefined> {
  const [{ count } = { count: 0 }] = await sql<{ count: number }[]>`
    select count(*)::int as count from api_tokens
    where revoked_at is null and (expires_at is null or expires_at > clock_timestamp())`
  if (count >= mostTokens) throw new TooManyTokens()
  const token = `${tokenPrefix}${randomBytes(32).toString('base64url')}`
  const [made] = await sql<{ expiresAt: string | null }[]>`
    insert into api_tokens (name, digest, scopes, organizations, expires_at)
    values (${name}, ${digestOf(token)}, ${array(scopes)}::text::token_scope[],
      ${organizations && array(organizations)}::text::text[],
      clock_timestamp() + ${expiresInSeconds}::float8 * interval '1 second')
    on conflict (name) where revoked_at is null and replaced_at is null do nothing
    returning expires_at as "expiresAt"`
  return made && { token, expiresAt: isoOrNull(made.expiresAt) }
}

const columns = `name, scopes::text[] as scopes, organizations, created_at as "createdAt", expires_at as "expiresAt",
  revoked_at as "revokedAt", replaced_at as "replacedAt", last_used_on::text as "lastUsedOn",
  case when revoked_at is not null then 'REVOKED' when expires_at <= clock_timestamp() then 'EXPIRED' else 'GOOD' end as state`

function withIsoTimes(row: TokenRow): TokenRow {
  return {
    ...row,
    createdAt: isoOf(row.createdAt),
    expiresAt: isoOrNull(row.expiresAt),
    revokedAt: isoOrNull(row.revokedAt),
    replacedAt: isoOrNull(row.replacedAt),
  }
}
