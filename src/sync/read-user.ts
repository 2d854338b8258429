import type { EssentialsClient } from '../essentials/client.ts'
import { NotFoundError } from '../essentials/errors/not-found-error.ts'
import type { CallOptions } from '../essentials/send-call.ts'
import type { WireUser } from '../essentials/wire.ts'
import { addressKey } from '../mirror/address.ts'
import { applyGone } from '../mirror/apply-gone.ts'
import { type AppliedUsers, applyUsers } from '../mirror/apply-users.ts'
import type { Sql, Transaction } from '../mirror/database.ts'
import { inOrganization } from '../mirror/in-organization.ts'
import type { Observation, ObservedUser } from '../mirror/observation.ts'
import { convertUser } from './convert.ts'
import { wasDeletedLately } from './recent-writes.ts'

export type UserReading =
  /** `wire`: the user as the vendor answered it. */
  | { found: true; applied: AppliedUsers; userId: number; wire: WireUser }
  /** `userId`: whom the mirror had there, and has as a tombstone now. */
  | { found: false; userId: number | undefined }

export type ClearableField = ClearableScalar | ClearableList

type ClearableScalar = 'firstName' | 'lastName' | 'mailboxSize' | 'spamPolicy' | 'status'
type ClearableList = 'roles' | 'aliases'

interface Answer {
  /** Absent where the vendor has none at that address. */
  readonly user?: WireUser
  readonly sentAt: string
  readonly arrivedAt: string
}

/** How often the vendor is asked where each answer is overtaken. After that the later requests count: the user is not there. */
const mostAnswers = 3

/**
 * The point read: asks the vendor for one user and applies the answer. Rejects with an EssentialsError where there is none.
 * `ifMissing`: END only where a complete pull did not show the user either; a 404 alone deletes nobody (KEEP).
 * An answer that a later request has overtaken is not applied; the vendor is asked again.
 * `settle` runs in the transaction that applies it. `cleared`: what a write that the vendor took has just emptied.
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

/** OVERTAKEN, and nothing applied, where a request that was sent later did not find the user. */
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

/** What the answer lacks is unknown, but of a field that was cleared right before it is empty. */
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
    // Somebody else bears it as an alias, so that nobody has it as the primary address: the vendor looks addresses up among aliases, too.
    if (addressKey(value.primaryEmail) !== addressKey(primaryEmail)) return { sentAt, arrivedAt }
    return { user: value, sentAt, arrivedAt }
  } catch (error) {
    if (error instanceof NotFoundError && error.sentAt && error.arrivedAt) {
      return { sentAt: error.sentAt, arrivedAt: error.arrivedAt }
    }
    throw error
  }
}
