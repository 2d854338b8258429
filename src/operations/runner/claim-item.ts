import { randomUUID } from 'node:crypto'
import type { Sql } from '../../db/database.ts'
import { leaseSeconds } from '../../writes/session/lease.ts'
import type { ClaimedItem } from '../operation.ts'
import { bumpRevision } from './bump-revision.ts'
import { lockUnfinished } from './end-item.ts'
import { parseWaiting, waitingStep } from './waiting-step.ts'

/**
 * Claims the operation's next item: first a begun item whose lease has expired, then the first queued one. Undefined if
 * no item can be claimed now.
 *
 * - Until the vendor has accepted one new user of a domain, the domain's items run one at a time, so that a single
 *   request shows that the vendor rejects the domain.
 * - While two items are being retried because the vendor seems to be unavailable, no further items begin until those
 *   show that it is back.
 */
export async function claimItem(sql: Sql, operationId: number): Promise<ClaimedItem | undefined> {
  const holder = randomUUID()
  return await sql.begin(async (tx) => {
    if (!(await lockUnfinished(tx, operationId))) return undefined
    const [item] = await tx<(Omit<ClaimedItem, 'holder' | 'waiting'> & { readonly waiting: unknown })[]>`
      update operation_items i set state = 'RUNNING', holder = ${holder},
        held_until = clock_timestamp() + ${leaseSeconds} * interval '1 second'
      from operations o
      where o.id = ${operationId} and i.id = (
        select c.id from operation_items c
        where c.operation_id = ${operationId} and (
          (c.state = 'RUNNING' and c.held_until < clock_timestamp())
          or (c.state = 'QUEUED' and 2 > (
            select count(*) from operation_items w where w.operation_id = c.operation_id and w.state = 'RUNNING' and w.attempts > 0
          ) and (
            o.kind <> 'ONBOARDING'
            or not exists (
              select from operation_items r where r.operation_id = c.operation_id and r.state = 'RUNNING' and r.domain = c.domain)
            or exists (
              select from operation_items s where s.operation_id = c.operation_id and s.domain = c.domain and (
                s.state = 'SUCCEEDED'
                or exists (select from operation_steps p where p.item_id = s.id and p.step = 'create' and p.done_at is not null)))
          )))
        order by c.state desc, c.id limit 1
      )
      returning i.id, i.operation_id as "operationId", o.organization_id as "organizationId", o.kind, o.created_by as "createdBy",
        i.primary_email as "primaryEmail", i.input, i.password, i.password_given as "passwordGiven", i.snapshot, i.attempts, i.failure,
        (select w.facts from operation_steps w where w.item_id = i.id and w.step = ${waitingStep}) as waiting`
    if (!item) return undefined
    await tx`update operations set state = 'RUNNING' where id = ${operationId}`
    await bumpRevision(tx, operationId)
    return { ...item, holder, waiting: parseWaiting(item.waiting) }
  })
}
