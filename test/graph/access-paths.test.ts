/**
 * Lists of an organization that is large enough for every branch: the first access path, a later one, and the scan of
 * all rows.
 */
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { seedOrganization } from '../../bench/analysis-seed.ts'
import { type Filter, holds, type Person } from './harness/filter-model.ts'
import { graph } from './harness/fixture.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())
await seedOrganization(mirror.sql, { users: 36_000, groups: 60 })
await mirror.sql.unsafe(`
  insert into users (id, organization_id, primary_email, address_key, domain, type, status, profile_known, profile_at, valid_from, version_from)
  select 900000 + n, 1, address, address, 'd7.example', 'ALIAS', null, 0, t, t, t
  from (select 1 as n, '"zz@mid"@d7.example' as address union all select 2, 'zz@middle@d7.example') odd, (select now() - interval '90 days' as t) t`)

interface Known extends Person {
  readonly key: string
}

/** All live users, now or as of a moment, in the order of their addresses. */
async function readPeople(moment?: string): Promise<Known[]> {
  const rows = await mirror.sql.begin(async (tx) => {
    if (moment) {
      await tx`select set_config('essentials.moment', ${moment}, true)`
      await tx`set local search_path = past, public`
    }
    return await tx<(Known & { createdAt: string | null; updatedAt: string | null })[]>`
      select u.address_key as key, u.primary_email as "primaryEmail", u.first_name as "firstName", u.last_name as "lastName", u.type, u.status,
        to_char(u.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "createdAt", to_char(u.updated_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "updatedAt",
        case when u.roles_at is not null then array(
          select r.name from role_grants g join roles r on r.id = g.role_id where g.user_id = u.id and g.valid_to is null) end as roles,
        case when u.aliases_at is not null then array(
          select a.address from aliases a where a.user_id = u.id and a.valid_to is null) end as aliases,
        case when u.groups_at is not null then (
          select coalesce(json_agg(json_build_object('groupId', g.group_id, 'name', g.name)), '[]')
          from memberships m join groups g on g.id = m.group_id where m.user_id = u.id and m.valid_to is null)::text end as groups
      from users u where u.deleted_at is null order by u.address_key, u.id`
  })
  return rows.map((row) => ({ ...row, groups: row.groups === null ? null : JSON.parse(`${row.groups}`) }))
}

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
const moments = [undefined, daysAgo(30), daysAgo(200)]
const scenes = await Promise.all(moments.map(async (moment) => ({ moment, people: await readPeople(moment) })))
const sampleUser = scenes[0]?.people.at(4_321) as Known
const renamedUser = scenes[1]?.people.find(({ lastName }) => lastName?.startsWith('Former')) as Known

/** Compares the first page, the last page and the count, for the root list and for the organization's list. */
async function compare(filter: Filter, { moment, people }: (typeof scenes)[number]): Promise<void> {
  const asOf = moment ? `@asOf(time: "${moment}")` : ''
  const lists = `
    first: users(first: 50, filter: $filter) { totalCount nodes { primaryEmail } }
    last: users(last: 50, filter: $filter) { nodes { primaryEmail } }`
  const question = `query ($filter: UserFilter) ${asOf} { ${lists} organizations { ${lists} } }`
  const matching = people.filter((person) => holds(person, filter) === true)
  const shown = (page: readonly Known[]) => page.map(({ primaryEmail }) => ({ primaryEmail }))
  const expected = {
    first: { totalCount: matching.length, nodes: shown(matching.slice(0, 50)) },
    last: { nodes: shown(matching.slice(-50)) },
  }
  expect(await mirror.data(question, { filter })).toEqual({ ...expected, organizations: [expected] })
}

const named = (text: string) => ({ eq: text.toUpperCase() })
const filters: Record<string, Filter> = {
  'no filter': {},
  'an address': { primaryEmail: named(sampleUser.primaryEmail) },
  'several addresses': { primaryEmail: { in: [sampleUser.primaryEmail, renamedUser.primaryEmail, 'no@body.example'] } },
  'an address prefix': { primaryEmail: { startsWith: sampleUser.primaryEmail.slice(0, 3) } },
  'a common address prefix': { primaryEmail: { startsWith: 'b' } },
  'a part of an address': { primaryEmail: { contains: sampleUser.primaryEmail.slice(3, 8) } },
  'a part on both sides of the @': { primaryEmail: { contains: sampleUser.primaryEmail.slice(-20).slice(0, 14) } },
  'a part that most addresses have': { primaryEmail: { contains: 'ample' } },
  'a part with a wildcard': { primaryEmail: { contains: 'a%b' } },
  'the middle of an address with two @': { primaryEmail: { contains: 'mid' } },
  'a part with two @': { primaryEmail: { contains: 'z@middle@d' } },
  'an address suffix': { primaryEmail: { endsWith: '@d7.example' } },
  'a part of one letter': { primaryEmail: { contains: 'q' } },
  'a last name': { lastName: named(sampleUser.lastName ?? '') },
  'a former last name': { lastName: named(renamedUser.lastName ?? '') },
  'a last name prefix': { lastName: { startsWith: 'form' } },
  'a part of a last name': { lastName: { contains: 'orme' } },
  'a first name': { firstName: named(sampleUser.firstName ?? '') },
  'a part of a first name': { firstName: { contains: (sampleUser.firstName ?? '').slice(1, 4) } },
  'a domain with few users': { domain: { eq: 'D7.example' } },
  'a domain with many users': { domain: { eq: 'bench.example' } },
  'several domains': { domain: { in: ['d7.example', 'd8.example', 'bench.example'] } },
  'a part of a domain': { domain: { contains: '7.ex' } },
  'a rare status': { status: 'INACTIVE' },
  'a common status': { status: 'ACTIVE' },
  'a rare type': { type: 'ALIAS' },
  'a rare role': { role: { eq: 'administrator' } },
  'a role that all users have': { role: { eq: 'USER' } },
  'a part of a role name': { role: { contains: 'd' } },
  'privileged users': { privileged: true },
  'users without privileges': { privileged: false },
  'a small group': { group: { groupId: { eq: 'GRP_00055' } } },
  'the largest group': { group: { groupId: { eq: 'grp_00001' } } },
  'many groups': { group: { groupId: { startsWith: 'grp_000' } } },
  'an unknown group': { group: { groupId: { eq: 'grp_99999' } } },
  'users without groups': { hasGroups: false },
  'an alias': { alias: { startsWith: 'a1-5' } },
  'a part of an alias': { alias: { contains: '-12' } },
  'users created recently': { createdAt: { gte: daysAgo(20) } },
  'users updated within a day': { updatedAt: { gte: daysAgo(100), lt: daysAgo(99) } },
  'users whose relations are not read yet': { relationsKnown: false },
  'a common predicate and rare ones': {
    role: { eq: 'USER' },
    and: [{ group: { groupId: { eq: 'grp_00050' } } }, { status: 'INACTIVE' }],
  },
  'two common predicates': { group: { groupId: { eq: 'grp_00001' } }, domain: { eq: 'bench.example' } },
  'users without groups, and without one of several things': {
    hasGroups: false,
    not: { role: { eq: 'USER' }, and: [{ group: { groupId: { eq: 'grp_00050' } } }, { status: 'INACTIVE' }] },
  },
  'two alternatives': { or: [{ status: 'INACTIVE' }, { group: { groupId: { eq: 'grp_00050' } } }] },
}

describe.each(scenes.map((scene) => [scene.moment ? 'as of a moment' : 'now', scene] as const))(
  'access paths, %s',
  (_when, scene) => {
    test.each(Object.entries(filters))(
      'access paths: the first page, last page and count are right for %s',
      async (_name, filter) => {
        await compare(filter, scene)
      },
    )
  },
)

test('access paths: combinations of filters give the right pages and counts', async () => {
  const some = fc.constantFrom(...Object.values(filters))
  const more = fc.oneof(
    fc.array(some, { minLength: 2, maxLength: 4 }).map((and): Filter => ({ and })),
    fc.array(some, { minLength: 2, maxLength: 3 }).map((or): Filter => ({ or })),
    fc.tuple(some, some).map(([one, not]): Filter => ({ ...one, not })),
    fc.tuple(some, some).map(([one, other]): Filter => ({ ...one, ...other })),
  )
  await fc.assert(
    fc.asyncProperty(more, fc.nat({ max: scenes.length - 1 }), (filter, scene) =>
      compare(filter, scenes[scene] as (typeof scenes)[number]),
    ),
    { numRuns: 40 },
  )
})
