/**
 * A step whose effect the vendor does not show yet. Its item is released with a journal row that records what it waits
 * for, and is claimed again when the pause is over. Meanwhile, it uses no worker, lease, lock or connection. The row is
 * `waitingStep`; an item has at most one.
 */
import { z } from 'zod'
import type { Sql, Transaction } from '../../db/database.ts'
import { bumpRevision } from './bump-revision.ts'
import { type Held, renewItem } from './item-lease.ts'
import { type ReadingPause, readingPauses } from './retry-delay.ts'

/** The name of the row. No request has this name. */
export const waitingStep = 'waiting'

const waitingSchema = z.object({
  /** The step, with the prefix of its part. */
  step: z.string(),
  why: z.enum(Object.keys(readingPauses) as [ReadingPause, ...ReadingPause[]]),
  /** The number of pauses made. */
  pauses: z.number(),
  /** When the first pause began, by the database's clock. */
  since: z.string(),
  /** What the latest reading showed, without any of the user's values. */
  lastSeen: z.string(),
})

export type Waiting = z.infer<typeof waitingSchema>

export function parseWaiting(facts: unknown): Waiting | undefined {
  const parsed = waitingSchema.safeParse(facts)
  return parsed.success ? parsed.data : undefined
}

/** Returns the longest duration of the wait in ms, if every pause is as long as planned. */
export function longestWaitMs({ why }: Pick<Waiting, 'why'>): number {
  return readingPauses[why].reduce((sum, ms) => sum + ms, 0)
}

/** Ends an attempt: the item must be claimed again after the pause. Never leaves `operations`. */
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

/** Releases the item until the pause is over, and records what it waits for. */
export async function suspendItem(sql: Sql, held: Held, { waiting, pauseMs }: NotShownYetError): Promise<void> {
  const { step, why } = waiting
  await sql.begin(async (tx) => {
    // Locks the operation's row first, in the same order as a claim of an item.
    await bumpRevision(tx, held.operationId)
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

/** Deletes the waiting row, unless it waits for the step `exceptFor`. */
export async function endWaiting(tx: Transaction, itemId: number, exceptFor: string | null = null): Promise<void> {
  await tx`
    delete from operation_steps
    where item_id = ${itemId} and step = ${waitingStep} and facts ->> 'step' is distinct from ${exceptFor}`
}
