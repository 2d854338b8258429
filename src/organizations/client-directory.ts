/**
 * A client for each configured organization, by the mirror's id. The organizations may change while the process runs: the
 * database decides which of them are mirrored, and each process adds the keys that it has.
 */
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import type { Config } from '../config/env.ts'
import type { Sql } from '../db/database.ts'
import { continueRetiring, readRetiring, wakeOrganizations } from '../mirror/control-organizations.ts'
import { putOrganizations } from '../mirror/sync-organizations.ts'
import { openAllowance } from '../rate-limit/vendor-allowance.ts'
import type { Allowance } from '../vendor/allowance.ts'
import { createEssentialsClient, type EssentialsClient, type SharedPools } from '../vendor/client.ts'
import type { Observer } from '../vendor/http/http-exchange.ts'

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
    const rows = wanted.map(({ slug, name, apiKey, privilegedRoles }) => ({
      slug,
      name,
      allowanceKey: allowanceKeyOf(apiKey),
      pullIntervalSeconds,
      privilegedRoles,
    }))
    const ids = await putOrganizations(sql, rows, leave)
    const next = new Map<number, Entry>()
    const left = [...wanted]
    const openNext = async () => {
      for (let settings = left.pop(); settings; settings = left.pop()) {
        const id = ids.get(settings.slug) as number
        next.set(id, await entryOf(settings, entries.get(id) ?? retiring.get(id), options))
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
  settings: OrganizationSettings,
  former: Entry | undefined,
  { control, logger, observer, pools }: DirectoryOptions,
): Promise<Entry> {
  const { slug, baseUrl, apiKey, apiSecret, requestsPerMinute } = settings
  const isSame = <K extends keyof OrganizationSettings>(...keys: readonly K[]) =>
    former !== undefined && keys.every((key) => former.settings[key] === settings[key])
  const allowance =
    former && isSame('apiKey', 'requestsPerMinute')
      ? former.allowance
      : await openAllowance(control.as(`allowance of ${slug}`), allowanceKeyOf(apiKey), requestsPerMinute)
  if (former && isSame('baseUrl')) {
    if (!isSame('apiKey', 'apiSecret', 'requestsPerMinute')) former.client.rotate({ apiKey, apiSecret, allowance })
    return { settings, client: former.client, allowance }
  }
  const dispatcher = pools.dispatcherOf(baseUrl)
  const client = createEssentialsClient({
    organization: slug,
    baseUrl,
    apiKey,
    apiSecret,
    allowance,
    logger,
    observer,
    dispatcher,
  })
  return { settings, client, allowance }
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

/** Identifies the key in the database without revealing it. */
export function allowanceKeyOf(apiKey: string): string {
  return createHash('sha256').update(`allowance ${apiKey}`).digest('hex').slice(0, 32)
}
