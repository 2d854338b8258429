/**
 * A step whose effect the vendor does not show yet. Its item is released with a row of the journal that says what it waits for, and is taken
 * up again when the pause is over: meanwhile it holds no worker, no lease, no lock and no connection. The row is `waitingStep`, one an item.
 */
import { z } from 'zod'
import type { Sql, Transaction } from '../../mirror/database.ts'
import { type Held, renewItem } from './item-lease.ts'
import { reviseOperation } from './revise-operation.ts'
import { type ReadingPause, readingPauses } from './wait-after.ts'

/** The name of the row. No request is called so. */
export const waitingStep = 'waiting'

const waitingSchema = z.object({
  /** The step, with the name of its part. */
  step: z.string(),
  why: z.enum(Object.keys(readingPauses) as [ReadingPause, ...ReadingPause[]]),
  /** How many pauses it has made. */
  pauses: z.number(),
  /** When the first of them began, by the database's clock. */
  since: z.string(),
  /** What the latest reading showed; no values of the user's. */
  lastSeen: z.string(),
})

export type Waiting = z.infer<typeof waitingSchema>

export function parseWaiting(facts: unknown): Waiting | undefined {
  const parsed = waitingSchema.safeParse(facts)
  return parsed.success ? parsed.data : undefined
}

/** When the wait ends at the latest, if every pause is as long as planned: ms after it began. */
export function longestWaitMs({ why }: Pick<Waiting, 'why'>): number {
  return readingPauses[why].reduce((sum, ms) => sum + ms, 0)
}

/** Ends an attempt: the item is to be taken up again after the pause. Never leaves `operations`. */
export class NotShownYetError extends Error {
  override readonly name = 'NotShownYetError'
  readonly waiting: Omit<Waiting, 'since'>
  readonly pauseMs: number

  constructor(waiting: Omit<Waiting, 'since'>, pauseMs: number) {
    super(`The vendor does not show ${waiting.step} yet: ${waiting.lastSeen}`)
    this.waiting = waiting
    this.pauseMs = pauseMs
  }
}

/** Releases the item until the pause is over, and shows what it waits for. */
export async function suspendItem(sql: Sql, held: Held, { waiting, pauseMs }: NotShownYetError): Promise<void> {
  const { step, why } = waiting
  await sql.begin(async (tx) => {
    // The operation's row first, as whoever takes an item does.
    await reviseOperation(tx, held.operationId)
    await renewItem(tx, held)
    await tx`
      insert into operation_steps as s (item_id, step, facts)
      values (${held.id}, ${waitingStep}, ${JSON.stringify(waiting)}::text::jsonb
        || jsonb_build_object('since', to_json(clock_timestamp())))
      on conflict (item_id, step) do update set sent_at = excluded.sent_at, facts = excluded.facts
        || case when s.facts ->> 'step' = ${step} and s.facts ->> 'why' = ${why}
          then jsonb_build_object('since', s.facts -> 'since') else '{}'::jsonb end`
    await tx`
      update operation_items set holder = null, held_until = clock_timestamp() + ${pauseMs / 1000} * interval '1 second'
      where id = ${held.id}`
  })
}

/** The item does not wait any more, or for another step only. */
export async function endWaiting(tx: Transaction, itemId: number, exceptFor: string | null = null): Promise<void> {
  await tx`
    delete from operation_steps
    where item_id = ${itemId} and step = ${waitingStep} and facts ->> 'step' is distinct from ${exceptFor}`
}
