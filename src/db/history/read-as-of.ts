import { type Asker, type Database, pastSchema, type Reader } from '../database.ts'
import { isoOf } from '../timestamps.ts'

/** The moment is outside the retained history. */
export class OutsideRetentionError extends Error {
  override readonly name = 'OutsideHistory'
  /** The first and last moment that can be queried. */
  readonly from: string
  readonly to: string

  constructor(moment: string, from: string, to: string) {
    super(`${moment} is outside the retained history; expected a moment from ${from} to ${to}`)
    this.from = from
    this.to = to
  }
}

/**
 * Runs a query as of a moment (ISO 8601), in one read-only transaction, so that all of its parts see one state. The
 * snapshot is taken after the moment is final (settled-moments.ts), so the result never changes; data that is pruned
 * meanwhile stays visible to the snapshot. Rejects with MomentNotSettled if that takes too long. Rejects with
 * OutsideHistory if the moment is in the future, or if an organization's history at that moment is not retained, or if
 * no history existed yet.
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
    // The views of the past take precedence in all later statements. This statement still names the current tables.
    const [row] = await past.sql<{ from: string | null; to: string }[]>`
      select set_config('essentials.moment', ${moment}, true), set_config('search_path', ${`${pastSchema}, public`}, true),
        clock_timestamp() as to, (
        select coalesce(max(o.history_from), min((
          select c.applied_at from public.change_sets c where c.organization_id = o.id order by c.last_position limit 1)))
        from public.organizations o where o.retired_at is null
      ) as from`
    const [from, to] = [isoOf(row?.from ?? '-infinity'), isToCome ? settledTo : isoOf(row?.to ?? '')]
    if (isToCome || (row?.from && moment < from)) throw new OutsideRetentionError(moment, from, to)
    return await run(past)
  })
}
