/** A simulated vendor with a partner and its children, and processes that share a database. */
import pino from 'pino'
import { beginPull } from '../../src/mirror/pulls/pulls.ts'
import { readOrganizationStates } from '../../src/mirror/read-organizations.ts'
import {
  type ClientDirectory,
  type OrganizationSettings,
  openClientDirectory,
} from '../../src/organizations/client-directory.ts'
import type { OrganizationOptions, SimulatedOrganization } from '../../src/simulator/organization.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { startSyncWorker } from '../../src/sync/worker.ts'
import { openSharedPools } from '../../src/vendor/client.ts'
import { reusedDatabase } from '../support/database.ts'
import { openInProcessQueue } from '../support/in-process-queue.ts'
import { until } from '../support/until.ts'

const partnerKey = 'admin@partner.example'
type Settings = Extract<OrganizationSettings, { api: 'v1' }>

export function child(domain: string, users = 2, more: Partial<OrganizationOptions> = {}): OrganizationOptions {
  const data = { users, groups: 0 }
  return {
    apiKey: `admin@${domain}`,
    apiSecret: 'own',
    domains: [domain],
    limiter: 'none',
    partner: partnerKey,
    data,
    ...more,
  }
}

export type World = Awaited<ReturnType<typeof start>>

/** `minuteMs`: how long a minute of the vendor and of the allowance lasts. */
export async function start(
  children: readonly OrganizationOptions[],
  requestsPerMinute = 100_000,
  minuteMs: number | undefined = undefined,
) {
  await using opening = new AsyncDisposableStack()
  const partner: OrganizationOptions = {
    apiKey: partnerKey,
    apiSecret: 'secret',
    domains: ['partner.example'],
    limiter: requestsPerMinute === 100_000 ? 'none' : 'sliding',
    requestsPerMinute,
    standing: { kind: 'channel' },
    data: { users: 3, groups: 0 },
  }
  const from = Date.now()
  const clock = () => from + (Date.now() - from) * (60_000 / (minuteMs ?? 60_000))
  const simulator = opening.use(await startSimulator({ organizations: [partner, ...children], clock }))
  const times = minuteMs === undefined ? undefined : { windowMs: minuteMs, leaseMs: 150_000 }
  const database = opening.use(await reusedDatabase())
  const { sql, control, listen } = database
  const pools = openSharedPools()
  opening.defer(() => pools.close())
  const lines: string[] = []
  const logger = pino({ base: null }, { write: (line: string) => lines.push(line) })
  const entry = (more: Partial<Settings> = {}): Settings => ({
    slug: 'partner',
    name: 'Partner',
    api: 'v1',
    domain: 'partner.example',
    user: partnerKey,
    password: 'secret',
    children: true,
    baseUrl: simulator.origin,
    requestsPerMinute,
    privilegedRoles: undefined,
    ...more,
  })
  const directories: ClientDirectory[] = []
  const owned = opening.move()
  return {
    simulator,
    sql,
    lines,
    entry,
    partner: simulator.organization(partnerKey),
    vendor: (domain: string): SimulatedOrganization => simulator.organization(`admin@${domain}`),
    /** A process, with or without a worker. */
    async open(organizations: readonly OrganizationSettings[] = [entry()], role: 'worker' | 'api' = 'worker') {
      const options = { sql, control, logger, pullIntervalSeconds: 86_400, pools, listen, retry, times }
      const directory = await openClientDirectory(organizations, { ...options, runsOperations: role === 'worker' })
      directories.push(directory)
      owned.defer(() => directory.close())
      if (role === 'worker') {
        const { clientOf, organizationsOf } = directory
        const worker = await startSyncWorker(
          { sql, logger, historyDays: 400, clientOf, organizationsOf },
          openInProcessQueue(logger),
          {
            listen,
            rhythm: { tickMs: 50, gapMs: 10 },
          },
        )
        owned.defer(() => worker.stop())
      }
      return directory
    },
    /** The state of each organization. */
    async states() {
      const states = await readOrganizationStates(sql, { all: true })
      return Object.fromEntries(states.map(({ slug, state }) => [slug, state]))
    },
    async row(slug: string) {
      const [row] = await sql<
        {
          id: number
          name: string
          problem: string | null
          partner: number | null
          licenses: number | null
          users: number | null
        }[]
      >`
        select id, name, nullif(concat_ws('. ', entry_problem, children_problem, problem), '') as problem, partner_id as partner,
          license_count as licenses, licensed_users as users from organizations where slug = ${slug}`
      return row
    },
    users: async (slug: string) =>
      (
        await sql<{ address: string }[]>`
          select u.primary_email as address from users u join organizations o on o.id = u.organization_id
          where o.slug = ${slug} and u.deleted_at is null order by 1`
      ).map(({ address }) => address),
    /** Pulls the partner, and waits until its children are discovered. */
    async discover() {
      const id = (await this.row('partner'))?.id ?? 0
      const rests = async () => {
        const [running] = await sql`select 1 from pulls where organization_id = ${id} and state = 'RUNNING'`
        return running === undefined
      }
      await until(rests)
      const pull = await beginPull(sql, id, 'REQUEST')
      await until(async () => {
        const [done] = await sql`select 1 from organizations where id = ${id} and described_pull >= ${pull}`
        return done !== undefined && (await rests())
      })
    },
    listRequests: () => simulator.requests.filter(({ path }) => /\/(users|orgs)$/.test(path)).length,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

const once = { retries: 1, baseMs: 1, capMs: 1 }
const retry = { transient: once, rateLimited: once }
export const current = (...slugs: string[]) => Object.fromEntries(slugs.map((slug) => [slug, 'CURRENT']))

export const twoDomains = { domains: ['a.example', 'a2.example'] }

export function byHand(world: World, domain: string, more: Parameters<World['entry']>[0] = {}) {
  const own = { slug: 'by-hand', domain, user: 'admin@a.example', password: 'own', children: undefined }
  return world.entry({ ...own, ...more })
}

/** The list names the primary domains only. */
export function hideDomains(world: World, ...domains: string[]) {
  const rows = domains.map((domain) => ({ eid: world.vendor(domain).eid, primary_domain: domain }))
  const own = { eid: world.partner.eid, primary_domain: 'partner.example', type: 'channel' }
  return world.simulator.faults.add({ kind: 'wrongShape', path: /orgs$/, body: { orgs: [own, ...rows] } })
}

export const isCurrent = (world: World, ...slugs: string[]) =>
  until(async () => {
    const states = await world.states()
    return slugs.every((slug) => states[slug] === 'CURRENT')
  })

export async function describeAgain(world: World, slug: string): Promise<void> {
  await world.sql`
    update organizations set described_pull = 0, described_as_of = '-infinity' where slug = ${slug}`
}
