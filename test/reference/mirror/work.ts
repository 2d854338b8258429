/** Operations in every state, and the allowances of their organizations. */
import type { Sql } from '../../../src/db/database.ts'
import type { Random } from '../documents/random.ts'

const failures = (userId: number | null): readonly object[] => [
  { failure: 'AlreadyExists', message: 'Taken', userId },
  { failure: 'BudgetExhausted', message: 'Later', retryAt: '2026-01-01T00:00:00.120000Z' },
  { failure: 'Conflict', message: 'Changed', userId },
  { failure: 'DomainNotRegistered', message: 'Unknown domain', domain: 'x.example' },
  { failure: 'IdempotencyKeyReused', message: 'Reused' },
  { failure: 'InvalidInput', message: 'Wrong', issues: [{ path: ['users', '0'], message: 'too "long"' }] },
  { failure: 'NotAsWritten', message: 'Differs', fields: ['firstName', 'roles'], userId },
  { failure: 'NotFound', message: 'Not there' },
  { failure: 'VendorFailure', message: 'Down', status: 503, outcomeUnknown: true },
  { failure: 'VendorFailure', message: 'Lost', status: null, outcomeUnknown: false },
]

const stepNames = ['new create', 'old leave Everyone', 'join grp_001', 'join Vertrieb Straße', 'replace', 'complete']

/** Unfinished work exists only where the allowance is paused or unknown, so that its estimate does not depend on now. */
export async function fillWork(sql: Sql, random: Random, organizations: readonly number[]): Promise<void> {
  await sql`insert into allowances (key, requests_per_window, slots, paused_until)
    values ('globex', 66, 3, '2099-01-01T00:00:00Z'), ('initech', 20, 2, null)`
  await sql`insert into allowance_slots (key, slot, free_at)
    select key, n, case when n < 2 then 'infinity'::timestamptz else '-infinity' end from allowances, generate_series(0, slots - 1) n`
  for (let number = 0; number < 30; number += 1) {
    const place = random.pick(organizations.slice(0, 3))
    const isOver = place === organizations[2] || random.chance(0.5)
    const state = random.pick(isOver ? ['SUCCEEDED', 'PARTLY_FAILED', 'FAILED', 'CANCELLED'] : ['QUEUED', 'RUNNING'])
    const kind = random.pick(['ONBOARDING', 'DEPROVISIONING', 'EMAIL_CHANGE'])
    const [operation] = await sql<{ id: number }[]>`
      insert into operations (id, organization_id, kind, state, finished_at, created_by)
      values (nextval('node_ids'), ${place}, ${kind}, ${state}, ${isOver ? '2025-01-01T00:00:00.5Z' : null}, ${random.pick(['ann', 'Zoë'])})
      returning id`
    for (let item = random.int(0, 6); item > 0; item -= 1) await addItem(sql, random, operation?.id ?? 0, place, isOver)
  }
}

async function addItem(sql: Sql, random: Random, operationId: number, place: number, isOver: boolean): Promise<void> {
  const users = await sql<{ id: number; primary_email: string }[]>`
    select id, primary_email from users where organization_id = ${place} order by id`
  const userId = random.chance(0.3) ? null : random.pick(users).id
  const state = random.pick(isOver ? ['SUCCEEDED', 'FAILED', 'SKIPPED'] : ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED'])
  const failure = state === 'FAILED' || random.chance(0.4) ? JSON.stringify(random.pick(failures(userId))) : null
  const [row] = await sql<{ id: number }[]>`
    insert into operation_items (id, operation_id, primary_email, domain, state, input, requests, failure, user_id)
    values (nextval('node_ids'), ${operationId}, ${random.pick(users).primary_email}, 'x.example', ${state}, '{}', ${random.int(0, 40)},
      ${failure}::text::jsonb, ${userId})
    returning id`
  const names = random.some(stepNames, 0, 4)
  if (random.chance(0.2)) names.push(random.pick(['old lost create', 'taken back']))
  const waited = random.chance(0.4) ? random.pick(stepNames) : undefined
  for (const [i, step] of [...names, ...(waited === undefined ? [] : ['waiting'])].entries()) {
    const why = random.pick(['NOT_SHOWN', 'MAYBE_DELETED'])
    const facts =
      step === 'waiting'
        ? { step: waited, why, pauses: 1, since: '2025-03-04T05:06:07.891234Z', lastSeen: 'ACTIVE' }
        : {}
    await sql`
      insert into operation_steps (item_id, step, facts, sent_at, done_at)
      values (${row?.id ?? 0}, ${step}, ${JSON.stringify(facts)}::text::jsonb, ${`2025-03-04T05:06:0${i}.000001Z`},
        ${random.chance(0.7) ? `2025-03-04T05:06:1${i}Z` : null})`
  }
}
