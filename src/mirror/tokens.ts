/** The tokens that callers show. What is kept of one is its SHA-256: whoever reads the table can use none. */
import { createHash, randomBytes } from 'node:crypto'
import { array } from './array.ts'
import type { Sql } from './database.ts'
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
  readonly expiresAt: string | null
  readonly revokedAt: string | null
  readonly state: 'GOOD' | 'EXPIRED' | 'REVOKED'
}

/** Makes a token, and gives it back this one time; undefined where another that is not revoked has the name. */
export async function createToken(sql: Sql, wish: TokenWish): Promise<string | undefined> {
  const token = `${tokenPrefix}${randomBytes(32).toString('base64url')}`
  const made = await sql`
    insert into api_tokens (name, digest, scopes, organizations, expires_at)
    values (${wish.name}, ${digestOf(token)}, ${array(wish.scopes)}::text::token_scope[],
      ${wish.organizations && array(wish.organizations)}::text::text[],
      clock_timestamp() + ${wish.expiresInSeconds}::float8 * interval '1 second')
    on conflict (name) where revoked_at is null do nothing returning 1`
  return made.length > 0 ? token : undefined
}

/** Every token that there ever was, oldest first. */
export async function listTokens(sql: Sql): Promise<TokenRow[]> {
  const rows = await sql.unsafe<TokenRow[]>(`select ${columns} from api_tokens order by id`)
  return rows.map(withIsoTimes)
}

/** Whether there was such a token to revoke. It is refused from the next request on. */
export async function revokeToken(sql: Sql, name: string): Promise<boolean> {
  const revoked = await sql`
    update api_tokens set revoked_at = clock_timestamp() where name = ${name} and revoked_at is null returning 1`
  return revoked.length > 0
}

/** The token's row, also where it is good no more; undefined where it was never made here. */
export async function findToken(sql: Sql, token: string): Promise<TokenRow | undefined> {
  const [row] = await sql.unsafe<TokenRow[]>(`select ${columns} from api_tokens where digest = $1`, [digestOf(token)], {
    prepare: true,
  })
  return row && withIsoTimes(row)
}

const columns = `name, scopes::text[] as scopes, organizations, created_at as "createdAt", expires_at as "expiresAt",
  revoked_at as "revokedAt",
  case when revoked_at is not null then 'REVOKED' when expires_at <= clock_timestamp() then 'EXPIRED' else 'GOOD' end as state`

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function withIsoTimes(row: TokenRow): TokenRow {
  return {
    ...row,
    createdAt: isoOf(row.createdAt),
    expiresAt: isoOrNull(row.expiresAt),
    revokedAt: isoOrNull(row.revokedAt),
  }
}
