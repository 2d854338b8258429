import { addressKey } from '../../addresses/address-key.ts'
import type { Sql, Transaction } from '../../db/database.ts'
import { inOrganization } from '../../mirror/in-organization.ts'
import type { Observation, ObservedUser } from '../../mirror/observation.ts'
import { applyGone } from '../../mirror/users/apply-gone.ts'
import { type AppliedUsers, applyUsers } from '../../mirror/users/apply-users.ts'
import type { WritableField } from '../../mirror/users/profile.ts'
import type { EssentialsClient } from '../../vendor/adapter.ts'
import { NotFoundError } from '../../vendor/errors/rejection-errors.ts'
import type { CallOptions } from '../../vendor/http/connection.ts'
import type { WireUser } from '../../vendor/wire/wire.ts'
import { convertUser } from '../convert.ts'
import { wasDeletedLately } from './recent-writes.ts'

export type UserReading =
  /** `wire` is the user as the vendor returned it. */
  | { found: true; applied: AppliedUsers; userId: number; wire: WireUser }
  /** `userId` is the user that the mirror had at the address and that is now a tombstone. */
  | { found: false; userId: number | undefined }

export type ClearableField = WritableField | ClearableList

type ClearableList = 'roles' | 'aliases'

interface Answer {
  /** Absent if the vendor has no user at that address. */
  readonly user?: WireUser
  readonly sentAt: string
  readonly arrivedAt: string
}

/**
 * Maximum number of reads if each response is overtaken. After that the later requests win: the user does not exist.
 */
const mostAnswers = 3

/**
 * The point read: reads one user from the vendor and applies the response. Rejects with an EssentialsError if there is
 * no usable response.
 *
 * `ifMissing` is END only if a complete pull did not show the user either: a 404 alone deletes no user (KEEP). A
 * response that a later request has overtaken is not applied, and the user is read again. `settle` runs in the
 * transaction that applies the response. `cleared` names the fields that an accepted write has just emptied.
 */
export async function readUser(
  sql: Sql,
  client: EssentialsClient,
  organizationId: number,
  primaryEmail: string,
  about: Pick<Observation, 'origin' | 'actor' | 'pullId' | 'decides'> & {
    readonly cleared?: readonly ClearableField[]
  },
  call: CallOptions,
  ifMissing: 'END' | 'KEEP',
  settle: (tx: Transaction, reading: UserReading) => Promise<void> = async () => {},
): Promise<UserReading> {
  const { cleared = [], ...whose } = about
  const apply = async (tx: Transaction, { user, ...times }: Answer): Promise<UserReading | 'OVERTAKEN'> => {
    const observation = { ...whose, ...times }
    if (user) return await applyFound(tx, organizationId, observation, user, cleared)
    const ended = ifMissing === 'END' ? await applyGone(tx, organizationId, observation, primaryEmail) : undefined
    return { found: false, userId: ended }
  }
  for (let asked = 1; ; asked += 1) {
    const answer = await ask(client, primaryEmail, call)
    const reading = await inOrganization(sql, organizationId, async (tx) => {
      const applied = await apply(tx, answer)
      if (applied === 'OVERTAKEN' && asked < mostAnswers) return undefined
      const reading: UserReading = applied === 'OVERTAKEN' ? { found: false, userId: undefined } : applied
      await settle(tx, reading)
      return reading
    })
    if (reading) return reading
  }
}

/** Returns OVERTAKEN and applies nothing if a later request did not find the user. */
async function applyFound(
  tx: Transaction,
  organizationId: number,
  observation: Observation,
  wire: WireUser,
  cleared: readonly ClearableField[],
): Promise<UserReading | 'OVERTAKEN'> {
  const observed = withEmpty(convertUser(wire), cleared)
  const deletedLately = await wasDeletedLately(tx, organizationId, wire.primaryEmail)
  const applied = await applyUsers(tx, organizationId, { ...observation, deletedLately }, 'READ', [observed])
  if (applied.overtaken) return 'OVERTAKEN'
  return { found: true, applied, userId: applied.ids[0] as number, wire }
}

/** A field that the response lacks is unknown, but a field that was cleared immediately before is empty. */
function withEmpty({ profile, ...lists }: ObservedUser, cleared: readonly ClearableField[]): ObservedUser {
  const scalars = cleared.filter((field) => !isList(field)).map((field) => [field, null])
  const emptyLists = cleared.filter(isList).map((field) => [field, []])
  return {
    ...Object.fromEntries(emptyLists),
    ...lists,
    profile: { ...Object.fromEntries(scalars), ...profile },
  }
}

function isList(field: ClearableField): field is ClearableList {
  return field === 'roles' || field === 'aliases'
}

async function ask(client: EssentialsClient, primaryEmail: string, call: CallOptions): Promise<Answer> {
  try {
    const { value, sentAt, arrivedAt } = await client.getUser(primaryEmail, call)
    // The vendor also looks up aliases. Another user has the address as an alias, so no user has it as the primary
    // address.
    if (addressKey(value.primaryEmail) !== addressKey(primaryEmail)) return { sentAt, arrivedAt }
    return { user: value, sentAt, arrivedAt }
  } catch (error) {
    if (error instanceof NotFoundError && error.sentAt && error.arrivedAt) {
      return { sentAt: error.sentAt, arrivedAt: error.arrivedAt }
    }
    throw error
  }
}
