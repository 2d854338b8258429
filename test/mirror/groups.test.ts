/** Groups follow the rule of users: an observation is as old as its request, in whatever order responses arrive. */
import fc from 'fast-check'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { applyGroups } from '../../src/mirror/groups/apply-groups.ts'
import { completePull } from '../../src/mirror/pulls/complete-pull.ts'
import { settlePage } from '../../src/mirror/pulls/pulls.ts'
import { putOrganizations } from '../../src/mirror/sync-organizations.ts'
import { applyUsers } from '../../src/mirror/users/apply-users.ts'
import { testDatabase } from '../support/database.ts'
import { at, observedUser } from '../support/mirror.ts'
import { readFeed, readMirror } from '../support/mirror-state.ts'

type Shown = Record<string, string | [name: string, memberCount: number]>

const database = await testDatabase()
afterAll(() => database[Symbol.asyncDispose]())
const { sql } = database

let organizations = 0
let organizationId = 0
let pulls = 0
async function begin(): Promise<void> {
  const slug = `o${++organizations}`
  const ids = await putOrganizations(sql, [{ slug, name: slug, allowanceKey: 'key', pullIntervalSeconds: 300 }])
  organizationId = ids.get(slug) ?? 0
}
beforeEach(begin)

const observedOf = (shown: Shown) =>
  Object.entries(shown).map(([groupId, given]) => {
    const [name, memberCount] = typeof given === 'string' ? [given] : given
    return { groupId, name, ...(memberCount !== undefined && { memberCount }) }
  })

/** A list that was read for a write. */
async function list(sent: number, shown: Shown): Promise<void> {
  const observation = { sentAt: at(sent), arrivedAt: at(sent + 1), origin: 'REFRESH' } as const
  await sql.begin((tx) => applyGroups(tx, organizationId, observation, observedOf(shown)))
}

/** Begins a pull and applies one page of groups to it. */
async function page(sent: number, shown: Shown): Promise<number> {
  const pullId = 1_000_000 + ++pulls
  await sql`update pulls set state = 'FAILED' where organization_id = ${organizationId} and state = 'RUNNING'`
  await sql`
    insert into pulls (id, organization_id, trigger, phase, first_sent_at) values (${pullId}, ${organizationId}, 'REQUEST', 'DELETIONS', ${at(sent)})`
  await sql.begin(async (tx) => {
    await tx`
      insert into pull_pages (pull_id, kind, page, organization_id, rows, sent_at, arrived_at)
      values (${pullId}, 'GROUPS', 1, ${organizationId}, ${Object.keys(shown).length}, ${at(sent)}, ${at(sent + 1)})`
    const observation = { sentAt: at(sent), arrivedAt: at(sent + 1), origin: 'PULL', pullId } as const
    const ids = await applyGroups(tx, organizationId, observation, observedOf(shown))
    await settlePage(tx, pullId, 'GROUPS', 1, { ids, carried: ids.map(() => 0), outcomes: [] })
  })
  return pullId
}

async function pull(sent: number, shown: Shown): Promise<void> {
  expect(await completePull(sql, await page(sent, shown), null)).toBeDefined()
}

async function read(sent: number, groups: string[]): Promise<void> {
  const observation = { sentAt: at(sent), arrivedAt: at(sent + 1), origin: 'REFRESH' } as const
  await sql.begin((tx) => applyUsers(tx, organizationId, observation, 'READ', [observedUser(['a@x', { groups }])]))
}

const live = async () =>
  Object.fromEntries(
    (await readMirror(sql, organizationId)).groups.map(({ id, name, memberCount }) => [
      id,
      memberCount === null ? name : [name, memberCount],
    ]),
  )
const user = async () => (await readMirror(sql, organizationId)).users[0]
const feed = () => readFeed(sql, organizationId)

test('groups: a list sent before a group was proved gone does not restore it, and a later list creates it anew', async () => {
  await pull(1, { g1: 'One' })
  await pull(10, {})
  await pull(20, {})
  for (const sent of [5, 15, 20]) await list(sent, { g1: 'One' })
  expect(await live()).toEqual({})
  await list(21, { g1: 'Anew' })
  expect(await live()).toEqual({ g1: 'Anew' })
  expect(await feed()).toEqual(['GROUP_CREATED g1', 'GROUP_DELETED g1', 'GROUP_CREATED g1'])
  const [again] = await sql<{ notBefore: boolean }[]>`
    select not_before = ${at(20)} as "notBefore" from change_sets where organization_id = ${organizationId} order by last_position desc limit 1`
  expect(again).toEqual({ notBefore: true })
  await list(19, { g1: 'One' })
  expect(await live()).toEqual({ g1: 'Anew' })
})

test('groups: a list does not rename a group that a later request only confirmed', async () => {
  await pull(1, { g1: ['One', 1] })
  await list(10, { g1: ['One', 1] })
  await list(5, { g1: ['Stale', 2] })
  expect(await live()).toEqual({ g1: ['One', 1] })
  await page(20, { g1: ['One', 1] })
  await list(15, { g1: ['Stale', 2] })
  expect(await live()).toEqual({ g1: ['One', 1] })
  // The next pull deletes the page of a failed pull, and also the confirmations of a group that one pull misses.
  await pull(30, {})
  await list(15, { g1: ['Stale', 2] })
  expect(await live()).toEqual({ g1: ['One', 1] })
  await list(25, { g1: ['Two', 1] })
  expect(await live()).toEqual({ g1: ['Two', 1] })
})

test('groups: a list sent before a pull missed the group does not undo the miss', async () => {
  await pull(1, { g1: 'One' })
  await pull(20, {})
  await list(10, { g1: 'Renamed' })
  await pull(30, {})
  expect(await live()).toEqual({})
})

test('groups: a user read before a group was proved gone is not a member of it, nor of a new group with the same id', async () => {
  await pull(1, { g1: 'One', g2: 'Two' })
  await read(2, ['g2'])
  await pull(10, { g2: 'Two' })
  await pull(20, { g2: 'Two' })
  await read(15, ['g1', 'g2'])
  expect(await user()).toMatchObject({ groups: ['g2'], unresolved: [] })
  await list(30, { g1: 'Anew' })
  await read(16, ['g1', 'g2'])
  expect(await user()).toMatchObject({ groups: ['g2'], unresolved: [] })
  await read(31, ['g1', 'g2'])
  expect(await user()).toMatchObject({ groups: ['g1', 'g2'], unresolved: [] })
})

test('groups: an old name of a deleted group neither joins the user to its successor nor removes it from another group', async () => {
  await pull(1, { g1: 'One', g2: 'Two' })
  await read(2, ['Two'])
  await pull(10, { g2: 'Two' })
  await pull(20, { g2: 'Two' })
  // g2 may have had that name for a while, so its members stay until the next read.
  await read(15, ['One'])
  expect(await user()).toMatchObject({ groups: ['g2'], unresolved: [] })
  const [wanted] = await sql`
    select relations_wanted_at is not null as wanted from users where organization_id = ${organizationId}`
  expect(wanted).toEqual({ wanted: true })
  await list(30, { g3: 'One' })
  await read(16, ['One', 'Two'])
  expect(await user()).toMatchObject({ groups: ['g2'], unresolved: ['One'] })
  await read(31, ['One', 'Two'])
  expect(await user()).toMatchObject({ groups: ['g2', 'g3'], unresolved: [] })
})

/** One group as the requests prove it. */
class Known {
  #life: { name: string; memberCount: number | undefined; seen: number; misses: number; missed: number } | undefined
  #gone = -1

  show(sent: number, name: string, memberCount: number | undefined): void {
    const life = this.#life
    if (!life) {
      if (sent > this.#gone) this.#life = { name, memberCount, seen: sent, misses: 0, missed: -1 }
      return
    }
    if (sent <= life.seen) return
    Object.assign(life, { name, seen: sent, memberCount: memberCount ?? life.memberCount })
    if (sent > life.missed) life.misses = 0
  }

  /** A complete pull whose request was sent at this time did not show the group. */
  miss(sent: number): void {
    const life = this.#life
    if (!life || life.seen >= sent) return
    life.misses += 1
    life.missed = sent
    if (life.misses < 2) return
    this.#life = undefined
    this.#gone = sent
  }

  get shown(): Shown[string] | undefined {
    if (!this.#life) return undefined
    const { name, memberCount } = this.#life
    return memberCount === undefined ? name : [name, memberCount]
  }
}

const groupIds = ['g1', 'g2']
const shown = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom(...groupIds),
    name: fc.constantFrom('One', 'Two', 'Three'),
    memberCount: fc.option(fc.nat(2), { nil: undefined }),
  }),
  { selector: ({ id }) => id },
)
/** Pulls follow each other, and each completes or fails. Lists were sent at any time before they arrive. */
const arrivals = fc.array(
  fc.record({
    what: fc.constantFrom('LIST' as const, 'PULL' as const, 'LISTED' as const, 'FAILED' as const),
    age: fc.nat(30),
    shown,
    between: shown,
  }),
  { maxLength: 12 },
)

test('groups: the mirror shows what the latest requests proved, in whatever order lists and pulls arrive', {
  timeout: 180_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(arrivals, async (sequence) => {
      await begin()
      const model = new Map(groupIds.map((id) => [id, new Known()]))
      const show = (sent: number, groups: (typeof sequence)[number]['shown']): Shown => {
        for (const { id, name, memberCount } of groups) model.get(id)?.show(sent, name, memberCount)
        return Object.fromEntries(
          groups.map(({ id, name, memberCount }) => [id, memberCount === undefined ? name : [name, memberCount]]),
        )
      }
      for (const [i, { what, age, shown: groups, between }] of sequence.entries()) {
        const now = 40 * (i + 1)
        const sent = Math.max(0, now - age - 1)
        if (what === 'LIST') {
          await list(sent * 2, show(sent * 2, groups))
        } else {
          const pullId = await page(now * 2, show(now * 2, groups))
          const late = (now - age) * 2 + 1
          if (what === 'LISTED') await list(late, show(late, between))
          if (what !== 'FAILED') {
            await completePull(sql, pullId, null)
            for (const id of groupIds) if (!groups.some((group) => group.id === id)) model.get(id)?.miss(now * 2)
          }
        }
        const expected = groupIds.flatMap((id) => {
          const known = model.get(id)?.shown
          return known === undefined ? [] : [[id, known]]
        })
        expect(await live()).toEqual(Object.fromEntries(expected))
      }
    }),
    { numRuns: 80 },
  )
})
