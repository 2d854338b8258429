import { permanentStorageError, type Refusal, storageRefused } from '../../db/constraint-error.ts'
import type { Transaction } from '../../db/database.ts'
import { takeFirstStatistics } from '../../db/migrations/initial-analyze.ts'
import { isoOf } from '../../db/timestamps.ts'
import { applyGroups } from '../../mirror/groups/apply-groups.ts'
import { inOrganizationIf } from '../../mirror/in-organization.ts'
import type { Observation } from '../../mirror/observation.ts'
import {
  addTally,
  claimPages,
  failPull,
  lockPage,
  type PageKind,
  readPageBody,
  readPages,
  type StoredPage,
  settlePage,
} from '../../mirror/pulls/pulls.ts'
import { applyUsers } from '../../mirror/users/apply-users.ts'
import type { EssentialsClient } from '../../vendor/adapter.ts'
import type { GroupsPage, UsersPage } from '../../vendor/wire/wire.ts'
import { convertGroup, convertUser } from '../convert.ts'
import { forOrganization, type SyncDeps } from '../deps.ts'
import type { JobQueue } from '../queue.ts'
import type { PageSlots } from './page-slots.ts'
import { listsOf, nextPage } from './pull-state-machine.ts'

export interface Page {
  readonly kind: PageKind
  readonly page: number
}

interface Pull {
  readonly id: number
  readonly organizationId: number
}

type Parsed = UsersPage | GroupsPage

/** The pull whose pages a job of this process is applying. */
interface Applier {
  /** Another job has stored a page since the applier last read the pull's pages. */
  isMore: boolean
}

/** Number of parsed pages that wait in memory. Others are parsed again from the stored response. */
const maxParsed = 8

/**
 * Applies the stored pages of pulls, in order. One job applies the pages of a pull; other jobs leave theirs to it and
 * end, because waiting for the organization's lock would keep their slots from other work. The applier reads the stored
 * pages again after each page, so it misses none that was left to it. If it dies, the next tick pushes a job.
 */
export class PageAppliers {
  readonly #deps: SyncDeps
  readonly #queue: JobQueue
  readonly #slots: PageSlots
  /** By pull. Holds the appliers of this process; `claimPages` finds those of others. */
  readonly #appliers = new Map<number, Applier>()
  /** Pages that this process has parsed, until they are applied. */
  readonly #parsed = new Map<string, Parsed>()

  constructor(deps: SyncDeps, queue: JobQueue, slots: PageSlots) {
    this.#deps = deps
    this.#queue = queue
    this.#slots = slots
  }

  /**
   * Applies all stored pages of the pull and pushes its next jobs, or leaves both to the pull's applier. `parsed` is
   * the content of `page`, if known.
   */
  async apply(pull: Pull, page: Page, parsed: Parsed | undefined, signal: AbortSignal): Promise<void> {
    if (parsed && this.#parsed.size < maxParsed) this.#parsed.set(keyOf(pull, page), parsed)
    const running = this.#appliers.get(pull.id)
    if (running) {
      running.isMore = true
      return
    }
    const applier = { isMore: false }
    this.#appliers.set(pull.id, applier)
    try {
      await this.#applyAll(pull, applier, signal)
    } finally {
      this.#appliers.delete(pull.id)
      for (const key of this.#parsed.keys()) if (key.startsWith(`${pull.id} `)) this.#parsed.delete(key)
    }
  }

  async #applyAll(pull: Pull, applier: Applier, signal: AbortSignal): Promise<void> {
    let last: StoredPage | undefined
    for (;;) {
      signal.throwIfAborted()
      applier.isMore = false
      const pages = await readPages(this.#deps.sql, pull.id)
      const waiting = pages.find((page) => !page.applied)
      const next = nextPage(pages, listsOf(this.#deps.clientOf(pull.organizationId)))
      // Runs while the page is applied: a pause between two pages would slow the pull down.
      const pushed = this.#pushNext(pull, next, waiting === undefined)
      pushed.catch(() => {})
      if (!waiting) {
        await pushed
        if (applier.isMore) continue
        return
      }
      // A page stays if its pull has ended.
      if (last && keyOf(pull, last) === keyOf(pull, waiting)) return
      last = waiting
      const apply = () => this.#slots.run(async () => await this.#applyOne(pull, waiting, signal))
      const facts = { pullId: pull.id, kind: waiting.kind, page: waiting.page }
      const { tracing } = this.#deps
      const done = await (tracing ? tracing.span('apply page', { facts }, apply) : apply())
      await pushed
      if (done === 'ELSEWHERE') return
    }
  }

  async #pushNext(pull: Pull, next: Page | undefined, isLast: boolean): Promise<void> {
    if (next) await this.#queue.push({ name: 'page', pullId: pull.id, ...next })
    else if (isLast) await this.#queue.push({ name: 'conclude', pullId: pull.id })
  }

  /** ELSEWHERE: another process is applying a page of the pull, and will apply this one. */
  async #applyOne(pull: Pull, { kind, page }: Page, signal: AbortSignal): Promise<'ELSEWHERE' | 'DONE'> {
    signal.throwIfAborted()
    const { sql, clientOf } = this.#deps
    const client = clientOf(pull.organizationId)
    if (!client) return 'DONE'
    const key = keyOf(pull, { kind, page })
    const known = this.#parsed.get(key)
    this.#parsed.delete(key)
    const isClaimed = await inOrganizationIf(
      sql,
      pull.organizationId,
      (tx) => claimPages(tx, pull.id),
      async (tx) => {
        const times = await lockPage(tx, pull.id, kind, page)
        if (!times) return
        const parsed = known ?? parse(client, kind, await readPageBody(tx, pull.id, kind, page))
        const observation = {
          sentAt: isoOf(times.sentAt),
          arrivedAt: isoOf(times.arrivedAt),
          origin: 'PULL' as const,
          pullId: pull.id,
        }
        await applyPage(tx, pull, { kind, page }, observation, parsed)
      },
    ).catch(async (error: unknown) => {
      const refusal = permanentStorageError(error)
      if (!refusal) throw error
      await failUnstorable(forOrganization(this.#deps, pull.organizationId), pull.id, { kind, page }, refusal)
      return true
    })
    if (!isClaimed) return 'ELSEWHERE'
    await takeFirstStatistics(sql)
    return 'DONE'
  }
}

/** Fails the pull, because Postgres can never store one of its pages. */
export async function failUnstorable(
  { sql, logger, onPullEnd }: SyncDeps,
  pullId: number,
  { kind, page }: Page,
  refusal: Refusal,
): Promise<void> {
  logger.error({ refusal, pull: pullId, kind, page }, 'cannot store a page')
  await failPull(sql, pullId, storageRefused(`page ${page} of the ${kind.toLowerCase()}`, refusal))
  onPullEnd?.('FAILED')
}

function keyOf({ id }: Pull, { kind, page }: Page): string {
  return `${id} ${kind} ${page}`
}

async function applyPage(
  tx: Transaction,
  pull: Pull,
  { kind, page }: Page,
  observation: Observation,
  value: Parsed,
): Promise<void> {
  if ('groups' in value) {
    const ids = await applyGroups(tx, pull.organizationId, observation, value.groups.map(convertGroup))
    await settlePage(tx, pull.id, kind, page, { ids, carried: ids.map(() => 0), outcomes: [] })
    return
  }
  const applied = await applyUsers(tx, pull.organizationId, observation, 'LIST', value.users.map(convertUser))
  await settlePage(tx, pull.id, kind, page, applied)
  await addTally(tx, pull.id, applied)
}

function parse(client: EssentialsClient, kind: PageKind, body: string): Parsed {
  const parsed = kind === 'GROUPS' ? client.parseGroups(body) : client.parseUsers(body)
  if ('unreadable' in parsed) throw new Error(`A stored page cannot be read: ${parsed.unreadable.found}`)
  return parsed.value
}
