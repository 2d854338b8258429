import type { Sql } from '../db/database.ts'

/** The channel on which the triggers of `webhook_notices` and of `webhooks` wake the workers. */
export const webhookChannel = 'webhook_wakes'

/** Key of the advisory lock. */
const numberingLock = 7_203_445

const batch = 1_000

/**
 * Numbers the notices that were committed since the last call. One process numbers at a time, until it commits, so a
 * reader that sees a position sees all lower ones: no cursor passes a notice that becomes visible later.
 */
export async function numberNotices(sql: Sql): Promise<void> {
  const [waiting] = await sql`select from webhook_notices where position is null limit 1`
  if (!waiting) return
  for (;;) {
    const rows = await sql.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(${numberingLock})`
      return await tx`
        update webhook_notices n set position = t.position
        from (
          select id, nextval('webhook_notice_positions') as position
          from (select id from webhook_notices where position is null order by id limit ${batch}) new
        ) t where n.id = t.id`
    })
    if (rows.count < batch) return
  }
}
