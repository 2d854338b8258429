import { z } from 'zod'
import type { UserReading } from '../../sync/point-read/read-user.ts'
import { wasFreed } from '../../sync/point-read/recent-writes.ts'
import { AlreadyExistsError, NotFoundError } from '../../vendor/errors/rejection-errors.ts'
import type { JsonObject, WireUser } from '../../vendor/wire/wire.ts'
import type { WriteDeps } from '../deps.ts'
import { invalidInput, notFound, WriteFailedError, type WriteFailure } from '../failure.ts'
import { isRefusal, wordsOf } from '../failure-of-error.ts'
import { allowing, type ListPatch, type UpdateUserInput } from '../inputs.ts'
import { checkAccess, checkAdminKinds, functionalRole, notOfferedInUpdate, withKindsInUpdate } from '../not-offered.ts'
import { exemptFromSync } from '../session/exempt-from-sync.ts'
import type { StepFacts } from '../session/journal.ts'
import { planOf, resultFields, storedSettled } from '../session/plan.ts'
import type { WriteSession } from '../session/session.ts'
import type { Step } from '../session/step.ts'
import { notShownYet } from '../session/unsettled.ts'
import { readKnownRoles, rolesOf, spelledRoles, unknownRoleIssues } from '../unknown-roles.ts'
import { checkIdempotencyKey, checkUpdateUser } from '../validation.ts'
import { carriedIn } from '../vendor/carried-fields.ts'
import { groupsIn } from '../vendor/carried-groups.ts'
import { compareWritten, isTelling } from '../vendor/compare-written.ts'
import { clearedBy, mergePatch, unknownLists, type VendorPatch } from '../vendor/merge-patch.ts'
import { vendorPatchOf } from '../vendor/to-vendor.ts'
import { isChangedAt, isVersion, versionOf } from '../vendor/version.ts'
import { fieldsOfChange } from '../vendor/written-fields.ts'
import { runWrite, type WriteRequest } from './run-write.ts'
import { verifyReplaced } from './verify-replaced.ts'

const userUpdated = z
  .object({
    userId: z.number(),
    /** The GraphQL fields of User that changed, or would change; includes `password` if one was given. */
    changed: z.array(z.string()).readonly(),
    settled: storedSettled,
    ...resultFields,
  })
  .readonly()

export type UserUpdated = z.infer<typeof userUpdated>

/**
 * Changes only the fields that the patch names. Reads the vendor's copy, merges the patch into it, sends the whole
 * user, reads it again, and compares. A patch that would change nothing sends nothing.
 */
export type UpdateUser = (request: WriteRequest<UpdateUserInput>) => Promise<UserUpdated | WriteFailure>

/** The note on a plan that shows only what the caller sent. */
const withheld =
  'Without the right to read, the plan shows only the given values; the request itself carries all fields of the user'

type Found = Extract<UserReading, { found: true }>

export function updateUserWith(deps: WriteDeps): UpdateUser {
  return async (asked) => {
    const client = deps.clientOf(asked.organizationId)
    const offered = client?.capabilities
    const input = withKindsInUpdate(offered, normalizeUpdate(asked.input))
    const checkCopy = (copy: WireUser) => {
      asked.checkCopy?.(copy)
      checkAccess(copy, client, input.set, asked.requireAdmin)
    }
    const request = { ...asked, input, checkCopy }
    const { idempotencyKey, dryRun } = request
    const issues = [
      ...checkUpdateUser(input),
      ...notOfferedInUpdate(offered, input),
      ...checkAdminKinds(client, input.set.roles?.set, ['set', 'roles'], request.requireAdmin),
      ...checkIdempotencyKey(idempotencyKey),
    ]
    if (issues.length > 0) return invalidInput(...issues)
    return await runWrite(deps, userUpdated, 'updateUser', request, async (session) => {
      const { roles } = input.set
      const known = roles
        ? await readKnownRoles(session.sql, session.organizationId, session.client.documentedRoles)
        : []
      const patch = vendorPatchOf({ ...input.set, ...(roles && { roles: spelledPatch(known, roles) }) })
      if (session.wasStepSent('replace') && !session.wasStepDone('replace')) await settleReplaced(session, patch)
      const resumed = session.wasStepSent('replace') !== undefined
      if (!resumed) refuseUnknownRoles(known, input)
      // A completed step needs no base copy, and a dry run sends nothing.
      const isBase = !dryRun && !session.wasStepDone('replace')
      const before = foundOf(session, await (isBase ? session.readCopy() : session.requireUser()))
      if (!resumed) refuseUnseen(before, input.expectedUpdatedAt)
      refuseUnknownLists(before, patch)
      const body = mergePatch(before.wire.raw, patch)
      const differs = differencesOf(patch, before)
      const { requests } = session.client
      const plan = requests.updateUser(before.wire.primaryEmail, body).map(planOf)
      const { userId } = before
      const named = requests.updateUser(input.primaryEmail, { ...patch }).map(planOf)
      const given = { plan: named, notes: [withheld] }
      const isSo = !resumed && differs.length === 0
      const notes = isSo ? ['The user already has these values; there is nothing to send'] : []
      if (dryRun) {
        return {
          userId,
          changed: differs,
          plan: isSo ? [] : plan,
          notes,
          settled: true,
          given: { ...given, changed: Object.keys(patch) },
        }
      }
      if (isSo) return { userId, changed: [], plan: [], notes, settled: true, given: { plan: [], notes, changed: [] } }
      if (!resumed && input.expectedUpdatedAt != null) await refuseChanged(session, before)
      const groups = await groupsIn(session, before)
      if (becomesFunctional(patch, before)) await exemptFromSync(session, 'replace')
      const isSent = await replaceUser(session, before, body, patch)
      const after = await verifyReplaced(session, isSent ? { before, groups } : undefined, patch)
      const changed = changedBy(session, patch, after.wire, isSent ? before.wire : undefined)
      const late = after.settled ? [] : [notShownYet]
      const shown = { ...given, changed: changed.filter((field) => field in patch), notes: [withheld, ...late] }
      return { userId: after.userId, changed, plan, notes: after.notes, settled: after.settled, given: shown }
    })
  }
}

/** A directory sync makes it a person again. */
function becomesFunctional({ roles }: VendorPatch, { wire }: Found): boolean {
  const given = roles == null ? [] : 'set' in roles ? roles.set : roles.add
  return given.includes(functionalRole) && !wire.roles?.includes(functionalRole)
}

function normalizeUpdate({ allowUnknownRole, ...input }: UpdateUserInput): UpdateUserInput {
  return { ...input, ...allowing({ allowUnknownRole }) }
}

function refuseUnknownRoles(known: readonly string[], { set: { roles }, allowUnknownRole }: UpdateUserInput): void {
  if (allowUnknownRole) return
  const path = ['set', 'roles']
  const named = [...rolesOf(roles?.set, [...path, 'set']), ...rolesOf(roles?.add, [...path, 'add'])]
  const issues = unknownRoleIssues(known, named)
  if (issues.length > 0) throw new WriteFailedError(invalidInput(...issues))
}

function spelledPatch(known: readonly string[], { set, add, remove }: ListPatch): ListPatch {
  return { set: spelledRoles(known, set), add: spelledRoles(known, add), remove: spelledRoles(known, remove) }
}

/**
 * Sends the whole user once. `patch`: the part that the caller set, which proves whether the PUT was carried out if its
 * answer is lost. An alias that a write of this system has just freed may stay in use for a while; the rejected request
 * is then sent again. A copy that lacks an earlier write of this system is read again. `facts`: more to keep in the
 * journal. Returns true if this call sent
 * the PUT, and false if an earlier attempt did.
 */
export async function replaceUser(
  session: WriteSession,
  before: Found,
  body: JsonObject,
  patch: VendorPatch,
  facts: StepFacts = {},
): Promise<boolean> {
  const { sql, organizationId } = session
  if (!session.wasStepDone('replace') && !(await session.isUpToDate(before))) {
    const copy = foundOf(session, await session.readCopy())
    return await replaceUser(session, copy, mergePatch(copy.wire.raw, patch), patch, facts)
  }
  const added = patch.aliases == null ? [] : 'set' in patch.aliases ? patch.aliases.set : patch.aliases.add
  try {
    return await session.retry(
      () => send(session, before, body, patch, facts),
      async (error) => isRefusal(error) && (await wasFreed(sql, organizationId, added)),
    )
  } catch (error) {
    if (error instanceof NotFoundError)
      throw notFound(`The vendor has no user ${before.wire.primaryEmail}${wordsOf(error)}`)
    if (error instanceof AlreadyExistsError) throw refused(error, patch, before.userId)
    throw error
  }
}

/** Settles the PUT of an earlier attempt before a copy that shows it is read. */
async function settleReplaced(session: WriteSession, patch: VendorPatch): Promise<void> {
  const before = await session.requireUser()
  await session.resume(await replaceStep(session, before, {}, patch))
}

async function send(
  session: WriteSession,
  before: Found,
  body: JsonObject,
  patch: VendorPatch,
  facts: StepFacts,
): Promise<boolean> {
  let isSent = false
  const step = await replaceStep(session, before, body, patch)
  await session.take({
    ...step,
    facts: { ...step.facts, ...facts },
    send: (options) => {
      isSent = true
      return step.send(options)
    },
  })
  return isSent
}

async function replaceStep(session: WriteSession, before: Found, body: JsonObject, patch: VendorPatch): Promise<Step> {
  const { primaryEmail, updatedAt } = before.wire
  const { known, unresolved } = await groupsIn(session, before)
  return {
    name: 'replace',
    // If only a password is sent, the update time can at least prove that nothing was carried out.
    facts: {
      ...versionOf(before.wire),
      telling: isTelling(patch, before.wire),
      groupIds: known.map(({ id }) => id),
      carried: carriedIn(before.wire, unresolved),
    },
    clears: clearedBy(patch),
    writes: { fields: fieldsOfChange(patch, before.wire) },
    send: (options) => session.client.updateUser(primaryEmail, body, options),
    async settle(facts) {
      const isAsSent = ({ wire }: Found) => compareWritten(patch, wire, { cleared: 'compared' }).length === 0
      const { value: reading } = await session.poll((reading) => {
        if (!reading.found) return 'OTHER'
        if (isVersion(facts, reading.wire)) return 'BEFORE'
        return isAsSent(reading) ? 'WRITTEN' : 'OTHER'
      })
      if (!reading.found) return 'NOT_DONE'
      if (isVersion(facts, reading.wire)) {
        const tells = (facts.telling || updatedAt !== undefined) && (await session.isUpToDate(reading))
        return tells ? 'NOT_DONE' : 'UNKNOWN'
      }
      return facts.telling && isAsSent(reading) ? 'DONE' : 'UNKNOWN'
    },
  }
}

function foundOf({ primaryEmail }: WriteSession, reading: UserReading): Found {
  if (!reading.found) throw notFound(`The vendor has no user ${primaryEmail}`)
  return reading
}

function refuseUnseen({ wire, userId }: Found, expectedUpdatedAt: string | null | undefined): void {
  if (expectedUpdatedAt == null || isChangedAt(expectedUpdatedAt, wire)) return
  const found = wire.updatedAt ?? 'a time that the vendor does not show'
  const message = `The vendor's copy was last changed at ${found}, but ${expectedUpdatedAt} was expected`
  throw new WriteFailedError({ failure: 'Conflict', message, userId, tellsReadings: true })
}

/**
 * Reads the user again immediately before sending, because the wait for the allowance may have been long. Later changes
 * are not detected.
 */
async function refuseChanged(session: WriteSession, before: Found): Promise<void> {
  const again = foundOf(session, await session.readAgain())
  if (isVersion(versionOf(before.wire), again.wire)) return
  const message = "Another client changed the vendor's copy during this write"
  throw new WriteFailedError({ failure: 'Conflict', message, userId: again.userId })
}

function refuseUnknownLists({ wire }: Found, patch: VendorPatch): void {
  const unknown = unknownLists(wire.raw, patch)
  if (unknown.length === 0) return
  const issues = unknown.map((field) => ({
    path: ['set', field],
    message: `The vendor does not show the user's ${field}, so entries cannot be added or removed; replace the whole list with set`,
  }))
  throw new WriteFailedError(invalidInput(...issues))
}

/** Returns the fields that the patch would change. */
function differencesOf(patch: VendorPatch, { wire }: Found): string[] {
  const fields = compareWritten(patch, wire, { cleared: 'compared' })
  // The value of a field that the answer lacks is unknown, so clearing it is sent anyway.
  const unknown = (Object.keys(patch) as (keyof VendorPatch)[]).filter(
    (field) => field !== 'password' && patch[field] === null && !(field in wire.raw),
  )
  return [...fields, ...unknown, ...(patch.password === undefined ? [] : ['password'])]
}

/**
 * Returns the fields that readings changed in the mirror, without two kinds: updatedAt, which the vendor sets on every
 * change, and groups, if the PUT lost memberships that were restored.
 */
function changedBy({ changed }: WriteSession, patch: VendorPatch, after: WireUser, before?: WireUser): string[] {
  const [groups, groupsBefore] = [new Set(after.groups), new Set(before?.groups)]
  const hasSameGroups =
    before && groups.size === groupsBefore.size && [...groups].every((called) => groupsBefore.has(called))
  const fields = changed.filter((field) => field !== 'updatedAt' && !(field === 'groups' && hasSameGroups))
  return patch.password === undefined ? fields : [...fields, 'password']
}

/** A PUT got a 409: another user has an alias, or another client is changing the user. */
function refused(error: AlreadyExistsError, patch: VendorPatch, userId: number): WriteFailedError {
  const said = error.vendorMessage ?? 'no reason given'
  const failure: WriteFailure =
    patch.aliases == null
      ? { failure: 'Conflict', message: `The vendor rejected the change: ${said}`, userId }
      : invalidInput({ path: ['set', 'aliases'], message: `The vendor rejected the aliases: ${said}` })
  return new WriteFailedError(failure, { cause: error })
}
