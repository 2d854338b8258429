import { type Asker, type Database, pastSchema, type Reader } from './database.ts'
import { isoOf } from './iso.ts'

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
 * The snapshot is taken once the moment is final (settled-moments.ts), so that the answer never changes; what is pruned meanwhile the snapshot
 * still shows. Rejects with MomentNotSettled where that takes too long, and with OutsideHistory for a moment that is to come, or of which some organization's history is not kept, or none was yet.
 */
export async function readPast<Answer>(
  database: Pick<Database, 'read' | 'readSnapshot' | 'settled'>,
  asker: Asker,
  moment: string,
  run: (past: Reader) => Promise<Answer>,
): Promise<Answer> {
  const settledTo = await database.settled.wait(database.read(asker).sql, moment, asker.signal)
  const isToCome = moment > settledTo
  return await database.readSnapshot(asker, async (past) => {
    // The views of the past come first for all that follows; this statement still names what is now.
    const [row] = await past.sql<{ from: string | null; to: string }[]>`
      select set_config('essentials.moment', ${moment}, true), set_config('search_path', ${`${pastSchema}, public`}, true),
        clock_timestamp() as to, (
        select coalesce(max(o.history_from), min((
          select c.applied_at from public.change_sets c where c.organization_id = o.id order by c.last_position limit 1)))
        from public.organizations o where o.retired_at is null
      ) as from`
    const [from, to] = [isoOf(row?.from ?? '-infinity'), isToCome ? settledTo : isoOf(row?.to ?? '')]
    if (isToCome || (row?.from && moment < from)) throw new OutsideHistory(moment, from, to)
    return await run(past)
  })
}
