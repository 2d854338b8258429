/** The demo's organization in a mirror: the result of a first pull, and then the changes of a busy afternoon. */
import { evaluateFindings } from '../../src/analysis/findings/evaluate.ts'
import type { Transaction } from '../../src/db/database.ts'
import { isoOf } from '../../src/db/timestamps.ts'
import { applyGroups } from '../../src/mirror/groups/apply-groups.ts'
import type { Observation } from '../../src/mirror/observation.ts'
import { applyGone } from '../../src/mirror/users/apply-gone.ts'
import { applyUsers } from '../../src/mirror/users/apply-users.ts'
import { hashOf } from '../../src/simulator/data/random.ts'
import { defaultSwitches } from '../../src/simulator/options.ts'
import { SimulatedOrganization } from '../../src/simulator/organization.ts'
import { convertGroup, convertUser } from '../../src/sync/convert.ts'
import { parseUsersPage } from '../../src/vendor/wire/wire.ts'
import { type Graph, graph } from '../graph/harness/fixture.ts'

export interface Demo extends AsyncDisposable {
  readonly mirror: Graph
  /** The time after the first pull and before the changes. */
  readonly before: string
}

export async function demo(): Promise<Demo> {
  const mirror = await graph()
  const { sql } = mirror
  const id = await mirror.add.organization('demo')
  await sql`select setval('node_ids', 1000)`
  const vendor = new SimulatedOrganization(
    {
      apiKey: 'demo-key',
      apiSecret: 'demo-secret',
      domains: ['example.com', 'example.org'],
      data: { users: 2_500, groups: 60 },
    },
    defaultSwitches,
    hashOf('1 organization 0'),
    () => Date.UTC(2026, 5, 1),
  )
  const now = async () => {
    const [row] = await sql<{ now: string }[]>`select clock_timestamp() as now`
    return isoOf(row?.now ?? '')
  }
  const observe = async (apply: (tx: Transaction, observation: Observation) => Promise<unknown>) => {
    const at = await now()
    await sql.begin((tx) => apply(tx, { sentAt: at, arrivedAt: at, origin: 'PULL' }))
  }
  const pull = async () => {
    await observe((tx, observation) => applyGroups(tx, id, observation, vendor.groups().map(convertGroup)))
    await observe((tx, observation) => applyUsers(tx, id, observation, 'LIST', listedUsers(vendor)))
  }
  await pull()
  await sql`update organizations set baseline_at = clock_timestamp()`
  const before = await now()

  const finance = vendor.groups().find(({ name }) => name.startsWith('Finance'))
  const leaver = vendor.users()[100]
  const others = vendor.users().slice(200)
  const mover = others.find(({ groups }) => !groups.includes(finance?.id ?? ''))
  const riser = others.find(({ status, roles }) => status === 'active' && roles.join() === 'USER')
  if (!leaver || !mover || !riser || !finance) throw new Error('The demo has no such users and groups')
  vendor.addMember(finance.id, mover.primaryEmail)
  vendor.updateUser(riser.primaryEmail, { roles: ['USER', 'ADMINISTRATOR'], status: 'inactive' })
  vendor.deleteUser(leaver.primaryEmail)
  await observe((tx, observation) => applyGone(tx, id, observation, leaver.primaryEmail))
  await pull()
  vendor.createUser({ primaryEmail: leaver.primaryEmail, type: 'User', roles: ['USER'] })
  await pull()
  await evaluateFindings(sql, id)
  return { mirror, before, [Symbol.asyncDispose]: () => mirror[Symbol.asyncDispose]() }
}

/** The users after serialization and parsing, like a page from the vendor. */
function listedUsers(vendor: SimulatedOrganization) {
  const page = parseUsersPage(JSON.stringify({ users: vendor.users(), total: vendor.userCount }))
  if ('unreadable' in page) throw new Error('The simulated users cannot be read')
  return page.value.users.map(convertUser)
}
