/** POST of a user. */
import { createHash } from 'node:crypto'
import { functionalRole } from '../../writes/not-offered.ts'
import { findBearer, liveUserId } from '../../writes/queries.ts'
import { recordActivity } from '../activity.ts'
import { ScimError } from '../protocol/scim-error.ts'
import type { DesiredState } from '../protocol/user-state.ts'
import { isHidden, isHiddenBeforeShown, resourceOfAddress, resourceOfExternalId } from '../resources/find-resources.ts'
import { keepDirectory } from '../resources/keep-directory.ts'
import { readUsers, type UserRow } from '../resources/resource-rows.ts'
import { type Deprovisioned, hiddenDeprovisioning, storeUser } from '../resources/store-resource.ts'
import type { ScimCall } from '../scim-call.ts'
import { changeUser, externalIdTaken } from './change-user.ts'
import { errorOfFailure, type Patience, requestOf, runScimWrite } from './run-scim-write.ts'
import { checkNewWork, checkRoles } from './user-change.ts'

/** Creates the user, and returns it. `body`: the text of the request, by which a repeated request is recognized. */
export async function createUser(call: ScimCall, desired: DesiredState, body: string): Promise<UserRow> {
  const { sql, organizationId, deps } = call
  checkNewWork(desired)
  checkRoles(desired.roles, [], deps.settings.roles)
  const digest = createHash('sha256').update(body).digest('hex')
  const known = await knownUser(call, desired, digest)
  // The first attempt may have ended before everything was sent.
  if (known) return await changeUser(call, known, desired)
  if (desired.externalId != null) {
    const other = await resourceOfExternalId(sql, organizationId, 'User', desired.externalId)
    if (other !== undefined) throw externalIdTaken(other)
  }
  const about = { kind: 'User', name: desired.userName } as const
  try {
    const user = await runScimWrite(call, 'User.create', (patience) => create(call, desired, digest, patience))
    await recordActivity(call, { ...about, action: 'CREATED', resourceId: user.id, status: 201 })
    return user
  } catch (error) {
    if (error instanceof ScimError)
      await recordActivity(call, { ...about, action: 'REFUSED', status: error.status, detail: error.message })
    throw error
  }
}

/** Returns the user that the same request has just created. Throws if another user has the address. */
async function knownUser(call: ScimCall, { userName }: DesiredState, digest: string): Promise<UserRow | undefined> {
  const { sql, organizationId, viewer } = call
  const id = await resourceOfAddress(sql, organizationId, userName)
  const [user] = id === undefined ? [] : await readUsers(sql, organizationId, [id])
  if (user?.isNew && user.createdBy === viewer && user.createdDigest === digest) return user
  if (user) throw taken(userName, user.id)
  const own = await liveUserId(sql, organizationId, userName)
  const bearer = await findBearer(sql, organizationId, [userName], own)
  if (bearer) throw taken(userName)
  return undefined
}

async function create(call: ScimCall, desired: DesiredState, digest: string, patience: Patience): Promise<UserRow> {
  const { deps, organizationId, sql, viewer } = call
  const { settings, writes } = deps
  const own = await liveUserId(sql, organizationId, desired.userName)
  if (own !== null && (await isHidden(sql, own))) return await bringBack(call, desired, digest, own)
  const { userName, givenName, familyName, active = true, aliases = [], password } = desired
  const isFunctional = !active && call.capabilities.leaving === 'FUNCTIONAL'
  const roles = isFunctional ? [functionalRole] : settings.roles.filter((role) => desired.roles?.includes(role))
  const answer = await writes.createUser({
    ...requestOf(call, patience),
    input: {
      primaryEmail: userName,
      firstName: givenName,
      lastName: familyName,
      ...(!active && !isFunctional && { status: 'INACTIVE' }),
      ...(aliases.length > 0 && { aliases }),
      ...(roles.length > 0 && { roles }),
      ...(settings.password === 'set' && password !== undefined && { password }),
    },
  })
  let userId: number | null
  if ('failure' in answer) {
    if (answer.failure === 'AlreadyExists') return await adopt(call, desired, digest, patience)
    // The user exists, and a field of minor importance differs. The client gets the stored value.
    if (answer.failure !== 'NotAsWritten' || answer.fields.includes('status')) throw errorOfFailure(answer)
    userId = answer.userId
  } else userId = answer.userId
  return await store(call, desired, digest, userId, viewer)
}

async function store(
  { sql, organizationId, capabilities }: ScimCall,
  desired: DesiredState,
  digest: string,
  nodeId: number | null,
  viewer: string,
  off: Deprovisioned | null = null,
): Promise<UserRow> {
  const { userName, givenName = null, familyName = null, active = true, aliases = [], externalId = null } = desired
  const id = await storeUser(sql, {
    organizationId,
    nodeId,
    userName,
    externalId,
    managedAliases: aliases,
    pending: { userName, givenName, familyName, active },
    deprovisioned: off ?? (active ? null : { how: capabilities.leaving, at: new Date().toISOString() }),
    createdBy: viewer,
    createdDigest: digest,
  })
  if (id === undefined) throw new ScimError(409, 'The externalId belongs to another resource', { type: 'uniqueness' })
  await keepDirectory(sql, organizationId)
  const [user] = await readUsers(sql, organizationId, [id])
  if (!user) throw new ScimError(500, 'The user was created, and then deleted by another client')
  return user
}

/** The account of a resource that a client deleted: it gets a new resource, and is turned on again. */
async function bringBack(call: ScimCall, desired: DesiredState, digest: string, nodeId: number): Promise<UserRow> {
  const off = await hiddenDeprovisioning(call.sql, nodeId)
  const user = await store(call, { ...desired, aliases: [] }, digest, nodeId, call.viewer, off)
  return await changeUser(call, user, desired)
}

/**
 * The vendor has the account. The mirror reads it, so that the client's next filter finds it. If its resource was
 * deleted by a client, it is brought back.
 */
async function adopt(call: ScimCall, desired: DesiredState, digest: string, { signal }: Patience): Promise<UserRow> {
  const { deps, organizationId, sql, viewer } = call
  const { userName } = desired
  await deps.refreshUser({ organizationId, primaryEmail: userName, actor: viewer, signal })
  await keepDirectory(sql, organizationId)
  const known = await knownUser(call, desired, digest)
  if (known) return known
  const own = await liveUserId(sql, organizationId, userName)
  if (own !== null && (await isHidden(sql, own))) return await bringBack(call, desired, digest, own)
  if (own === null && (await isHiddenBeforeShown(sql, organizationId, userName)))
    throw new ScimError(503, 'The vendor has the account and does not show it yet', { retryAfter: 30 })
  throw taken(userName)
}

function taken(address: string, id?: string): ScimError {
  const by = id === undefined ? 'another account' : `the user ${id}`
  return new ScimError(409, `${address} is already in use by ${by}`, { type: 'uniqueness' })
}
