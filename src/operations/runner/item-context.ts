import { z } from 'zod'
import { addressKey } from '../../addresses/address-key.ts'
import type { Sql } from '../../db/database.ts'
import { MalformedRowError, parseStored, parseStoredText } from '../../db/stored-json.ts'
import { oldestRowOf } from '../../mirror/entry-identity.ts'
import { canonicalAddress } from '../../mirror/users/resolve-users.ts'
import type { UserReading } from '../../sync/point-read/read-user.ts'
import type { EssentialsClient } from '../../vendor/adapter.ts'
import type { WireUser } from '../../vendor/wire/wire.ts'
import type { WriteDeps } from '../../writes/deps.ts'
import { notFound } from '../../writes/failure.ts'
import { type KnownGroup, knownGroup } from '../../writes/queries.ts'
import { WriteSession } from '../../writes/session/session.ts'
import { requestSettling, type SettlingPolicy } from '../../writes/session/settle.ts'
import { settingsLockOf, type UserLock, withUserLock } from '../../writes/session/user-lock.ts'
import { WaitBudget } from '../../writes/session/wait-budget.ts'
import { type ResolvedGroups, resolveGroups } from '../../writes/vendor/resolve-user-groups.ts'
import type { ClaimedItem } from '../operation.ts'
import { openItemJournal } from './item-journal.ts'
import { keepSnapshot } from './item-lease.ts'
import { openPassword } from './open-password.ts'
import { type ReadingPause, readingPauses } from './retry-delay.ts'
import { NotShownYetError } from './waiting-step.ts'

/** A user as it was before the item changed anything. */
export interface UserBefore {
  readonly userId: number
  readonly wire: WireUser
  readonly groups: readonly KnownGroup[]
}

export type Found = Extract<UserReading, { found: true }>

/** A user that an item works on. */
export interface Part {
  readonly primaryEmail: string
  /** The prefix of its step names in the item's journal. */
  readonly name: string
  /** Whether the account already exists. If it does, requests use the vendor's spelling of its address. */
  readonly isThere: boolean
}

/** An item does not poll while it holds its lease. It pauses instead (`pauseUnlessOver`). */
const oneReading: SettlingPolicy = { ...requestSettling, mostReads: 1, longestMs: 0 }

/** The context in which an item's work runs. */
export class ItemRun {
  readonly sql: Sql
  readonly item: ClaimedItem
  readonly stop: AbortSignal
  readonly #deps: WriteDeps
  readonly #client: EssentialsClient
  #kept: UserBefore | undefined

  constructor(deps: WriteDeps, client: EssentialsClient, item: ClaimedItem, stop: AbortSignal) {
    this.sql = deps.sql
    this.item = item
    this.stop = stop
    this.#deps = deps
    this.#client = client
  }

  /** Returns the item's input. Throws a MalformedRowError if the row does not hold such an input. */
  input<Schema extends z.ZodType>(schema: Schema): z.infer<Schema> {
    return parseStored(schema, this.item.input, { column: 'operation_items.input', of: `item ${this.item.id}` })
  }

  /**
   * Ends the attempt until the next pause is over, because the vendor does not show an accepted write yet. Returns if
   * all pauses of this kind were made. `step`: with the prefix of its part. `lastSeen`: what the latest reading showed,
   * without any of the user's values.
   */
  pauseUnlessOver(step: string, why: ReadingPause, lastSeen: string): void {
    const { waiting } = this.item
    const pauses = waiting?.step === step && waiting.why === why ? waiting.pauses : 0
    const pauseMs = readingPauses[why][pauses]
    if (pauseMs !== undefined) throw new NotShownYetError({ step, why, pauses: pauses + 1, lastSeen }, pauseMs)
  }

  /**
   * Returns the item's password in clear text; undefined if none was given. Throws if one was given and is unavailable.
   */
  openPassword(field: string): string | undefined {
    return openPassword(this.#deps, this.item, field)
  }

  /** Works on one user under its lock. */
  async session<T>(isThere: boolean, work: (session: WriteSession) => Promise<T>): Promise<T> {
    const { primaryEmail } = this.item
    return await this.#locked({ primaryEmail, name: '', isThere }, work)
  }

  /**
   * Works on two users under their locks. Locks are always taken in the order of the addresses, which prevents
   * deadlocks.
   */
  async sessions<T>(
    [one, other]: readonly [Part, Part],
    work: (one: WriteSession, other: WriteSession) => Promise<T>,
  ): Promise<T> {
    return addressKey(one.primaryEmail) < addressKey(other.primaryEmail)
      ? await this.#locked(one, (first) => this.#locked(other, (second) => work(first, second)))
      : await this.#locked(other, (second) => this.#locked(one, (first) => work(first, second)))
  }

  /** The user as stored before anything was changed; undefined until it is stored. */
  get kept(): UserBefore | undefined {
    if (!this.#kept && this.item.snapshot !== null)
      this.#kept = restored(this.#client, this.item.snapshot, this.item.id)
    return this.#kept
  }

  /**
   * Returns the user as it was before anything was changed: the stored copy, or a new reading. `step`: the first step
   * that depends on it. `groupsMeant` returns which of the user's groups the work applies to, and throws if the work
   * cannot begin. Rejects with NotFound if the user did not exist.
   */
  async userBefore(
    session: WriteSession,
    step: string,
    groupsMeant: (wire: WireUser, resolved: ResolvedGroups | undefined) => readonly KnownGroup[],
  ): Promise<UserBefore> {
    if (this.kept) return this.kept
    const reading = await session.readBefore()
    await this.waitForEarlierWrites(session, reading, step)
    if (!reading.found) throw notFound(`The vendor has no user ${session.primaryEmail}`)
    return await this.keep(session, reading, groupsMeant)
  }

  /**
   * Pauses while the reading lacks a write that the vendor accepted within the last minute: a snapshot or a deletion
   * based on that reading would lose the write.
   */
  async waitForEarlierWrites(session: WriteSession, reading: UserReading, step: string): Promise<void> {
    if (await session.isUpToDate(reading)) return
    const seen = reading.found ? 'the user does not show an earlier write' : 'the user is not found (404)'
    this.pauseUnlessOver(step, 'OLD_COPY', seen)
  }

  /** Stores the user as read now, in place of an older reading. */
  async keep(
    session: WriteSession,
    { userId, wire }: { readonly userId: number; readonly wire: WireUser },
    groupsMeant: (wire: WireUser, resolved: ResolvedGroups | undefined) => readonly KnownGroup[],
  ): Promise<UserBefore> {
    const groups = groupsMeant(wire, await resolveGroups(session, wire))
    const snapshot: z.infer<typeof snapshotSchema> = { userId, raw: wire.raw, groups }
    await keepSnapshot(this.sql, this.item, JSON.stringify(snapshot))
    this.#kept = { userId, wire, groups }
    return this.#kept
  }

  async #locked<T>({ primaryEmail, name, isThere }: Part, work: (session: WriteSession) => Promise<T>): Promise<T> {
    const { sql, item, stop } = this
    const { organizationId, createdBy } = item
    const { control, leases } = this.#deps
    const open = async (lock: UserLock) =>
      new WriteSession({
        sql,
        client: this.#client,
        organizationId,
        primaryEmail: isThere ? await canonicalAddress(sql, organizationId, primaryEmail) : primaryEmail,
        actor: createdBy,
        priority: 'background',
        waitBudget: new WaitBudget(Number.POSITIVE_INFINITY),
        lock,
        journal: await openItemJournal(sql, item, name),
        stop,
        settling: oneReading,
        settingsLock: async (work) => {
          const ofVendor = await oldestRowOf(control, organizationId)
          return await settingsLockOf(control, ofVendor, { signal: stop, leases })(work)
        },
      })
    const user = { organizationId, primaryEmail }
    return await withUserLock(control, user, async (lock) => await work(await open(lock)), { signal: stop, leases })
  }
}

/** `operation_items.snapshot`. `raw`: the vendor's answer. */
const snapshotSchema = z.object({ userId: z.number(), raw: z.unknown(), groups: z.array(knownGroup).readonly() })

function restored(client: EssentialsClient, snapshot: string, itemId: number): UserBefore {
  const place = { column: 'operation_items.snapshot', of: `item ${itemId}` }
  const { userId, raw, groups } = parseStoredText(snapshotSchema, snapshot, place)
  const parsed = client.parseStoredUser(JSON.stringify(raw) ?? '')
  if ('unreadable' in parsed) throw new MalformedRowError(place, `\`raw\`: ${parsed.unreadable.found}`)
  return { userId, groups, wire: parsed.value }
}
