/**
 * Makes retries of a write safe. A key is stored before the first request to the vendor, bound to its caller and its
 * input by HMACs, and kept for 24 hours:
 *
 * - Answered: a retry gets the first answer again.
 * - In progress: a retry waits until the first attempt is answered.
 * - Its process is gone: the next retry takes over, and settles by reading what was sent.
 * - Failed before anything was sent, or answered with an unknown outcome: the next retry continues from there.
 */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Sql, Transaction } from '../../db/database.ts'
import { parseStored } from '../../db/stored-json.ts'
import type { Secrets } from '../secrets.ts'
import { canonicalJson } from '../vendor/canonical-json.ts'
import { type Journal, stepFacts } from './journal.ts'
import { keepRenewed, leaseSeconds, waitTurn } from './lease.ts'

const keptHours = 24

export type Claim =
  | { readonly claim: 'ANSWERED'; readonly answer: string }
  | { readonly claim: 'OTHER_INPUT' }
  | ClaimedKey

/** The right to carry out the write, until one of these methods is called. */
export interface ClaimedKey {
  readonly claim: 'MINE'
  readonly journal: Journal
  /** Stores the answer for replays. With `tx`, in the transaction that commits the write. */
  answer(answer: string, tx?: Transaction): Promise<void>
  /** Lets the next retry continue from what was sent, or from the start if nothing was. */
  leaveOpen(): Promise<void>
}

const stepsSchema = z.record(z.string(), z.object({ facts: stepFacts, done: z.boolean() }).readonly()).readonly()

type Steps = z.infer<typeof stepsSchema>

/**
 * Claims the key, or waits for its holder. `signal` ends the wait. Waiters of this process take turns in memory.
 * `leases`: the connection for renewals.
 */
export async function claimKey(
  sql: Sql,
  secrets: Secrets,
  asked: { readonly caller: string; readonly key: string; readonly input: unknown },
  { signal, leases = sql }: { readonly signal?: AbortSignal | undefined; readonly leases?: Sql | undefined },
): Promise<Claim> {
  const key = secrets.mac('idempotency key', asked.caller, asked.key)
  const input = secrets.mac('input', canonicalJson(asked.input))
  const late = () => new Error('The wait for an idempotency key has no limit')
  const claim = () => takeKey({ sql, secrets, leases }, key, input, signal)
  return await sql.takeTurn(`idempotency key ${key}`, Infinity, late, claim, signal)
}

interface Doors {
  readonly sql: Sql
  readonly secrets: Secrets
  readonly leases: Sql
}

async function takeKey(doors: Doors, key: string, input: string, signal: AbortSignal | undefined): Promise<Claim> {
  const { sql, secrets } = doors
  const holder = randomUUID()
  await sql`delete from idempotency_keys where key = ${key} and ${isOver(sql)}`
  for (let waits = 0; ; waits += 1) {
    const [taken] = await sql<{ steps: unknown }[]>`
      insert into idempotency_keys (key, input, holder, held_until)
      values (${key}, ${input}, ${holder}, clock_timestamp() + ${leaseSeconds} * interval '1 second')
      on conflict (key) do update set holder = excluded.holder, held_until = excluded.held_until
      where idempotency_keys.answer is null and idempotency_keys.held_until < clock_timestamp()
        and idempotency_keys.input = excluded.input
      returning steps`
    if (taken) {
      const steps = parseStored(stepsSchema, taken.steps, { column: 'idempotency_keys.steps' })
      return hold(doors, { key, holder, steps })
    }
    const [other] = await sql<{ input: string; answer: string | null }[]>`
      select input, answer from idempotency_keys where key = ${key}`
    if (other && other.input !== input) return { claim: 'OTHER_INPUT' }
    if (other && other.answer !== null) return { claim: 'ANSWERED', answer: secrets.open(other.answer, key) }
    if (other) await waitTurn(waits, signal)
  }
}

/** Deletes expired keys. */
export async function pruneIdempotencyKeys(sql: Sql): Promise<void> {
  await sql`delete from idempotency_keys where ${isOver(sql)}`
}

function isOver(sql: Sql) {
  return sql`created_at < clock_timestamp() - ${keptHours} * interval '1 hour'`
}

function hold({ sql, secrets, leases }: Doors, held: { key: string; holder: string; steps: Steps }): ClaimedKey {
  const { key, holder, steps } = held
  const mine = sql`key = ${key} and holder = ${holder}`
  const renewal = keepRenewed(
    () =>
      leases`update idempotency_keys set held_until = clock_timestamp() + ${leaseSeconds} * interval '1 second' where ${mine}`,
  )
  const sentBefore = Object.keys(steps)
  const kept = new Map(Object.entries(steps))
  const put = async (step: string, state: Steps[string] | undefined) => {
    const now = state ? sql`steps || ${JSON.stringify({ [step]: state })}::text::jsonb` : sql`steps - ${step}::text`
    const rows = await sql`
      update idempotency_keys set steps = ${now},
        held_until = clock_timestamp() + ${leaseSeconds} * interval '1 second'
      where ${mine} returning 1`
    if (rows.length === 0) throw takenOver()
    if (state) kept.set(step, state)
    else kept.delete(step)
  }
  return {
    claim: 'MINE',
    journal: {
      sentBefore,
      before: (step) => kept.get(step),
      sending: (step, facts) => put(step, { facts, done: false }),
      withdraw: (step) => put(step, undefined),
      async done(step, more) {
        await put(step, { facts: { ...kept.get(step)?.facts, ...more }, done: true })
      },
      async doubt(step) {
        await put(step, { facts: { ...kept.get(step)?.facts, unseen: true }, done: false })
      },
    },
    async answer(answer, tx) {
      await renewal.stop()
      const rows = await (tx ?? sql)`
        update idempotency_keys set answer = ${secrets.seal(answer, key)} where ${mine} returning 1`
      if (tx && rows.length === 0) throw takenOver()
    },
    async leaveOpen() {
      await renewal.stop()
      await sql`delete from idempotency_keys where ${mine} and steps = '{}'`
      await sql`update idempotency_keys set held_until = '-infinity' where ${mine}`
    },
  }
}

function takenOver(): Error {
  return new Error('A retry has taken over the write, because this process did not renew its lease in time')
}
