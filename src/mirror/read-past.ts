import { drizzle } from 'drizzle-orm/postgres-js'
import { cancellable } from './cancel-statements.ts'
import type { Database, Drizzle, Sql } from './database.ts'
import { isoOf } from './iso.ts'
import { preparingRepeated } from './prepare-repeated.ts'
import { relations } from './relations.ts'

/** The two doors to the mirror's database, as it was at a moment. */
export interface PastDatabase {
  readonly sql: Sql
  readonly drizzle: Drizzle
}

/** A moment of which the mirror cannot tell. */
export class OutsideHistory extends Error {
  override readonly name = 'OutsideHistory'
  /** The moments of which it can: from the first to the last. */
  readonly from: string
  readonly to: string

  constructor(moment: string, from: string, to: string) {
    super(`${moment} lies outside the history that is kept, which reaches from ${from} to ${to}`)
    this.from = from
    this.to = to
  }
}

/**
 * Runs a question as of a moment, ISO 8601: all of it in one transaction that reads only, so that all of its parts answer for one state.
 * Throws OutsideHistory for a moment that is to come, or of which some organization's history is not kept, or none was yet.
 */
export async function readPast<Answer>(
  database: Pick<Database, 'past' | 'repetitions'>,
  moment: string,
  run: (past: PastDatabase) => Promise<Answer>,
): Promise<Answer> {
  const answered = Promise.withResolvers<Answer>()
  const transaction = database.past.begin('isolation level repeatable read read only', async (tx) => {
    const kept = tx<{ from: string | null; to: string }[]>`
      select set_config('essentials.moment', ${moment}, true), clock_timestamp() as to, (
        select coalesce(max(o.history_from), min((
          select c.applied_at from public.change_sets c where c.organization_id = o.id order by c.last_position limit 1)))
        from public.organizations o where o.retired_at is null
      ) as from`
    const telling = kept.then(([row]) => {
      const [from, to] = [isoOf(row?.from ?? '-infinity'), isoOf(row?.to ?? '')]
      if (moment > to || (row?.from && moment < from)) throw new OutsideHistory(moment, from, to)
    })
    // What Drizzle asks of a client besides is the same for a transaction's.
    const client = Object.assign(tx, { options: database.past.options }) as unknown as Sql
    const sql = cancellable(preparingRepeated(client, database.repetitions))
    // Sent behind the other without waiting for its answer; and nothing is sent of it once the transaction is over.
    const answering = run({ sql, drizzle: drizzle({ client: sql, relations }) })
    await Promise.allSettled([telling, answering])
    await telling
    answered.resolve(await answering)
  })
  // Once there is an answer, nobody waits for the end of what only read; and a statement that failed has failed in its place in the answer.
  transaction.catch(answered.reject)
  return await answered.promise
}
