import type { Logger } from 'pino'
import type { Sql } from '../db/database.ts'
import type { Secrets } from '../writes/secrets.ts'
import { canOpenPassword } from './run/open-password.ts'

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
        `SECRET_KEY is not set, and ${waiting.length} passwords wait in operations that only the key they were sealed with can open; set it in every process.`,
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
      `SECRET_KEY is not the key that this database was used with before: ${lost} passwords that wait in operations cannot be opened, and idempotency keys given before count as new; set the former key in every process.`,
    )
    return
  }
  await sql`update secret_key_check set mac = ${mac}, since = clock_timestamp()`
  logger.warn(
    'SECRET_KEY is not the key that this database was used with before: idempotency keys given before count as new; no password waits for the former key, so this one is the known key from now on, and every process must have it.',
  )
}

async function readWaitingPasswords(sql: Sql) {
  return await sql<{ operationId: number; primaryEmail: string; password: string }[]>`
    select operation_id as "operationId", primary_email as "primaryEmail", password
    from operation_items where password is not null`
}
