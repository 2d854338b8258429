/** PUT, PATCH and DELETE of a user. */

import { functionalRole } from '../../writes/not-offered.ts'
import { recordActivity, type ScimAction } from '../activity.ts'
import { badValue, notFound, ScimError } from '../protocol/scim-error.ts'
import type { DesiredState } from '../protocol/user-state.ts'
import { resourceOfExternalId } from '../resources/find-resources.ts'
import { keepDirectory } from '../resources/keep-directory.ts'
import { readUsers, type UserRow } from '../resources/resource-rows.ts'
import { type Deprovisioned, hideResource, noteLeaving, noteUser, setExternalId } from '../resources/store-resource.ts'
import type { ScimCall } from '../scim-call.ts'
import { changeAddress } from './change-address.ts'
import { leaverCheck, PrivilegedLeaver, reportLeaver } from './privileged-accounts.ts'
import { takeRemoval, type Withdraw } from './removal-guard.ts'
import { errorOfFailure, type Patience, requestOf, runScimWrite, succeeded } from './run-scim-write.ts'
import { addressRefused, changeOf, checkRoles, isSameAddress, turned, type UserChange } from './user-change.ts'

/** Changes the user to what the client asks for, and returns it as it is afterwards. */
export async function changeUser(call: ScimCall, user: UserRow, desired: DesiredState): Promise<UserRow> {
  const { settings } = call.deps
  if (!isSameAddress(desired.userName, user.primaryEmail)) {
    if (settings.userNameChange === 'refuse') throw addressRefused()
    const check = await leaverCheck(call, user, 'DELETED')
    const moved = await recorded(call, user, 'CHANGED', () =>
      runScimWrite(call, 'User.changeAddress', async (patience) => {
        // The operation deletes the account after it has made the new one.
        check({ primaryEmail: user.primaryEmail, raw: {} })
        return await changeAddress(call, user, desired.userName, patience)
      }),
    )
    return await changeUser(call, moved, desired)
  }
  checkRoles(desired.roles, user.roles ?? [], settings.roles)
  const change = changeOf(user, desired, { roles: settings.roles, leaving: call.capabilities.leaving })
  await checkExternalId(call, user, change.externalId)
  if (Object.keys(change.set).length === 0) {
    if (change.externalId !== undefined) await putExternalId(call, user.id, change.externalId)
    return change.externalId === undefined ? user : await readAgain(call, user)
  }
  return await recorded(call, user, actionOf(user, change), () =>
    runScimWrite(call, 'User.change', async (patience) => {
      await send(call, user, change, patience)
      if (change.externalId !== undefined) await putExternalId(call, user.id, change.externalId)
      return await readAgain(call, user)
    }),
  )
}

/** Deletes the user as the setting SCIM_DELETE says. */
export async function deleteUser(call: ScimCall, user: UserRow): Promise<void> {
  const isDeletion = call.deps.settings.deletes === 'delete'
  await recorded(call, user, 'DELETED', () =>
    runScimWrite(call, 'User.delete', async (patience) => {
      if (isDeletion) await erase(call, user, patience)
      else
        await send(
          call,
          user,
          {
            set: turned(user, 'OFF', call.capabilities.leaving),
            turn: 'OFF',
            managedAliases: undefined,
            externalId: undefined,
          },
          patience,
        )
      await hideResource(call.sql, user.id)
      return user
    }),
  )
}

async function erase(call: ScimCall, user: UserRow, patience: Patience): Promise<void> {
  await guarded(call, user, 'DELETED', async (checkCopy) => {
    const answer = await call.deps.writes.deleteUser({
      ...requestOf(call, patience),
      input: { primaryEmail: user.primaryEmail },
      checkCopy,
    })
    // Another client has deleted it, which is what this one asks for.
    if ('failure' in answer && answer.failure !== 'NotFound') throw errorOfFailure(answer)
  })
}

/** Sends the difference. */
async function send(call: ScimCall, user: UserRow, change: UserChange, patience: Patience): Promise<void> {
  const update = async (checkCopy?: NonNullable<Parameters<typeof call.deps.writes.updateUser>[0]['checkCopy']>) => {
    const answer = await call.deps.writes.updateUser({
      ...requestOf(call, patience),
      input: { primaryEmail: user.primaryEmail, set: change.set },
      checkCopy,
    })
    const decisive = change.turn && change.set.roles?.set ? ['status', 'roles'] : ['status']
    if (
      'failure' in answer &&
      answer.failure === 'NotAsWritten' &&
      !answer.fields.some((field) => decisive.includes(field))
    )
      return true
    return succeeded(answer).settled
  }
  const leaving = change.turn === 'OFF' ? deprovisionedOf(user, change) : undefined
  if (leaving?.role !== undefined) await noteLeaving(call.sql, user.id, leaving)
  const settled = change.turn === 'OFF' ? await guarded(call, user, 'TURNED_OFF', update) : await update()
  await noteUser(call.sql, user.id, {
    managedAliases: change.managedAliases,
    deprovisioned: change.turn === 'ON' ? null : leaving,
    pending: settled ? null : acceptedOf(user, change),
  })
}

/** How the user was turned off, for turning it on again. */
function deprovisionedOf({ formerRole, pendingRole, roles }: UserRow, { set }: UserChange): Deprovisioned {
  const at = new Date().toISOString()
  if (set.status === 'INACTIVE') return { how: 'INACTIVE', at }
  return { how: 'FUNCTIONAL', role: formerRole ?? pendingRole ?? roles?.find((role) => role !== functionalRole), at }
}

/** Runs a write that ends an account: within the guard against mass removals, and not for privileged accounts. */
async function guarded<T>(
  call: ScimCall,
  user: UserRow,
  ends: 'TURNED_OFF' | 'DELETED',
  work: (checkCopy: Awaited<ReturnType<typeof leaverCheck>>) => Promise<T>,
): Promise<T> {
  const isOff = user.status === 'INACTIVE' && !user.isUnsettled && ends === 'TURNED_OFF'
  // A user that is off already is not removed again.
  const withdraw: Withdraw = isOff ? async () => {} : await takeRemoval(call, user.id)
  try {
    return await work(await leaverCheck(call, user, ends))
  } catch (error) {
    // The outcome of other errors may be unknown, so they count as removals.
    const isUnsent = error instanceof ScimError && error.status !== 500
    if (isUnsent) await withdraw()
    if (error instanceof PrivilegedLeaver) await reportLeaver(call, user.id)
    throw error
  }
}

async function checkExternalId(call: ScimCall, user: UserRow, externalId: string | null | undefined): Promise<void> {
  if (externalId == null) return
  const other = await resourceOfExternalId(call.sql, call.organizationId, 'User', externalId, user.id)
  if (other !== undefined) throw externalIdTaken(other)
}

export function externalIdTaken(id: string): ScimError {
  return new ScimError(409, `The externalId belongs to the resource ${id}`, { type: 'uniqueness' })
}

async function putExternalId({ sql }: ScimCall, id: string, externalId: string | null): Promise<void> {
  if (!(await setExternalId(sql, id, externalId))) throw badValue('The externalId belongs to another resource')
}

async function readAgain({ sql, organizationId }: ScimCall, user: UserRow): Promise<UserRow> {
  await keepDirectory(sql, organizationId)
  const [after] = await readUsers(sql, organizationId, [user.id])
  if (!after) throw notFound('user')
  return after
}

/** The values that the client sees until the vendor shows them. */
function acceptedOf(
  { isUnsettled, firstName, lastName, status, formerRole, pendingRole }: UserRow,
  { set, turn }: UserChange,
): object {
  const before = isUnsettled
    ? { givenName: firstName, familyName: lastName, active: status === 'ACTIVE', role: pendingRole }
    : {}
  return {
    ...before,
    ...(set.firstName !== undefined && { givenName: set.firstName }),
    ...(set.lastName !== undefined && { familyName: set.lastName }),
    ...(turn && { active: turn === 'ON', role: turn === 'ON' ? formerRole : null }),
  }
}

function actionOf({ status }: UserRow, { turn }: UserChange): ScimAction {
  if (turn === 'OFF' && status !== 'INACTIVE') return 'DEACTIVATED'
  return turn === 'ON' ? 'REACTIVATED' : 'CHANGED'
}

async function recorded<T>(call: ScimCall, user: UserRow, action: ScimAction, work: () => Promise<T>): Promise<T> {
  const about = { kind: 'User', resourceId: user.id, name: user.primaryEmail } as const
  try {
    const done = await work()
    await recordActivity(call, { ...about, action, status: 200 })
    return done
  } catch (error) {
    if (error instanceof ScimError)
      await recordActivity(call, { ...about, action: 'REFUSED', status: error.status, detail: error.message })
    throw error
  }
}
