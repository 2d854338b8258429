/**
 * Stops a client that turns off or deletes too many users within an hour, because its directory or its settings may be
 * wrong. Each removal is recorded before it is sent, under a lock, so parallel requests cannot exceed the limit.
 */
import { evaluateRule } from '../../analysis/findings/evaluate.ts'
import { scimMassRemoval } from '../../analysis/findings/rules/scim-refusals.ts'
import type { Sql, Transaction } from '../../db/database.ts'
import { ScimError } from '../protocol/scim-error.ts'
import type { ScimCall } from '../scim-call.ts'

/** Removals below this number are always allowed; above it, a share of the visible users. */
const alwaysAllowed = 5
const share = 0.1
const retryAfterSeconds = 3_600

/** Withdraws a recorded removal, because nothing was removed. */
export type Withdraw = () => Promise<void>

/** Records the removal of a user, or throws if there were too many. A repeated removal counts once. */
export async function takeRemoval(call: ScimCall, resourceId: string): Promise<Withdraw> {
  const { sql, organizationId, viewer } = call
  const removal = await sql.begin(async (tx) => {
    if (await isLifted(tx, organizationId)) return await record(tx, call, resourceId)
    const [row] = await tx<{ recent: number; isCounted: boolean; users: number }[]>`
      select count(distinct resource_id)::int as recent, coalesce(bool_or(resource_id = ${resourceId}::uuid), false) as "isCounted",
        (select count(*)::int from scim_resources
          where organization_id = ${organizationId} and kind = 'User' and hidden_at is null and ended_at is null) as users
      from scim_removals
      where organization_id = ${organizationId} and viewer = ${viewer} and at > clock_timestamp() - interval '1 hour'`
    const { recent = 0, isCounted = false, users = 0 } = row ?? {}
    if (!isCounted && recent >= limitOf(users)) return undefined
    return await record(tx, call, resourceId)
  })
  if (removal === undefined) throw await refused(call, 'turn off or delete')
  return async () => {
    await sql`delete from scim_removals where id = ${removal}`
  }
}

/** Throws if one request would remove most members of a group. */
export async function checkEmptying(call: ScimCall, removed: number, members: number): Promise<void> {
  if (removed <= Math.max(alwaysAllowed, members / 2)) return
  const isAllowed = await call.sql.begin((tx) => isLifted(tx, call.organizationId))
  if (!isAllowed) throw await refused(call, 'remove from one group')
}

function limitOf(users: number): number {
  return Math.max(alwaysAllowed, Math.floor(users * share))
}

/** Takes the lock of the guard. */
async function isLifted(tx: Transaction, organizationId: number): Promise<boolean> {
  const [row] = await tx<{ isLifted: boolean }[]>`
    select coalesce(lifted_until > clock_timestamp(), false) as "isLifted" from scim_directories
    where organization_id = ${organizationId} for update`
  return row?.isLifted ?? false
}

async function record(tx: Transaction, { organizationId, viewer }: ScimCall, resourceId: string): Promise<number> {
  const [row] = await tx<{ id: number }[]>`
    insert into scim_removals (organization_id, viewer, resource_id)
    values (${organizationId}, ${viewer}, ${resourceId}::uuid) returning id`
  return row?.id ?? 0
}

async function refused({ deps, sql, organizationId, viewer, slug }: ScimCall, what: string): Promise<ScimError> {
  await sql`
    update scim_directories set refused_at = clock_timestamp(), refused_by = ${viewer} where organization_id = ${organizationId}`
  await evaluateRule(deps.sql, scimMassRemoval, organizationId)
  return new ScimError(
    503,
    `This token asks to ${what} an unusual number of users. Nothing more is removed for now: an administrator can allow it with the mutation liftScimGuard for the organization ${slug}`,
    { retryAfter: retryAfterSeconds },
  )
}

/** Lifts the guard until a time, in ISO 8601. A finding about it is resolved. */
export async function liftGuard(
  sql: Sql,
  { organizationId, until, actor }: { readonly organizationId: number; readonly until: string; readonly actor: string },
): Promise<void> {
  await sql`
    insert into scim_directories as d (organization_id, lifted_until, lifted_by) values (${organizationId}, ${until}, ${actor})
    on conflict (organization_id) do update set lifted_until = excluded.lifted_until, lifted_by = excluded.lifted_by`
  await evaluateRule(sql, scimMassRemoval, organizationId)
}

/** Deletes removals that no longer count. Returns their number. */
export async function pruneRemovals(sql: Sql): Promise<number> {
  const { count } = await sql`delete from scim_removals where at < clock_timestamp() - interval '1 day'`
  return count
}
