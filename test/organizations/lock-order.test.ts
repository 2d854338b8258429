/** Everything that changes several organizations in one transaction, against each other and against the work on one. */
import { expect, test } from 'vitest'
import type { Sql } from '../../src/db/database.ts'
import { putDiscovery, readChildren } from '../../src/mirror/child-organizations.ts'
import { continueRetiring, setPaused, wakeOrganizations } from '../../src/mirror/control-organizations.ts'
import { inOrganization } from '../../src/mirror/in-organization.ts'
import { lockOrganization } from '../../src/mirror/organization-lock.ts'
import { takeDuePulls } from '../../src/mirror/pulls/due-pulls.ts'
import { beginPull } from '../../src/mirror/pulls/pulls.ts'
import { putOrganizations, putQueueProblem } from '../../src/mirror/sync-organizations.ts'
import { openAllowance } from '../../src/rate-limit/vendor-allowance.ts'
import { createRandom } from '../../src/simulator/data/random.ts'
import { testDatabase } from '../support/database.ts'

/** As long as Postgres needs to find a few circles. */
const forMs = 4_000
const listed = Array.from({ length: 25 }, (_, i) => `org-${i}`)
const children = Array.from({ length: 25 }, (_, i) => `child-${i}.example`)
const random = createRandom('locks')
const roles = ['ADMINISTRATOR', 'HELPDESK']

test('organizations: changes of several at once never wait for each other in a circle', async () => {
  await using database = await testDatabase()
  const { sql } = database
  const partner = await put(sql)
  await discover(sql, partner)
  const ids = async () => (await sql<{ id: number }[]>`select id from organizations`).map(({ id }) => id)
  const known = shuffled(await ids())
  await sql`
    insert into roles (id, organization_id, name, valid_from, privileged)
    select nextval('node_ids'), o.id, t.name, now(), false from organizations o, unnest(array['ADMINISTRATOR', 'HELPDESK']) as t(name)`
  const pick = () => random.pick(known)
  const works: Record<string, () => Promise<unknown>> = {
    put: () => put(sql),
    discover: () => discover(sql, partner),
    pause: () => setPaused(sql, shuffled(listed), random.chance(0.5)),
    problem: () => putQueueProblem(sql, () => true, `problem ${random.below(1_000)}`),
    wake: async () => {
      await sql`update organizations set failures_running = 1, next_pull_at = 'infinity' where id = ${pick()}`
      await wakeOrganizations(sql, shuffled(known))
    },
    retire: async () => {
      await sql`update organizations set retiring_until = '-infinity' where id = ${pick()} and partner_id is not null and retired_at is null`
      await continueRetiring(sql, { own: shuffled(known), foreign: [], runsOperations: true })
    },
    credentials: async () => {
      await sql`update allowances set refused_until = 'infinity', refused_credential = 'former'`
      await openAllowance(sql, 'key', 60, undefined, { credential: 'other' })
    },
    due: () => takeDuePulls(sql, () => true),
    pull: () => beginPull(sql, pick(), 'REQUEST'),
    apply: () => apply(sql, pick()),
  }
  const until = performance.now() + forMs
  const failures: string[] = []
  const rounds: Record<string, number> = {}
  const repeat = async ([name, work]: [string, () => Promise<unknown>]) => {
    for (; performance.now() < until; rounds[name] = (rounds[name] ?? 0) + 1) {
      await work().catch((error: Error) => failures.push(`${name}: ${error.message}`))
    }
  }
  await Promise.all([...Object.entries(works), ...Object.entries(works)].map(repeat))
  expect(failures).toEqual([])
  for (const name of Object.keys(works)) expect.soft(rounds[name], name).toBeGreaterThan(1)
})

/** What every change of one organization's mirror does: it locks the organization, and moves it on. */
async function apply(sql: Sql, id: number): Promise<void> {
  await inOrganization(sql, id, async (tx) => {
    const { now } = await lockOrganization(tx, id)
    await tx`update organizations set learnt_at = ${now}, profile_as_of = ${now} where id = ${id}`
    await tx`update roles set name = name where organization_id = ${id}`
  })
}

async function put(sql: Sql): Promise<number> {
  const rows = shuffled(['partner', ...listed]).map((slug) => ({
    slug,
    name: `${slug} ${random.below(1_000)}`,
    allowanceKey: 'key',
    pullIntervalSeconds: 300 + random.below(100),
    privilegedRoles: roles.slice(random.below(3)),
    vendor: { host: 'vendor.example', domain: `${slug}.example`, mirrorsChildren: slug === 'partner' },
  }))
  return (await putOrganizations(sql, rows)).get('partner') ?? 0
}

/** Each time, some children have other names, and some are gone. */
async function discover(sql: Sql, partner: number): Promise<void> {
  const known = await readChildren(sql, [partner])
  const [row] = await sql<{ now: string }[]>`select clock_timestamp()::text as now`
  const licenses = { licenseCount: random.below(9), licensedUsers: undefined, licensePackage: undefined }
  const found = shuffled(children).map((domain) => {
    return { eid: String(children.indexOf(domain)), name: `${domain} ${random.below(3)}`, domains: [domain], licenses }
  })
  const gone = known.filter(() => random.chance(0.1)).map(({ id }) => id)
  const sentAt = row?.now ?? ''
  const nothing = { own: undefined, identified: new Map<number, string>(), problems: [] }
  await putDiscovery(sql, partner, { ...nothing, pullId: 1, sentAt, licenses, found, gone })
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((one) => ({ one, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one)
}
