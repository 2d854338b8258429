/**
 * A client for each configured organization, by the mirror's id. The organizations may change while the process runs: the
 * database decides which of them are mirrored, and each process adds the keys that it has.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import type { Config } from '../config/env.ts'
import type { Listen, Sql } from '../db/database.ts'
import { organizationsChannel, readChildren } from '../mirror/child-organizations.ts'
import { continueRetiring, readRetiring, wakeOrganizations } from '../mirror/control-organizations.ts'
import { readUnusable } from '../mirror/entry-identity.ts'
import { putOrganizations } from '../mirror/sync-organizations.ts'
import type { AllowanceTimes } from '../rate-limit/slots.ts'
import { openAllowance } from '../rate-limit/vendor-allowance.ts'
import type { EssentialsClient, OrganizationReader } from '../vendor/adapter.ts'
import type { Allowance } from '../vendor/allowance.ts'
import type { SharedPools } from '../vendor/client.ts'
import type { Observer } from '../vendor/http/http-exchange.ts'
import type { RetryPolicy } from '../vendor/http/retry.ts'
import { connectionOf, type OrganizationConnection } from './vendor-connection.ts'

export type OrganizationSettings = Config['organizations'][number]

export interface ClientDirectory {
  /** Undefined as well: the entry of the organization cannot be used, see entry-identity.ts. */
  clientOf(organizationId: number): EssentialsClient | undefined
  /** Reads about the organization, also while its entry cannot be used. */
  organizationsOf(organizationId: number): OrganizationReader | undefined
  /**
   * Replaces the organizations. Removed ones keep their clients until their operations have ended. If it rejects, call it
   * again.
   */
  apply(organizations: readonly OrganizationSettings[]): Promise<void>
  /** Reads the children of partners again, and which entries can be used. */
  refresh(): Promise<void>
  /** Retires the removed organizations whose operations have ended. Sends nothing if there is no other one. */
  continueRetiring(): Promise<void>
  close(): Promise<void>
}

export interface DirectoryOptions {
  readonly sql: Sql
  readonly control: Sql
  readonly logger: Logger
  readonly pullIntervalSeconds: number
  /** Whether this process is a worker, which runs the operations of removed organizations to their end. */
  readonly runsOperations: boolean
  readonly pools: SharedPools
  /** Reports that a worker has discovered children of a partner. Without it, `refresh` alone reads them. */
  readonly listen?: Listen | undefined
  readonly observer?: Observer | undefined
  readonly retry?: RetryPolicy | undefined
  /** Of all allowances. Defaults to those of each API. */
  readonly times?: AllowanceTimes | undefined
}

/** Number of allowances that are opened at the same time. */
const atOnce = 4

type InterfaceSettings = Extract<OrganizationSettings, { api: 'v1' }>
/** `partner`: the slug of the entry that a discovered organization comes from. */
type EntrySettings = OrganizationSettings | (InterfaceSettings & { readonly partner: string })

interface Connected {
  readonly id: number
  readonly settings: EntrySettings
  readonly connection: OrganizationConnection
  readonly isUnusable: boolean
}

interface Entry {
  readonly settings: EntrySettings
  readonly connection: OrganizationConnection
  /** Whether its entry, or that of its partner, may name another organization than before. */
  readonly isUnusable: boolean
  readonly client: EssentialsClient
  readonly allowance: Allowance
}

export async function openClientDirectory(
  organizations: readonly OrganizationSettings[],
  options: DirectoryOptions,
): Promise<ClientDirectory> {
  const { sql, logger, pullIntervalSeconds, runsOperations } = options
  let applied: readonly OrganizationSettings[] = []
  let entries = new Map<number, Entry>()
  /** Removed organizations with operations. */
  const retiring = new Map<number, Entry>()

  async function put(wanted: readonly OrganizationSettings[], leave: 'NOW' | 'AFTER_OPERATIONS') {
    const connected = await Promise.all(wanted.map(connect))
    const rows = connected.map(({ settings: { slug, name, privilegedRoles }, connection }) => {
      const { allowanceKey, capabilities, ordinaryRoles, vendor } = connection
      return { slug, name, allowanceKey, pullIntervalSeconds, privilegedRoles, ordinaryRoles, capabilities, vendor }
    })
    const ids = await putOrganizations(sql, rows, leave)
    const listed = connected.flatMap((one) => {
      const { slug } = one.settings
      const id = ids.get(slug)
      if (id !== undefined) return [{ id, ...one }]
      logger.error(
        { organization: slug },
        'the entry is not used: its slug belongs to an organization that was discovered below a partner, and its domain is not a known one of it; give the entry another slug',
      )
      return []
    })
    return await openEntries(await withChildren(listed))
  }

  /** With the children of partners, which have the partner's credentials. */
  async function withChildren(entries: readonly Omit<Connected, 'isUnusable'>[]): Promise<Connected[]> {
    const unusable = await readUnusable(
      sql,
      entries.map(({ id }) => id),
    )
    const listed = entries.map((one) => ({ ...one, isUnusable: unusable.has(one.id) }))
    const partners = new Map<number, InterfaceSettings>()
    for (const { id, settings } of listed) if (settings.api === 'v1' && settings.children) partners.set(id, settings)
    const children = await readChildren(sql, [...partners.keys()])
    const connected = children.flatMap(({ id, slug, name, domain, partnerId }) => {
      const partner = partners.get(partnerId)
      if (!partner) return []
      const settings = { ...partner, slug, name, domain, children: undefined, partner: partner.slug }
      return [connect(settings).then((one) => ({ id, ...one, isUnusable: unusable.has(partnerId) }))]
    })
    return [...listed, ...(await Promise.all(connected))]
  }

  async function openEntries(connected: readonly Connected[]): Promise<Map<number, Entry>> {
    const next = new Map<number, Entry>()
    const left = [...connected]
    const allowances: Allowances = new Map()
    for (const one of [...retiring.values(), ...entries.values()])
      allowances.set(allowanceOf(one), Promise.resolve(one.allowance))
    const openNext = async () => {
      for (let one = left.pop(); one; one = left.pop())
        next.set(one.id, await entryOf(one, entries.get(one.id) ?? retiring.get(one.id), options, allowances))
    }
    await Promise.all(Array.from({ length: atOnce }, openNext))
    return next
  }

  /** Organizations that have left keep their clients until their operations have ended. */
  async function replace(next: Map<number, Entry>): Promise<void> {
    const before = entries
    for (const id of next.keys()) retiring.delete(id)
    for (const [id, entry] of before) if (!next.has(id)) retiring.set(id, entry)
    entries = next
    const changes = describeChanges(before, next)
    const { added, removed, changed } = changes
    const names = new Set([...added, ...changed])
    const renewed = [...next].flatMap(([id, { settings, isUnusable }]) =>
      names.has(settings.slug) || (before.get(id)?.isUnusable && !isUnusable) ? [id] : [],
    )
    if (added.length + removed.length + changed.length > 0) logger.info(changes, 'the organizations were read again')
    await wakeOrganizations(sql, renewed)
    await finishRetiring()
  }

  /** Changes happen one after the other. */
  let turn = Promise.resolve()
  function inTurn(work: () => Promise<void>): Promise<void> {
    const done = turn.then(work)
    turn = done.catch(() => {})
    return done
  }

  async function finishRetiring(): Promise<void> {
    if (retiring.size === 0 && foreign.length === 0) return
    const left = await continueRetiring(sql, { own: [...retiring.keys()], foreign, runsOperations })
    foreign = foreign.filter((id) => left.includes(id))
    for (const [id, { settings }] of retiring) {
      if (left.includes(id)) continue
      retiring.delete(id)
      logger.info({ organization: settings.slug }, 'the organization is retired')
    }
  }

  entries = await put(organizations, 'NOW')
  applied = organizations
  let isStale = false
  let foreign = runsOperations ? await readRetiring(sql) : []
  const refresh = () =>
    inTurn(async () => {
      const listed = [...entries].flatMap(([id, entry]) => ('partner' in entry.settings ? [] : [{ id, ...entry }]))
      await replace(await openEntries(await withChildren(listed)))
      isStale = false
    })
  const entryById = (organizationId: number) => entries.get(organizationId) ?? retiring.get(organizationId)
  /** Repeated with the next check of the files if it fails. */
  const heard = () => {
    isStale = true
    refresh().catch((error: unknown) => {
      // One that began before may have succeeded meanwhile.
      isStale = true
      logger.warn({ err: error }, 'the organizations cannot be read')
    })
  }
  let listening: { unlisten(): Promise<void> } | undefined
  let isListening = false
  const listenIfNeeded = () => {
    if (isListening || !applied.some(({ api }) => api === 'v1')) return
    isListening = true
    options.listen?.(organizationsChannel, heard, heard).then(
      (opened) => {
        listening = opened
      },
      (error: unknown) => {
        logger.warn({ err: error }, 'changes of the organizations cannot be heard; retrying')
        isListening = false
        isStale = true
      },
    )
  }
  listenIfNeeded()
  return {
    clientOf: (organizationId) => {
      const entry = entryById(organizationId)
      return entry?.isUnusable ? undefined : entry?.client
    },
    organizationsOf: (organizationId) => entryById(organizationId)?.client.organizations,
    apply: (wanted) =>
      inTurn(async () => {
        if (isDeepStrictEqual(wanted, applied)) return
        const next = await put(wanted, 'AFTER_OPERATIONS')
        applied = wanted
        await replace(next)
        listenIfNeeded()
      }),
    refresh,
    async continueRetiring() {
      if (isStale) await refresh()
      listenIfNeeded()
      await finishRetiring()
    },
    async close() {
      await listening?.unlisten().catch(() => undefined)
      await turn
    },
  }
}

async function connect<Settings extends EntrySettings>(settings: Settings) {
  return { settings, connection: await connectionOf(settings) }
}

/** Allowances that are open, by what distinguishes them: organizations with the same credentials share one. */
type Allowances = Map<string, Promise<Allowance>>

/** Calls that wait or run continue with the new credentials, unless the vendor's address changed. */
async function entryOf(
  { settings, connection, isUnusable }: Pick<Entry, 'settings' | 'connection' | 'isUnusable'>,
  former: Entry | undefined,
  { control, logger, observer, pools, retry, times }: DirectoryOptions,
  allowances: Allowances,
): Promise<Entry> {
  const { slug, baseUrl } = settings
  const key = allowanceOf({ settings, connection })
  const open = () =>
    openAllowance(
      control.as(`allowance of ${slug}`),
      connection.allowanceKey,
      settings.requestsPerMinute,
      times ?? connection.times,
      connection.limits,
    )
  const shared = allowances.get(key) ?? open()
  allowances.set(key, shared)
  const allowance = await shared
  if (former?.connection.place === connection.place) {
    if (!isDeepStrictEqual(former.settings, settings)) former.client.rotate(connection.accessOf(allowance))
    return { settings, connection, isUnusable, client: former.client, allowance }
  }
  const client = connection.open({ allowance, logger, observer, retry, dispatcher: pools.dispatcherOf(baseUrl) })
  return { settings, connection, isUnusable, client, allowance }
}

/** Entries with the same text share an allowance. */
function allowanceOf({ settings, connection }: Pick<Entry, 'settings' | 'connection'>): string {
  return [connection.allowanceKey, connection.limits?.credential, settings.requestsPerMinute].join()
}

/** Names the organizations. Contains no key. */
function describeChanges(before: ReadonlyMap<number, Entry>, next: ReadonlyMap<number, Entry>) {
  const slugsOf = (from: ReadonlyMap<number, Entry>, holds: (id: number, entry: Entry) => boolean) =>
    [...from].flatMap(([id, entry]) => (holds(id, entry) ? [entry.settings.slug] : []))
  return {
    added: slugsOf(next, (id) => !before.has(id)),
    removed: slugsOf(before, (id) => !next.has(id)),
    changed: slugsOf(next, (id, { settings }) => {
      const former = before.get(id)
      return former !== undefined && !isDeepStrictEqual(former.settings, settings)
    }),
  }
}
