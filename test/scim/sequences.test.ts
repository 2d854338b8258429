/**
 * Random sequences of what clients do, compared with a model. At the end the vendor, the mirror and SCIM agree with it.
 *
 *   npm run soak:scim        # 500 sequences; SCIM_SEQUENCES, SCIM_SEED and SCIM_FIRST choose others
 */
import { expect, test } from 'vitest'
import { createRandom, type Random } from '../../src/simulator/data/random.ts'
import { type ScimHarness, scimHarness } from './harness.ts'
import { type Client, clientOf } from './recorded/client.ts'

const sequences = Number(process.env.SCIM_SEQUENCES ?? 4)
const seed = process.env.SCIM_SEED ?? String(Date.now())
/** The first sequence, to repeat a failure: a multiple of 10. */
const begin = Number(process.env.SCIM_FIRST ?? 0)
/** Sequences that share a vendor, of one lag. */
const perVendor = Math.min(10, Math.ceil(sequences / 3))
const lags = [0, 3_000, 45_000]
const steps = 14

interface Model {
  readonly names: readonly (string | null)[]
  readonly userName: string
  id: string | undefined
  firstName: string | null
  lastName: string | null
  active: boolean
  aliases: string[]
  groups: Set<string>
}

test(`random sequences of requests agree with a model (SCIM_SEED=${seed})`, async () => {
  for (let first = begin; first < sequences; first += perVendor) {
    const lag = lags[(first / perVendor) % lags.length] ?? 0
    const groups = [
      { id: 'grp_001', name: 'Engineering' },
      { id: 'grp_002', name: 'Finance' },
    ]
    const switches = { createLagMs: lag, updateLagMs: lag, membershipLagMs: lag }
    await using scim = await scimHarness({ data: { users: [], groups }, switches })
    await scim.fill()
    await scim.send('GET', '/Users?count=0')
    await scim.database.sql`update scim_directories set lifted_until = 'infinity'`
    const models: Model[] = []
    const last = Math.min(sequences, first + perVendor)
    for (let i = first; i < last; i += 1) {
      const sequence = await runSequence(scim, createRandom(`${seed} ${i}`), i, lag).catch((cause: unknown) => {
        throw new Error(`sequence ${i} failed, with a lag of ${lag} ms`, { cause })
      })
      models.push(sequence)
    }
    await check(scim, models)
  }
}, 3_600_000)

async function runSequence(scim: ScimHarness, random: Random, number: number, lag: number): Promise<Model> {
  const client = clientOf(scim)
  const groupIds = new Map<string, string>()
  for (const name of ['Engineering', 'Finance'])
    groupIds.set(name, (await client.find('Groups', `displayName eq "${name}"`)).id)
  const userName = `seq-${number}@example.com`
  const model: Model = {
    names: namesFor(lag),
    userName,
    id: undefined,
    firstName: null,
    lastName: null,
    active: true,
    aliases: [],
    groups: new Set(),
  }
  for (let step = 0; step < steps; step += 1) {
    if (model.id === undefined) await create(client, model, random)
    else
      await random.pick([rename, rename, turn, turn, turn, replace, join, join, leave, again, remove])(
        client,
        model,
        random,
        groupIds,
      )
    if (random.chance(0.2)) scim.pass(random.below(60_000))
  }
  if (model.id === undefined) await create(client, model, random)
  return model
}

type Step = (client: Client, model: Model, random: Random, groupIds: ReadonlyMap<string, string>) => Promise<unknown>

/**
 * A vendor leaves out a name that is empty. Only the worker's later reads know that it was cleared, and there is no
 * worker here: with a long lag the mirror would keep the name.
 */
const namesFor = (lag: number) => ['Mia', 'Ben', 'Zoë', ...(lag > 10_000 ? [] : [null])]

async function create({ request }: Client, model: Model, random: Random): Promise<void> {
  const name = { givenName: random.pick(model.names), familyName: random.pick(model.names) }
  const { id } = await request('POST', '/Users', 201, {
    userName: model.userName,
    name,
    externalId: `x-${model.userName}`,
  })
  Object.assign(model, { id, firstName: name.givenName, lastName: name.familyName, active: true })
}

const patchUser = ({ request }: Client, { id }: Model, operation: object) =>
  request('PATCH', `/Users/${id}`, 200, { Operations: [operation] })

const rename: Step = async (client, model, random) => {
  model.firstName = random.pick(model.names)
  const body = await patchUser(client, model, { op: 'Replace', path: 'name.givenName', value: model.firstName })
  expect(body.name?.givenName ?? null).toBe(model.firstName)
}

const turn: Step = async (client, model, random) => {
  model.active = !model.active
  const value = random.pick<unknown>([model.active, model.active ? 'True' : 'False'])
  expect(await patchUser(client, model, { op: 'replace', value: { active: value } })).toMatchObject({
    active: model.active,
  })
}

const replace: Step = async ({ request }, model, random) => {
  model.lastName = random.pick(model.names)
  model.active = random.chance(0.7)
  model.aliases = random.chance(0.5) ? [`alias-of-${model.userName}`] : []
  const body = {
    userName: model.userName,
    name: { givenName: model.firstName, familyName: model.lastName },
    active: model.active,
    emails: [
      { value: model.userName, type: 'work', primary: true },
      ...model.aliases.map((value) => ({ value, type: 'other' })),
    ],
  }
  expect(await request('PUT', `/Users/${model.id}`, 200, body)).toMatchObject({ active: model.active })
}

/** A repeated request changes nothing. */
const again: Step = async (client, model) => {
  await patchUser(client, model, { op: 'replace', value: { active: model.active } })
}

const join: Step = async ({ request }, model, random, groupIds) => {
  const name = random.pick([...groupIds.keys()])
  model.groups.add(name)
  const operation = { op: 'Add', path: 'members', value: [{ value: model.id }] }
  await request('PATCH', `/Groups/${groupIds.get(name)}`, 204, { Operations: [operation] })
}

const leave: Step = async ({ request }, model, random, groupIds) => {
  const name = random.pick([...groupIds.keys()])
  model.groups.delete(name)
  const operation = { op: 'remove', path: `members[value eq "${model.id}"]` }
  await request('PATCH', `/Groups/${groupIds.get(name)}`, 204, { Operations: [operation] })
}

const remove: Step = async ({ request }, model) => {
  await request('DELETE', `/Users/${model.id}`, 204)
  await request('GET', `/Users/${model.id}`, 404)
  model.id = undefined
}

async function check(scim: ScimHarness, models: readonly Model[]): Promise<void> {
  scim.pass(15 * 60_000)
  await scim.fill()
  await scim.database.sql`delete from unsettled_writes`
  const { body } = await scim.send('GET', '/Users?count=500')
  const resources = new Map<string, Record<string, unknown>>(body.Resources.map((one: { id: string }) => [one.id, one]))
  expect(resources.size).toBe(models.length)
  for (const { id, userName, firstName, lastName, active, aliases, groups } of models) {
    const atVendor = scim.vendor.user(userName)
    const ids = [...groups].map((name) => (name === 'Finance' ? 'grp_002' : 'grp_001')).sort()
    expect({
      userName,
      firstName: atVendor?.firstName ?? null,
      lastName: atVendor?.lastName ?? null,
      active: atVendor?.status === 'active',
      groups: atVendor?.groups.toSorted(),
    }).toEqual({ userName, firstName, lastName, active, groups: ids })
    expect(atVendor?.aliases).toEqual(expect.arrayContaining(aliases))
    const resource = resources.get(id ?? '') as {
      name?: { givenName?: string; familyName?: string }
      groups: { display: string }[]
    }
    expect(resource).toMatchObject({ userName, active, externalId: `x-${userName}` })
    expect([resource.name?.givenName ?? null, resource.name?.familyName ?? null]).toEqual([firstName, lastName])
    expect(resource.groups.map(({ display }) => display).sort()).toEqual([...groups].sort())
  }
}
