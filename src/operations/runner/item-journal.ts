import type { Sql, Transaction } from '../../db/database.ts'
import { parseStored } from '../../db/stored-json.ts'
import { type Journal, type StepFacts, stepFacts } from '../../writes/session/journal.ts'
import type { AccountIdentity } from '../../writes/session/same-account.ts'
import { type ClaimedItem, pointOfNoReturn } from '../operation.ts'
import { bumpRevision } from './bump-revision.ts'
import { type Held, renewItem } from './item-lease.ts'
import { endWaiting, waitingStep } from './waiting-step.ts'

/**
 * The name of the row, after the part's name, which records that an earlier POST of the account may have been carried
 * out.
 */
export const lostCreate = 'lost create'

/** The step that creates the new account of an email change. */
const successorStep = 'new create'

/** The progress of an email change beyond its steps. */
export interface ItemProgress {
  /** A deletion of the old account was sent, and nothing proves that it was not carried out. */
  readonly committed: boolean
  /** The account that the item created; undefined if the item cannot prove that it created one. */
  readonly successor: AccountIdentity | undefined
}

/**
 * Opens the journal of the item's steps whose names begin with `part`, for the session that works on that part's user.
 * Only the holder of the item can write entries; for others, a write rejects with an ItemTakenOverError.
 *
 * The transaction that journals the deciding step also records the point of no return, before the request is sent. Only
 * a definite refusal of the first such request reverts that. A reading does not, because a vendor may show its own
 * deletion late.
 */
export async function openItemJournal(
  sql: Sql,
  item: Held & Pick<ClaimedItem, 'kind'>,
  part: string,
): Promise<Journal> {
  const rows = await sql<{ step: string; facts: unknown; done: boolean }[]>`
    select substr(step, ${part.length + 1}::int) as step, facts, done_at is not null as done
    from operation_steps where item_id = ${item.id} and starts_with(step, ${part}) and step <> ${waitingStep}`
  const place = { column: 'operation_steps.facts', of: `item ${item.id}` }
  const kept = new Map(
    rows.map(({ step, facts, done }) => [step, { facts: parseStored(stepFacts, facts, place), done }]),
  )
  const { committed } = await readProgress(sql, item)
  const decides = (step: string) => part + step === pointOfNoReturn[item.kind]
  const entry = async (write: (tx: Transaction) => Promise<unknown>) => {
    await sql.begin(async (tx) => {
      await renewItem(tx, item)
      await write(tx)
    })
  }
  return {
    sentBefore: [...kept.keys()],
    before: (step) => kept.get(step),
    async sending(step, facts) {
      await entry(async (tx) => {
        await tx`
          insert into operation_steps (item_id, step, facts)
          values (${item.id}, ${part + step}, ${JSON.stringify(facts)}::text::jsonb)
          on conflict (item_id, step) do update set facts = excluded.facts, sent_at = excluded.sent_at, done_at = null`
        await endWaiting(tx, item.id, part + step)
        if (!decides(step)) return
        await tx`
          update operation_items set committed_at = coalesce(committed_at, clock_timestamp()) where id = ${item.id}`
      })
      kept.set(step, { facts, done: false })
    },
    async withdraw(step) {
      await entry(async (tx) => {
        await tx`delete from operation_steps where item_id = ${item.id} and step = ${part + step}`
        if (decides(step) && !committed) await tx`update operation_items set committed_at = null where id = ${item.id}`
      })
      kept.delete(step)
    },
    async done(step, more = {}) {
      const facts = { ...kept.get(step)?.facts, ...more }
      await sql.begin(async (tx) => {
        // Locks the operation's row first, in the same order as a claim of an item.
        await bumpRevision(tx, item.operationId)
        await renewItem(tx, item)
        await tx`
          update operation_steps set done_at = clock_timestamp(), facts = ${JSON.stringify(facts)}::text::jsonb
          where item_id = ${item.id} and step = ${part + step}`
      })
      kept.set(step, { facts, done: true })
    },
    async doubt(step) {
      const { vendorId, ...known } = kept.get(step)?.facts ?? {}
      // Of a creation, it is the number of the account that was shown.
      const facts = { ...known, ...(step !== 'create' && vendorId !== undefined && { vendorId }), unseen: true }
      await entry(async (tx) => {
        await tx`
          update operation_steps set done_at = null, facts = ${JSON.stringify(facts)}::text::jsonb
          where item_id = ${item.id} and step = ${part + step}`
        if (step === 'create') await tx`update operation_items set successor_created_at = null where id = ${item.id}`
      })
      if (kept.has(step)) kept.set(step, { facts, done: false })
    },
  }
}

/** Reads the current progress: an item may have advanced since it was claimed. */
export async function readProgress(sql: Sql, { id, kind }: Pick<ClaimedItem, 'id' | 'kind'>): Promise<ItemProgress> {
  const [row] = await sql<{ committed: boolean; createdAt: string | null; vendorId: string | null }[]>`
    select successor_created_at as "createdAt", committed_at is not null or exists (
        select from operation_steps where item_id = ${id} and step = ${pointOfNoReturn[kind] ?? null}) as committed,
      (select facts ->> 'vendorId' from operation_steps where item_id = ${id} and step = ${successorStep}) as "vendorId"
    from operation_items where id = ${id}`
  if (!row) return { committed: true, successor: undefined }
  const { committed, createdAt, vendorId } = row
  const isKnown = createdAt !== null || vendorId !== null
  return { committed, successor: isKnown ? { createdAt, vendorId: vendorId ?? undefined } : undefined }
}

/** Records which account the item created. */
export async function keepSuccessor(sql: Sql, item: Held, { createdAt, vendorId }: AccountIdentity): Promise<void> {
  await sql.begin(async (tx) => {
    await renewItem(tx, item)
    await tx`update operation_items set successor_created_at = ${createdAt} where id = ${item.id}`
    if (vendorId === undefined) return
    await tx`
      update operation_steps set facts = facts || jsonb_build_object('vendorId', ${vendorId}::text)
      where item_id = ${item.id} and step = ${successorStep}`
  })
}

/** Records that the step named by `lost` may have been carried out. The row stays until the steps are deleted. */
export async function keepLost(sql: Sql, item: Held, lost: string, facts: StepFacts): Promise<void> {
  await sql.begin(async (tx) => {
    await renewItem(tx, item)
    await tx`
      insert into operation_steps (item_id, step, facts) values (${item.id}, ${lost}, ${JSON.stringify(facts)}::text::jsonb)
      on conflict (item_id, step) do nothing`
  })
}

/** Records that the values that the step's PUT carried were compared with a copy that shows the PUT. */
export async function keepCompared(sql: Sql, item: Held, step: string): Promise<void> {
  await sql.begin(async (tx) => {
    await renewItem(tx, item)
    await tx`
      update operation_steps set facts = facts || jsonb_build_object('compared', true)
      where item_id = ${item.id} and step = ${step}`
  })
}

/** The name of the row that records which account was removed by the undo. No request has this name. */
const takenBackStep = 'taken back'

/** Returns whether the row is the item's bookkeeping and not a request. */
export function isBookkeeping(step: string): boolean {
  return step === waitingStep || step === takenBackStep || step.endsWith(lostCreate)
}

/**
 * Deletes the item's steps, because the original state is restored, and records which account was removed: its address
 * may stay in use for some time. The snapshot stays. The next attempt replaces it if the same account still exists.
 */
export async function forgetSteps(sql: Sql, item: Held, takenBack: AccountIdentity): Promise<void> {
  await sql.begin(async (tx) => {
    await renewItem(tx, item)
    await tx`delete from operation_steps where item_id = ${item.id}`
    const { createdAt, vendorId } = takenBack
    await tx`
      insert into operation_steps (item_id, step, facts)
      values (${item.id}, ${takenBackStep}, ${JSON.stringify({ createdAt, vendorId })}::text::jsonb)`
    await tx`update operation_items set successor_created_at = null where id = ${item.id}`
  })
}

/** Returns the account that an earlier attempt removed; undefined if none did. */
export async function readTakenBack(sql: Sql, { id }: Pick<Held, 'id'>): Promise<AccountIdentity | undefined> {
  const [row] = await sql<{ createdAt: string | null; vendorId: string | null }[]>`
    select facts ->> 'createdAt' as "createdAt", facts ->> 'vendorId' as "vendorId" from operation_steps
    where item_id = ${id} and step = ${takenBackStep}`
  return row && { createdAt: row.createdAt, vendorId: row.vendorId ?? undefined }
}
