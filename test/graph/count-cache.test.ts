import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { graph } from './harness/fixture.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())
const { add, sql } = mirror

/** Writes to an organization's mirror at a unique time, like the code that applies an observation. */
async function learn(organization: number, write: (now: string) => Promise<unknown>): Promise<string> {
  const [row] = await sql<{ now: string }[]>`
    select to_char(greatest(clock_timestamp(), learnt_at + interval '1 microsecond') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now
    from organizations where id = ${organization}`
  const now = row?.now as string
  await write(now)
  await sql`update organizations set learnt_at = ${now} where id = ${organization}`
  return now
}

const born = (now: string) => ({ valid_from: now, version_from: now })
const acme = await add.organization('acme')
const beta = await add.organization('beta')
const [user, admin] = [await add.role(acme, 'USER'), await add.role(acme, 'ADMINISTRATOR')]
const group = await add.group(acme, 'grp_001', 'Helpers')

const facets =
  'facets { byStatus { value count } byType { value count } byRole { value count } byDomain { value count } byGroup { value count } }'

test('count cache: a repeated query uses the cached count until the mirror of the organization changes', async () => {
  await learn(acme, async (now) => {
    await add.grant(acme, await add.user(acme, 'ann@acme.example', born(now)), user, { valid_from: now })
  })
  const question = `{ users(organization: "acme", filter: { status: ACTIVE }) { totalCount ${facets} } }`
  const first = await mirror.data(question)
  expect(first).toMatchObject({ users: { totalCount: 1, facets: { byRole: [{ value: 'USER', count: 1 }] } } })
  await withUncountableUsers(async () => expect(await mirror.data(question)).toEqual(first))
  await learn(acme, (now) => add.user(acme, 'bob@acme.example', born(now)))
  expect(await mirror.data(question)).toMatchObject({ users: { totalCount: 2 } })
})

/** Runs a function while users cannot be counted, so that every count in a response comes from the cache. */
async function withUncountableUsers(run: () => Promise<unknown>): Promise<void> {
  await sql`alter table users rename to users_elsewhere`
  await sql`create view users as select * from users_elsewhere where 1 / (id - id) = 0`
  try {
    await run()
  } finally {
    await sql`drop view users`
    await sql`alter table users_elsewhere rename to users`
  }
}

test('count cache: counts as of a settled moment outlive changes, and other moments are not cached', async () => {
  const then = await learn(acme, (now) => add.user(acme, 'cy@acme.example', born(now)))
  const question = (moment: string) => `query @asOf(time: "${moment}") { users(organization: "acme") { totalCount } }`
  const answer = await mirror.data(question(then))
  const [row] = await sql<{ now: string }[]>`
    select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now`
  const notOver = row?.now as string
  expect(await mirror.data(question(notOver))).toEqual(answer)
  // A writer that began before that moment and commits only now.
  await sql`insert into users (id, organization_id, primary_email, address_key, domain, type, profile_known, profile_at, valid_from, version_from)
    values (7000, ${acme}, 'dan@acme.example', 'dan@acme.example', 'acme.example', 'USER', 0, ${notOver}, ${notOver}, ${notOver})`
  await sql`update organizations set learnt_at = ${notOver} where id = ${acme}`
  expect(await mirror.data(question(then))).toEqual(answer)
  const { users } = answer as { users: { totalCount: number } }
  expect(await mirror.data(question(notOver))).toEqual({ users: { totalCount: users.totalCount + 1 } })
})

test('count cache: counts are cached per organization and per set of visible organizations', async () => {
  await learn(beta, (now) => add.user(beta, 'ann@beta.example', born(now)))
  const viewer = (...slugs: string[]) => ({
    name: slugs.join(),
    scopes: new Set(['read'] as const),
    organizations: new Set(slugs),
  })
  const ask = async (question: string, ...slugs: string[]) => {
    const { data, errors } = await mirror.ask(question, {}, viewer(...slugs))
    return errors?.[0]?.extensions.code ?? (data as { users: { totalCount: number } }).users.totalCount
  }
  const visible = '{ users { totalCount } }'
  const acmes = '{ users(organization: "acme") { totalCount } }'
  for (let round = 0; round < 2; round += 1) {
    expect(await ask(visible, 'beta')).toBe(1)
    expect(await ask(visible, 'acme')).toBeGreaterThan(1)
    expect(await ask(acmes, 'acme')).toBeGreaterThan(1)
    expect(await ask(acmes, 'beta')).toBe('BAD_USER_INPUT')
    expect(await ask(visible, 'acme', 'beta')).toBe('BAD_USER_INPUT')
  }
})

test('count cache: tombstones are counted on every query, because pruning is not recorded as a change', async () => {
  const question = '{ users(organization: "acme", lifecycle: DELETED) { totalCount facets { byDomain { count } } } }'
  await learn(acme, (now) => add.user(acme, 'gone@gone.example', { ...born(now), deleted_at: now }))
  expect(await mirror.data(question)).toEqual({ users: { totalCount: 1, facets: { byDomain: [{ count: 1 }] } } })
  await sql`delete from users where primary_email = 'gone@gone.example'`
  expect(await mirror.data(question)).toEqual({ users: { totalCount: 0, facets: { byDomain: [] } } })
})

test('count cache: counts and facets are never stale after any sequence of edits', async () => {
  let number = 0
  const edits = {
    add: (now: string) => add.user(acme, `u${++number}@d${number % 3}.example`, { ...born(now), status: null }),
    end: (now: string) => sql`
      with ended as (update users set deleted_at = ${now} where id = (select max(id) from users where organization_id = ${acme} and deleted_at is null) returning id),
        grants as (update role_grants set valid_to = ${now} where user_id in (select id from ended) and valid_to is null)
      update memberships set valid_to = ${now} where user_id in (select id from ended) and valid_to is null`,
    deactivate: (now: string) => sql`
      with kept as (
        insert into user_versions (user_id, organization_id, primary_email, address_key, domain, type, status, profile_known, profile_at, roles_at, aliases_at, groups_at, valid_from, valid_to)
        select id, organization_id, primary_email, address_key, domain, type, status, 0, profile_at, roles_at, aliases_at, groups_at, version_from, ${now}
        from users where organization_id = ${acme} and deleted_at is null and status is distinct from 'INACTIVE')
      update users set status = 'INACTIVE', version_from = ${now}
      where organization_id = ${acme} and deleted_at is null and status is distinct from 'INACTIVE'`,
    join: (now: string) => sql`
      insert into memberships (user_id, group_id, organization_id, happened_by, valid_from)
      select id, ${group}, ${acme}, ${now}, ${now} from users u where organization_id = ${acme} and deleted_at is null and groups_at is not null
        and not exists (select from memberships m where m.user_id = u.id and m.valid_to is null)`,
    leave: (now: string) => sql`update memberships set valid_to = ${now} where valid_to is null`,
    grant: (now: string) => sql`
      insert into role_grants (user_id, role_id, organization_id, valid_from)
      select max(u.id), ${admin}, ${acme}, ${now} from users u where organization_id = ${acme} and deleted_at is null and roles_at is not null
        and not exists (select from role_grants g where g.user_id = u.id and g.role_id = ${admin} and g.valid_to is null)
      having max(u.id) is not null`,
    elsewhere: () => learn(beta, (now) => add.user(beta, `u${++number}@beta.example`, born(now))),
  }
  const questions = `
    all: users(organization: "acme") { totalCount ${facets} }
    inactive: users(organization: "acme", filter: { status: INACTIVE }) { totalCount ${facets} }
    privileged: users(organization: "acme", filter: { privileged: true }) { totalCount }
    grouped: users(organization: "acme", filter: { group: { groupId: { eq: "grp_001" } } }) { totalCount nodes { primaryEmail } }
    ungrouped: users(organization: "acme", filter: { hasGroups: false }) { totalCount nodes { primaryEmail } }`
  const rows = (table: string, condition: string) => sql<{ value: string; count: number }[]>`
    select value, count(*)::int as count from ${sql.unsafe(table)} where organization_id = ${acme} and ${sql.unsafe(condition)} and value is not null
    group by 1 order by 2 desc, 1`
  const facetsOf = async (who: string) => ({
    byStatus: [...(await rows('(select *, status::text as value from users) u', `deleted_at is null and ${who}`))],
    byType: [...(await rows('(select *, type::text as value from users) u', `deleted_at is null and ${who}`))],
    byDomain: [...(await rows('(select *, domain as value from users) u', `deleted_at is null and ${who}`))],
    byRole: [
      ...(await rows(
        '(select u.*, r.name as value from users u join role_grants g on g.user_id = u.id and g.valid_to is null join roles r on r.id = g.role_id) u',
        who,
      )),
    ],
    byGroup: [
      ...(await rows(
        '(select u.*, g.group_id as value from users u join memberships m on m.user_id = u.id and m.valid_to is null join groups g on g.id = m.group_id) u',
        who,
      )),
    ],
  })
  const past: { moment: string; answer: unknown }[] = []
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...Object.values(edits)), { minLength: 1, maxLength: 4 }),
      fc.nat(),
      async (drawn, pick) => {
        let moment = ''
        for (const edit of drawn) moment = await learn(acme, async (now) => await edit(now))
        const answer = (await mirror.data(`{ ${questions} }`)) as Record<
          string,
          { totalCount: number; nodes: unknown[] }
        >
        const [row] = await sql<{ all: number }[]>`
          select count(*)::int as all from users where organization_id = ${acme} and deleted_at is null`
        expect(answer.all).toEqual({ totalCount: row?.all, facets: await facetsOf('true') })
        expect(answer.inactive).toMatchObject({ facets: await facetsOf(`status = 'INACTIVE'`) })
        expect(answer.grouped?.totalCount).toBe(answer.grouped?.nodes.length)
        expect(answer.ungrouped?.totalCount).toBe(answer.ungrouped?.nodes.length)
        expect(await mirror.data(`{ ${questions} }`)).toEqual(answer)
        past.push({ moment, answer })
        const one = past[pick % past.length]
        expect(await mirror.data(`query @asOf(time: "${one?.moment}") { ${questions} }`)).toEqual(one?.answer)
      },
    ),
    { numRuns: 40, endOnFailure: true },
  )
})
