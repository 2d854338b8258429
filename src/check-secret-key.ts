import type { Logger } from 'pino'
import type { Sql } from './db/database.ts'
import { canOpenPassword } from './operations/runner/open-password.ts'
import { secretOf } from './webhooks/deliver.ts'
import type { Secrets } from './writes/secrets.ts'

/** What is stored encrypted, and whether this process can decrypt it. */
export interface SealedState {
  /** Passwords of operations, and signing secrets of webhooks. */
  readonly passwords: number
  readonly webhooks: number
  /** Those that this SECRET_KEY does not decrypt. Without a key: all. */
  readonly lostPasswords: number
  readonly lostWebhooks: number
  /** Whether the database was used with this key before. Undefined: with none, or this process has none. */
  readonly isKnownKey: boolean | undefined
}

/** Changes nothing. */
export async function readSealedState(sql: Sql, secrets: Secrets | undefined): Promise<SealedState> {
  const passwords = await sql<{ operationId: number; primaryEmail: string; password: string }[]>`
    select operation_id as "operationId", primary_email as "primaryEmail", password
    from operation_items where password is not null`
  const webhooks = await sql<{ url: string; secret: string }[]>`select url, secret from webhooks`
  const [known] = await sql<{ mac: string }[]>`select mac from secret_key_check`
  return {
    passwords: passwords.length,
    webhooks: webhooks.length,
    lostPasswords: passwords.filter((item) => !secrets || !canOpenPassword(secrets, item)).length,
    lostWebhooks: webhooks.filter((one) => !secrets || !canOpenSecret(secrets, one)).length,
    isKnownKey: known && secrets && known.mac === macOf(secrets),
  }
}

/**
 * Logs at the start of a process if its SECRET_KEY is not the key that the database was used with before. The process
 * starts anyway, because reads and most writes need no key. An operation that needs the former key fails and keeps its
 * sealed data, and so does a webhook. The new key becomes the known key once nothing needs the former one.
 */
export async function checkSecretKey(sql: Sql, secrets: Secrets | undefined, logger: Logger): Promise<void> {
  if (secrets) await sql`insert into secret_key_check (mac) values (${macOf(secrets)}) on conflict do nothing`
  const state = await readSealedState(sql, secrets)
  const problem = secretKeyProblem(state, secrets !== undefined)
  if (problem !== undefined) {
    logger.error({ passwords: state.lostPasswords, webhooks: state.lostWebhooks }, problem)
    return
  }
  if (!secrets || state.isKnownKey !== false) return
  await sql`update secret_key_check set mac = ${macOf(secrets)}, since = clock_timestamp()`
  logger.warn(
    'SECRET_KEY is not the key that this database was used with before: earlier idempotency keys count as new. No password and no webhook needs the former key, so the new key replaces it. Set the new key in every process.',
  )
}

/** What cannot be decrypted, and what to do. Undefined: nothing. */
export function secretKeyProblem({ lostPasswords, lostWebhooks }: SealedState, isSet: boolean): string | undefined {
  if (lostPasswords + lostWebhooks === 0) return undefined
  const lost = [
    ...(lostPasswords > 0 ? [`${lostPasswords} encrypted passwords of operations`] : []),
    ...(lostWebhooks > 0 ? [`${lostWebhooks} signing secrets of webhooks`] : []),
  ].join(' and ')
  const former = 'Set SECRET_KEY, in every process, to the key that they were encrypted with'
  const anew = lostWebhooks > 0 ? ', or create these webhooks again' : ''
  if (!isSet) return `SECRET_KEY is not set, but the database contains ${lost}. ${former}${anew}.`
  return `SECRET_KEY is not the key that this database was used with before: ${lost} cannot be decrypted, and earlier idempotency keys count as new. ${former}${anew}.`
}

function macOf(secrets: Secrets): string {
  return secrets.mac('secret key check')
}

function canOpenSecret(secrets: Secrets, { url, secret }: { readonly url: string; readonly secret: string }): boolean {
  try {
    secrets.open(secret, secretOf(url))
    return true
  } catch {
    return false
  }
}
