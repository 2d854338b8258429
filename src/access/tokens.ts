/** API tokens. Only the SHA-256 of a token is stored, so the table does not reveal usable tokens. */
import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Sql, Transaction } from '../db/database.ts'
import { array } from '../db/pg-array.ts'
import { isoOf, isoOrNull } from '../db/timestamps.ts'

export type TokenScope = 'read' | 'write' | 'admin' | 'scim'

/** Distinguishes a token from a JWT, and lets secret scanners find leaked tokens. */
export const tokenPrefix = 'egt_'

export interface TokenWish {
  readonly name: string
  readonly scopes: readonly TokenScope[]
  /** Slugs. Null: every organization. */
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
  /** When a rotation created a new secret for the name. */
  readonly replacedAt: string | null
  /** A date in UTC. Null: never used. */
  readonly lastUsedOn: string | null
  readonly state: 'GOOD' | 'EXPIRED' | 'REVOKED'
}

export interface Rotated {
  /** The new secret. */
  readonly token: string
  /** When the new secret expires. Null: never. */
  readonly expiresAt: string | null
  /** When the old secret expires. */
  readonly oldExpiresAt: string
}

/**
 * No process admits a token based on a read older than this (token-directory.ts). A revocation returns after this time
 * has passed since its commit, so no message between processes is needed.
 */
export const mostDirectoryAgeMs = 800
const revocationWaitMs = mostDirectoryAgeMs + 100

/** All valid tokens must fit into the memory of each process. */
export const mostTokens = 100_000

/** The maximum number of valid tokens is reached. */
export class TooManyTokens extends Error {
  override readonly name = 'TooManyTokens'

  constructor() {
    super(`The limit of ${mostTokens} valid tokens is reached. Revoke tokens that are no longer used.`)
  }
}

/**
 * Creates a token and returns its secret, which cannot be retrieved again. Undefined if the name is in use by a token
 * that is not revoked.
 */
export async function createToken(sql: Sql, wish: TokenWish): Promise<string | undefined> {
  return (await insertToken(sql, wish))?.token
}

/**
 * Creates a second secret for the name, with the same scopes and organizations. The old one expires after the overlap,
 * or at its own expiry if that is earlier. Undefined if no token with that name is unrevoked. With an overlap of 0,
 * returns once every process rejects the old secret.
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
    if (!made) throw new Error(`Another token with the name "${name}" was created during the rotation`)
    return { ...made, oldExpiresAt: isoOf(old.expiresAt) }
  })
  if (rotated && overlapSeconds === 0) await wait(revocationWaitMs)
  return rotated
}

/** All tokens, including revoked and expired ones, oldest first. */
export async function listTokens(sql: Sql): Promise<TokenRow[]> {
  const rows = await sql.unsafe<TokenRow[]>(`select ${columns} from api_tokens order by id`)
  return rows.map(withIsoTimes)
}

/**
 * Revokes all secrets of the name. Returns once every process rejects them, which takes less than 1 s. Resolves to
 * whether there were any.
 */
export async function revokeToken(sql: Sql, name: string): Promise<boolean> {
  const revoked = await sql`
    update api_tokens set revoked_at = clock_timestamp() where name = ${name} and revoked_at is null returning 1`
  if (revoked.length === 0) return false
  await wait(revocationWaitMs)
  return true
}

/** The token's row, even if the token is no longer valid. Undefined if it was never created here. */
export async function findToken(sql: Sql, token: string): Promise<TokenRow | undefined> {
  const [row] = await sql.unsafe<TokenRow[]>(`select ${columns} from api_tokens where digest = $1`, [digestOf(token)])
  return row && withIsoTimes(row)
}

export const expiryWarningDays = 14

export interface ExpiringToken {
  readonly name: string
  readonly expiresAt: string
}

/**
 * Valid tokens that expire within 14 days, soonest first. Rotated tokens are excluded because they are expected to
 * expire.
 */
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
