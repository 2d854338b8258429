/** A change of `userName` to another address, by the operation that the product has for it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { ScimError } from '../protocol/scim-error.ts'
import { keepDirectory } from '../resources/keep-directory.ts'
import { readUsers, type UserRow } from '../resources/resource-rows.ts'
import type { ScimCall } from '../scim-call.ts'
import { type Patience, requestOf, succeeded } from './run-scim-write.ts'

const pauseMs = 250

interface Change {
  readonly id: number
  readonly state: string
  readonly message: string | null
}

/** Waits for the operation, which a repeated request finds running or done. Returns the user with its new address. */
export async function changeAddress(call: ScimCall, user: UserRow, to: string, patience: Patience): Promise<UserRow> {
  const { deps, organizationId, sql } = call
  const running = await unfinished(call, user.primaryEmail, to)
  const started =
    running?.id ??
    succeeded(
      await deps.writes.startEmailChange({ ...requestOf(call, patience), input: { from: user.primaryEmail, to } }),
    ).operationId
  for (;;) {
    const change = await read(call, started)
    if (change?.state === 'SUCCEEDED') break
    if (change && change.state !== 'QUEUED' && change.state !== 'RUNNING')
      throw new ScimError(503, `The change of address failed: ${change.message ?? 'see the operation'}`, {
        retryAfter: 60,
      })
    await sleep(pauseMs, undefined, { signal: patience.signal })
  }
  await keepDirectory(sql, organizationId)
  const [after] = await readUsers(sql, organizationId, [user.id])
  if (!after) throw new ScimError(503, 'The mirror does not show the new address yet', { retryAfter: 5 })
  return after
}

async function unfinished(
  { sql, organizationId }: ScimCall,
  from: string,
  to: string,
): Promise<{ id: number } | undefined> {
  const [row] = await sql<{ id: number }[]>`
    select o.id from operations o join operation_items i on i.operation_id = o.id
    where o.finished_at is null and o.organization_id = ${organizationId} and o.kind = 'EMAIL_CHANGE'
      and i.primary_email = ${from} and i.input->>'to' = ${to} limit 1`
  return row
}

async function read({ sql }: ScimCall, id: number | null): Promise<Change | undefined> {
  const [row] = await sql<Change[]>`
    select o.id, o.state::text as state, i.failure->>'message' as message
    from operations o join operation_items i on i.operation_id = o.id where o.id = ${id}`
  return row
}
