import type { Logger } from 'pino'
import type { Sql } from '../db/database.ts'
import type { Secrets } from '../writes/secrets.ts'
import { canOpenPassword } from './runner/open-password.ts'

/**
 * Logs at the start of a process if its SECRET_KEY is not the key that the database was used with before. The process
 * starts anyway, because reads and most writes need no key. An operation that needs the former key fails and keeps its
 * sealed data. The new key becomes the known key once no waiting password needs the former one.
 */
export async function checkSecretKey(sql: Sql, secrets: Secrets | undefined, logger: Logger): Promise<void> {
  const waiting = await readWaitingPasswords(sql)
  if (!secrets) {
    if (waiting.length > 0) {
      logger.error(
        `SECRET_KEY is not set, but operations contain ${waiting.length} encrypted passwords. Set SECRET_KEY, in every process, to the key that they were encrypted with.`,
      )
    }
    return
  }
  const mac = secrets.mac('secret key check')
  await sql`insert into secret_key_check (mac) values (${mac}) on conflict do nothing`
  const [known] = await sql<{ mac: string }[]>`select mac from secret_key_check`
  if (!known || known.mac === mac) return
  const lost = waiting.filter((item) => !canOpenPassword(secrets, item)).length
  if (lost > 0) {
    logger.error(
      { passwords: lost },
      `SECRET_KEY is not the key that this database was used with before: ${lost} passwords in operations cannot be decrypted, and earlier idempotency keys count as new. Set the former key in every process.`,
    )
    return
  }
  await sql`update secret_key_check set mac = ${mac}, since = clock_timestamp()`
  logger.warn(
    'SECRET_KEY is not the key that this database was used with before: earlier idempotency keys count as new. No password needs the former key, so the new key replaces it. Set the new key in every process.',
  )
}

async function readWaitingPasswords(sql: Sql) {
  return await sql<{ operationId: number; primaryEmail: string; password: string }[]>`
    select operation_id as "operationId", primary_email as "primaryEmail", password
    from operation_items where password is not null`
}
