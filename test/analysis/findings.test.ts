import { pino } from 'pino'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { evaluateFindings, readOrganizationsToEvaluate } from '../../src/analysis/findings/evaluate.ts'
import { keepFindings } from '../../src/analysis/findings/keep-findings.ts'
import { errorsOf, graph } from '../graph/harness/fixture.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())
const { add, data, ask, sql } = mirror

let acme = 0
let clock = 0
/** Returns a time later than every time before. */
const tick = () => new Date(Date.UTC(2026, 5, 1) + ++clock * 60_000).toISOString()

beforeEach(async () => {
  await sql`truncate organizations, users, user_versions, user_confirmations, groups, roles, memberships, role_grants, aliases, change_sets, findings, finding_runs`
  acme = await add.organization('acme', { learnt_at: tick(), profile_as_of: tick() })
})

/** Applies a change: the changed rows and the organization get the same new time. Then evaluates the findings. */
async function applyChange(change: (at: string) => PromiseLike<unknown>, isPull = false): Promise<void> {
  const at = tick()
  await change(at)
  await sql`update organizations set learnt_at = ${at}, profile_as_of = case when ${isPull} then ${at} else profile_as_of end`
  await evaluateFindings(sql, acme)
}

const user = (name: string, row = {}) =>
  applyInsert((at) => add.user(acme, `${name}@acme.example`, { version_from: at, valid_from: at, ...row }))
const touch = (id: number, at: string) => sql`
  with before as (
    insert into user_versions (user_id, organization_id, primary_email, address_key, domain, type, profile_known, profile_at, roles_at, aliases_at, groups_at, unresolved_groups, valid_from, valid_to)
    select id, organization_id, primary_email, address_key, domain, type, profile_known, profile_at, roles_at, aliases_at, groups_at, unresolved_groups, version_from, ${at}
    from users where id = ${id} and version_from < ${at}
  )
  update users set version_from = ${at} where id = ${id}`

async function applyInsert(change: (at: string) => Promise<number>): Promise<number> {
  let id = 0
  await applyChange(async (at) => {
    id = await change(at)
  })
  return id
}

async function found(args = ''): Promise<string[]> {
  const answer = await data(
    `{ findings${args} { nodes { rule resolvedAt subjects { ...on User { primaryEmail } ...on Group { name } ...on Organization { slug } } } } }`,
  )
  const { nodes } = answer.findings as { nodes: { rule: string; resolvedAt: string | null; subjects: object[] }[] }
  return nodes.map(({ rule, resolvedAt, subjects }) =>
    [
      rule,
      ...subjects.map((subject) => Object.values(subject).join().replace('@acme.example', '')),
      ...(resolvedAt ? ['resolved'] : []),
    ].join(' '),
  )
}

test('findings: each rule reports its problem and resolves the finding when the problem is fixed', async () => {
  const helpers = await add.group(acme, 'grp_001', 'Helpers', { member_count: 9 })
  await add.group(acme, 'grp_002', 'Empty', { member_count: 0 })
  const admin = await add.role(acme, 'ADMINISTRATOR')
  const member = async (name: string, row = {}) => {
    const id = await user(name, row)
    await applyChange((at) => add.member(acme, id, helpers, { valid_from: at }).then(() => touch(id, at)))
    return id
  }
  const off = await member('off', { status: 'INACTIVE' })
  await add.grant(acme, off, admin)
  const lone = await user('lone')
  await add.grant(acme, lone, admin)
  const [ann, bob] = [
    await member('ann', { first_name: 'Ann', last_name: 'Lee' }),
    await member('bob', { first_name: 'ANN', last_name: 'lee' }),
  ]
  const shared = [
    await add.alias(acme, ann, 'desk@acme.example'),
    await add.alias(acme, bob, 'Desk@acme.example'),
  ] as const
  const shadow = await add.alias(acme, ann, 'bob@acme.example')
  await add.user(acme, 'back@acme.example', { deleted_at: tick() })
  const back = await member('back')
  await applyChange(async (at) => {
    for (const id of [off, lone, ann, bob, back]) await touch(id, at)
  }, true)
  expect((await found()).sort()).toEqual([
    'ALIAS_COLLISION ann bob',
    'ALIAS_SHADOWS_USER ann bob',
    'EMPTY_GROUP Empty',
    'MEMBER_COUNT_DRIFT Helpers',
    'PRIVILEGED_INACTIVE off',
    'PRIVILEGED_OUTSIDE_GROUPS lone',
    'RECREATED_AFTER_DELETE back back',
    'SAME_PERSON_TWICE ann bob',
    'USER_WITHOUT_GROUPS lone',
  ])
  expect((await found('(minSeverity: HIGH)')).sort()).toEqual(['ALIAS_SHADOWS_USER ann bob', 'PRIVILEGED_INACTIVE off'])
  expect(await found('(rules: [EMPTY_GROUP])')).toEqual(['EMPTY_GROUP Empty'])

  await applyChange(async (at) => {
    await sql`update aliases set valid_to = ${at} where id in (${shared[1]}, ${shadow})`
    await sql`update users set first_name = 'Bob', version_from = ${at} where id = ${bob}`
    await sql`update role_grants set valid_to = ${at} where user_id = ${off}`
    await add.member(acme, lone, helpers, { valid_from: at })
    await sql`update groups set member_count = 5 where id = ${helpers}`
    for (const id of [off, lone, ann]) await touch(id, at)
  }, true)
  expect((await found()).sort()).toEqual(['EMPTY_GROUP Empty', 'RECREATED_AFTER_DELETE back back'])
  expect((await found('(includeResolved: true)')).filter((one) => one.endsWith('resolved'))).toContain(
    'ALIAS_COLLISION ann bob resolved',
  )
})

test('findings: unknown relations are no reason for a finding', async () => {
  const group = await add.group(acme, 'grp_001', 'Perhaps empty', { member_count: 3 })
  const unread = await user('unread', { roles_at: null, aliases_at: null, groups_at: null })
  await applyChange((at) => touch(unread, at), true)
  expect(await found()).toEqual([])
  await applyChange(async (at) => {
    await touch(unread, at)
    await sql`update users set groups_at = ${at}, unresolved_groups = '{Perhaps empty}' where id = ${unread}`
  }, true)
  expect(await found()).toEqual([])
  await applyChange(async (at) => {
    await touch(unread, at)
    await sql`update users set unresolved_groups = null where id = ${unread}`
  })
  expect(await found()).toEqual(['USER_WITHOUT_GROUPS unread', 'EMPTY_GROUP Perhaps empty'])
  await applyChange((at) => add.member(acme, unread, group, { valid_from: at }).then(() => touch(unread, at)))
  expect(await found()).toEqual([])
})

test('findings: a finding keeps its id when subjects are added, and a problem that returns is a new one', async () => {
  const claim = (name: string) =>
    applyInsert(async (at) => {
      const id = await add.user(acme, `${name}@acme.example`, { version_from: at, groups_at: null })
      await add.alias(acme, id, 'desk@acme.example')
      return id
    })
  const ids = async () => {
    const answer = await data(
      '{ findings(includeResolved: true) { nodes { id firstSeenAt resolvedAt evidence subjects { ...on User { primaryEmail } } } } }',
    )
    return (answer.findings as { nodes: { id: string; resolvedAt: string | null; subjects: object[] }[] }).nodes
  }
  const ann = await claim('ann')
  await claim('bob')
  const [first] = await ids()
  await claim('cy')
  const [second, ...others] = await ids()
  expect(others).toEqual([])
  expect(second?.id).toBe(first?.id)
  expect(second?.subjects.length).toBe(3)
  const drop = (at: string) =>
    sql`update aliases set valid_to = ${at} where user_id <> ${ann}`.then(
      () => sql`update users set version_from = ${at} where id <> ${ann}`,
    )
  await applyChange(drop)
  expect((await ids()).map(({ resolvedAt }) => resolvedAt === null)).toEqual([false])
  await claim('dan')
  const [third] = await ids()
  expect(third?.id).not.toBe(first?.id)
  expect(third?.resolvedAt).toBeNull()
})

test('findings: STALE_RELATIONS reports users whose relations were last read a week before the last pull', async () => {
  await user('old', { roles_at: '2026-05-01T00:00:00Z' })
  await user('unread', { roles_at: null })
  await applyChange(async () => {}, true)
  expect(await found('(rules: [STALE_RELATIONS])')).toEqual(['STALE_RELATIONS acme old'])
})

test('findings: an organization is evaluated again only after a change', async () => {
  await user('ann')
  expect(await readOrganizationsToEvaluate(sql)).toEqual([])
  mirror.statements.length = 0
  await applyChange((at) => touch(0, at))
  expect(await readOrganizationsToEvaluate(sql)).toEqual([])
})

test('findings: the worker evaluates changed organizations automatically until it is stopped', async () => {
  await add.user(acme, 'lone@acme.example')
  await using stack = new AsyncDisposableStack()
  const keeper = keepFindings(sql, pino({ level: 'silent' }))
  stack.defer(() => keeper.stop())
  await expect.poll(() => found(), { timeout: 10_000 }).toEqual(['USER_WITHOUT_GROUPS lone'])
})

test('findings: a page reports the pull that it is based on, and a finding is a node', async () => {
  await user('lone')
  const answer = await data('{ findings { asOf totalCount nodes { id title severity } } }')
  const {
    asOf,
    totalCount,
    nodes: [one],
  } = answer.findings as { asOf: string; totalCount: number; nodes: { id: string }[] }
  expect([asOf, totalCount]).toEqual([expect.stringMatching(/^2026-06-01T/), 1])
  expect(await data(`{ node(id: "${one?.id}") { ... on Finding { rule evidence } } }`)).toEqual({
    node: { rule: 'USER_WITHOUT_GROUPS', evidence: { status: 'ACTIVE' } },
  })
  expect(errorsOf(await ask('{ findings(first: 501) { totalCount } }'))).toMatchObject([{ code: 'BAD_USER_INPUT' }])
})
