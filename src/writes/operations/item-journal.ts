import type { Sql, Transaction } from '../../mirror/database.ts'
import type { Journal, StepFacts } from '../journal.ts'
import { type Held, renewItem } from './item-lease.ts'
import { type ClaimedItem, lastUseOfPassword } from './operation.ts'
import { reviseOperation } from './revise-operation.ts'

/**
 * The journal of an item's steps whose names begin with `part`, for the session that works on that part's user. Each entry is made by
 * who holds the item, or rejects with an ItemTakenOverError. A password is erased with the entry that says that it was used.
 */
export async function openItemJournal(
  sql: Sql,
  item: Held & Pick<ClaimedItem, 'kind'>,
  part: string,
): Promise<Journal> {
  const rows = await sql<{ step: string; facts: StepFacts; done: boolean }[]>`
    select substr(step, ${part.length + 1}::int) as step, facts, done_at is not null as done
    from operation_steps where item_id = ${item.id} and starts_with(step, ${part})`
  const kept = new Map(rows.map(({ step, facts, done }) => [step, { facts, done }]))
  const entry = async (write: (tx: Transaction) => Promise<unknown>) => {
    await sql.begin(async (tx) => {
      await renewItem(tx, item)
      await write(tx)
    })
  }
  return {
    sentBefore: [...kept.keys()],
    before: (step) => kept.get(step),
    sending: (step, facts) =>
      entry(
        (tx) => tx`
          insert into operation_steps (item_id, step, facts)
          values (${item.id}, ${part + step}, ${JSON.stringify(facts)}::text::jsonb)
          on conflict (item_id, step) do update set facts = excluded.facts, sent_at = excluded.sent_at, done_at = null`,
      ),
    withdraw: (step) =>
      entry((tx) => tx`delete from operation_steps where item_id = ${item.id} and step = ${part + step}`),
    async done(step) {
      await sql.begin(async (tx) => {
        // The operation's row first, as whoever takes an item does.
        await reviseOperation(tx, item.operationId)
        await renewItem(tx, item)
        await tx`
          update operation_steps set done_at = clock_timestamp() where item_id = ${item.id} and step = ${part + step}`
        if (part + step === lastUseOfPassword[item.kind]) {
          await tx`update operation_items set password = null where id = ${item.id}`
        }
      })
    },
  }
}

/** Forgets the item's steps, and how the user was before them: all is as it was. */
export async function forgetSteps(sql: Sql, item: Held): Promise<void> {
  await sql.begin(async (tx) => {
    await renewItem(tx, item)
    await tx`delete from operation_steps where item_id = ${item.id}`
    await tx`update operation_items set snapshot = null where id = ${item.id}`
  })
}
