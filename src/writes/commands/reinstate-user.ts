import type { Sql } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { parseStored } from '../../db/stored-json.ts'
import type { WireUser } from '../../vendor/wire/wire.ts'
import type { WriteDeps } from '../deps.ts'
import { invalidInput, WriteFailedError, type WriteFailure } from '../failure.ts'
import type { UpdateUserInput } from '../inputs.ts'
import { checkAdminKinds, functionalRole } from '../not-offered.ts'
import { liveUserId } from '../queries.ts'
import { type StepFacts, stepFacts } from '../session/journal.ts'
import { checkIdempotencyKey, checkPrimaryEmail } from '../validation.ts'
import type { WriteRequest } from './run-write.ts'
import { type UserUpdated, updateUserWith } from './update-user.ts'

/**
 * Gives a functional account the kind back that it had before a deprovisioning, and bills it as before. An account that
 * is no longer the converted one is not touched.
 */
export type ReinstateUser = (
  request: WriteRequest<{ readonly primaryEmail: string }>,
) => Promise<UserUpdated | WriteFailure>

type Former = NonNullable<StepFacts['former']>

export function reinstateUserWith(deps: WriteDeps): ReinstateUser {
  const updateUser = updateUserWith(deps)
  return async (request) => {
    const { organizationId, input, idempotencyKey, requireAdmin } = request
    const { primaryEmail } = input
    const issues = [...checkPrimaryEmail(primaryEmail), ...checkIdempotencyKey(idempotencyKey)]
    if (issues.length > 0) return invalidInput(...issues)
    const userId = await liveUserId(deps.sql, organizationId, primaryEmail)
    const former = await formerOf(deps.sql, organizationId, userId, primaryEmail)
    if (!former) return unknownFormer(primaryEmail)
    const client = deps.clientOf(organizationId)
    const denied = checkAdminKinds(client, [former.role], ['primaryEmail'], requireAdmin)
    if (denied.length > 0) return invalidInput(...denied)
    const { role, billable } = former
    const set: UpdateUserInput['set'] = { roles: { set: [role] }, ...(billable !== null && { billable }) }
    return await updateUser({
      ...request,
      input: { primaryEmail, set, allowUnknownRole: true },
      checkCopy: (copy) => requireConverted(copy, former, userId),
    })
  }
}

function unknownFormer(primaryEmail: string): WriteFailure {
  const message = `No deprovisioning has made ${primaryEmail} a functional account, or its record has expired. Set the role with updateUser`
  return invalidInput({ path: ['primaryEmail'], message })
}

function requireConverted({ primaryEmail, vendorId, roles }: WireUser, former: Former, userId: number | null): void {
  const isOther = vendorId !== undefined && former.vendorId !== null && vendorId !== former.vendorId
  const isChanged = roles?.[0] !== functionalRole && roles?.[0] !== former.role
  if (!isOther && !isChanged) return
  const why = isOther
    ? 'the account was deleted and made again since it was made a functional one'
    : 'it is no longer a functional account'
  const message = `${primaryEmail} was not reinstated: ${why}`
  throw new WriteFailedError({ failure: 'Conflict', message, userId, tellsReadings: true })
}

/** The kind before the latest conversion, from the journal of the operation that made it. */
async function formerOf(
  sql: Sql,
  organizationId: number,
  userId: number | null,
  primaryEmail: string,
): Promise<Former | undefined> {
  const [row] = await sql<{ facts: unknown; itemId: number }[]>`
    select s.facts, i.id as "itemId"
    from operations o
    join operation_items i on i.operation_id = o.id
    join operation_steps s on s.item_id = i.id
    where o.organization_id = ${organizationId} and o.kind = 'DEPROVISIONING' and s.step = 'replace'
      and (i.user_id = ${userId} or lower(i.primary_email) = any(${array([primaryEmail.toLowerCase()])}::text[]))
      and s.facts ? 'former'
    order by s.sent_at desc limit 1`
  const place = { column: 'operation_steps.facts', of: `item ${row?.itemId}` }
  return row && parseStored(stepFacts, row.facts, place).former
}
