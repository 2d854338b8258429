/**
 * A client for each configured organization, by the mirror's id. The organizations may change while the process runs: the
 * database decides which of them are mirrored, and each process adds the keys that it has.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import type { Config } from '../config/env.ts'
import type { Sql } from '../db/database.ts'
import { continueRetiring, readRetiring, wakeOrganizations } from '../mirror/control-organizations.ts'
import { putOrganizations } from '../mirror/sync-organizations.ts'
import { openAllowance } from '../rate-limit/vendor-allowance.ts'
import type { EssentialsClient } from '../vendor/adapter.ts'
import type { Allowance } from '../vendor/allowance.ts'
import type { SharedPools } from '../vendor/client.ts'
import type { Observer } from '../vendor/http/http-exchange.ts'
import { connectionOf, type OrganizationConnection } from './vendor-connection.ts'

export type OrganizationSettings = Config['organizations'][number]

export interface ClientDirectory {
  clientOf(organizationId: number): EssentialsClient | undefined
  /**
   * Replaces the organizations. Removed ones keep their clients until their operations have ended. If it rejects, call it
   * again.
   */
  apply(organizations: readonly OrganizationSettings[]): Promise<void>
  /** Retires the removed organizations whose operations have ended. Sends nothing if there is no other one. */
  continueRetiring(): Promise<void>
}

export interface DirectoryOptions {
  readonly sql: Sql
  readonly control: Sql
  readonly logger: Logger
  readonly pullIntervalSeconds: number
  /** Whether this process is a worker, which runs the operations of removed organizations to their end. */
  readonly runsOperations: boolean
  readonly pools: SharedPools
  readonly observer?: Observer | undefined
}

/** Number of allowances that are opened at the same time. */
const atOnce = 4

interface Entry {
  readonly settings: OrganizationSettings
  readonly connection: OrganizationConnection
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
    const connected = await Promise.all(
      wanted.map(async (settings) => ({ settings, connection: await connectionOf(settings) })),
    )
    const rows = connected.map(({ settings: { slug, name, privilegedRoles }, connection }) => {
      const { allowanceKey, capabilities, ordinaryRoles } = connection
      return { slug, name, allowanceKey, pullIntervalSeconds, privilegedRoles, ordinaryRoles, capabilities }
    })
    const ids = await putOrganizations(sql, rows, leave)
    const next = new Map<number, Entry>()
    const left = [...connected]
    const openNext = async () => {
      for (let one = left.pop(); one; one = left.pop()) {
        const id = ids.get(one.settings.slug) as number
        next.set(id, await entryOf(one, entries.get(id) ?? retiring.get(id), options))
      }
    }
    await Promise.all(Array.from({ length: atOnce }, openNext))
    return next
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
  let foreign = runsOperations ? await readRetiring(sql) : []
  return {
    clientOf: (organizationId) => (entries.get(organizationId) ?? retiring.get(organizationId))?.client,
    async apply(wanted) {
      if (isDeepStrictEqual(wanted, applied)) return
      const before = entries
      const next = await put(wanted, 'AFTER_OPERATIONS')
      for (const id of next.keys()) retiring.delete(id)
      for (const [id, entry] of before) if (!next.has(id)) retiring.set(id, entry)
      entries = next
      applied = wanted
      const changes = describeChanges(before, next)
      logger.info(changes, 'the organizations were read again')
      const { added, changed } = changes
      const renewed = [...next].flatMap(([id, { settings }]) =>
        [...added, ...changed].includes(settings.slug) ? [id] : [],
      )
      await wakeOrganizations(sql, renewed)
      await finishRetiring()
    },
    continueRetiring: finishRetiring,
  }
}

/** Calls that wait or run continue with the new credentials, unless the vendor's address changed. */
async function entryOf(
  { settings, connection }: Pick<Entry, 'settings' | 'connection'>,
  former: Entry | undefined,
  { control, logger, observer, pools }: DirectoryOptions,
): Promise<Entry> {
  const { slug, baseUrl } = settings
  const allowance =
    former && allowanceOf(former) === allowanceOf({ settings, connection })
      ? former.allowance
      : await openAllowance(
          control.as(`allowance of ${slug}`),
          connection.allowanceKey,
          settings.requestsPerMinute,
          connection.times,
          connection.limits,
        )
  if (former?.connection.place === connection.place) {
    if (!isDeepStrictEqual(former.settings, settings)) former.client.rotate(connection.accessOf(allowance))
    return { settings, connection, client: former.client, allowance }
  }
  const client = connection.open({ allowance, logger, observer, dispatcher: pools.dispatcherOf(baseUrl) })
  return { settings, connection, client, allowance }
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
