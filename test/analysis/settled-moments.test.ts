/** The same query as of a moment always gives the same result, even while changes at that moment are being written. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { applyGroups } from '../../src/mirror/groups/apply-groups.ts'
import type { ObservedUser } from '../../src/mirror/observation.ts'
import { lockOrganization, lockOrganizationOfPull } from '../../src/mirror/organization-lock.ts'
import { beginPull } from '../../src/mirror/pulls/pulls.ts'
import { applyGone } from '../../src/mirror/users/apply-gone.ts'
import { createRandom } from '../../src/simulator/data/random.ts'
import { testDatabase } from '../support/database.ts'
import { answering, clock, observe, organizations } from '../support/past.ts'
import { until } from '../support/until.ts'

const user = (name: string, more: Omit<ObservedUser, 'profile'> = {}, firstName = name): ObservedUser => ({
  profile: { primaryEmail: `${name}@example.com`, firstName, type: 'USER' },
  ...more,
})
const several = (count: number) => Array.from({ length: count }, (_, i) => user(`u${i}`))
const question =
  '{ users(organization: "acme") { totalCount nodes { firstName freshness { profileAt } } } changes(organization: "acme") { nodes { kind } } }'

/** Whether a reader has found writers and checked for them again. */
const isWaiting = (statements: readonly string[]) =>
  statements.some((text) => text.includes('pg_locks') && text.includes('any('))

test('@asOf: a query waits for a page that is being applied, and repeating it gives the same result', async () => {
  const statements: string[] = []
  await using database = await testDatabase({ onStatement: (text) => void statements.push(text) })
  const [acme = 0] = await organizations(database, 'acme')
  await observe(database, acme, 'LIST', several(3))
  const ask = answering(database)
  const asked: ReturnType<typeof ask>[] = []
  let moment = ''
  await observe(database, acme, 'LIST', several(40), async () => {
    moment = await clock(database)
    const answer = ask(question, moment)
    asked.push(answer)
    await Promise.race([answer, until(() => isWaiting(statements))])
  })
  const first = await asked[0]
  expect(first).toMatchObject({ data: { users: { totalCount: 40 }, changes: { nodes: { length: 40 } } } })
  expect(await ask(question, moment)).toEqual(first)
  expect(await answering(database)(question, moment)).toEqual(first)
})

test('@asOf: queries of earlier moments do not wait for a page that is being applied', async () => {
  await using database = await testDatabase()
  const [acme = 0] = await organizations(database, 'acme')
  await observe(database, acme, 'LIST', several(3))
  const before = await clock(database)
  await observe(database, acme, 'LIST', several(40), async () => {
    expect(await answering(database)(question, before)).toMatchObject({ data: { users: { totalCount: 3 } } })
  })
  expect(await answering(database)(question, before)).toMatchObject({ data: { users: { totalCount: 3 } } })
})

test('@asOf: a moment earlier than a settled moment is not checked for writers again', async () => {
  const statements: string[] = []
  await using database = await testDatabase({ onStatement: (text) => void statements.push(text) })
  const [acme = 0] = await organizations(database, 'acme')
  await observe(database, acme, 'LIST', several(3))
  const ask = answering(database)
  const moment = await clock(database)
  await ask(question, await clock(database))
  statements.length = 0
  expect(await ask(question, moment)).toMatchObject({ data: { users: { totalCount: 3 } } })
  expect(statements.filter((text) => text.includes('pg_locks'))).toEqual([])
})

test('@asOf: a writer that does not finish causes a retryable error', async () => {
  await using database = await testDatabase()
  const [acme = 0] = await organizations(database, 'acme')
  const ask = answering(database)
  await observe(database, acme, 'LIST', several(3))
  let moment = ''
  await database.sql.begin(async (tx) => {
    await lockOrganization(tx, acme)
    moment = await clock(database)
    const { errors } = await ask(question, moment)
    expect(errors?.map(({ message, extensions }) => ({ message, code: extensions.code }))).toEqual([
      {
        code: 'SERVICE_UNAVAILABLE',
        message: 'Changes at this moment are still being written. Try again in a second, or query an earlier moment.',
      },
    ])
  })
  expect(await ask(question, moment)).toMatchObject({ data: { users: { totalCount: 3 } } })
})

test('@asOf: the wait for writers ends when the caller disconnects', async () => {
  const statements: string[] = []
  await using database = await testDatabase({ onStatement: (text) => void statements.push(text) })
  const [acme = 0] = await organizations(database, 'acme')
  await database.sql.begin(async (tx) => {
    await lockOrganization(tx, acme)
    const leaving = new AbortController()
    const asked = database.settled.wait(
      database.read({ caller: 'reader', signal: leaving.signal }).sql,
      await clock(database),
      leaving.signal,
    )
    await until(() => isWaiting(statements))
    leaving.abort()
    await expect(asked).rejects.toThrow(/abort/i)
  })
})

test('@asOf: a query waits for the end of a pull, because it changes the freshness of users', async () => {
  const statements: string[] = []
  await using database = await testDatabase({ onStatement: (text) => void statements.push(text) })
  const [acme = 0] = await organizations(database, 'acme')
  await observe(database, acme, 'LIST', several(1))
  const pull = await beginPull(database.sql, acme, 'REQUEST')
  const ask = answering(database)
  let moment = ''
  let asked: ReturnType<typeof ask> | undefined
  await database.sql.begin(async (tx) => {
    await lockOrganizationOfPull(tx, pull)
    await tx`update pulls set state = 'COMPLETE', first_sent_at = started_at, finished_at = clock_timestamp() where id = ${pull}`
    moment = await clock(database)
    asked = ask(question, moment)
    await Promise.race([asked, until(() => isWaiting(statements))])
  })
  expect(await ask(question, moment)).toEqual(await asked)
})

test('@asOf: results never change under concurrent writes in several organizations and processes', async () => {
  const seed = Math.trunc(Date.now() % 2 ** 31)
  const random = createRandom(seed)
  const slugs = ['acme', 'globex', 'initech']
  await using database = await testDatabase()
  const other = openDatabase(database.connection)
  await using _closing = { [Symbol.asyncDispose]: () => other.close() }
  const ids = await organizations(database, ...slugs)
  const some = (count: number) => Array.from({ length: 1 + random.below(count) }, () => random.below(30))
  const shown = (i: number) =>
    user(
      `u${i}`,
      { roles: [`R${random.below(3)}`], aliases: [], groups: [`g${random.below(3)}`] },
      `${random.below(5)}`,
    )
  for (const id of ids) await observe(database, id, 'LIST', [shown(0)])

  const write = async (process: Database, id: number) => {
    // Some transactions stay open for a while, like those of large pages.
    const stay = () => (random.below(3) === 0 ? sleep(random.below(80)) : undefined)
    const at = await clock(process)
    const observation = { sentAt: at, arrivedAt: at, origin: 'PULL' } as const
    const what = random.below(6)
    if (what < 2) return await observe(process, id, 'LIST', some(20).map(shown), async () => await stay())
    if (what === 2) return await observe(process, id, 'READ', [shown(random.below(30))], async () => await stay())
    await process.sql.begin(async (tx) => {
      if (what === 3) await applyGone(tx, id, observation, `u${1 + random.below(29)}@example.com`)
      if (what === 4) {
        await applyGroups(tx, id, observation, [{ groupId: `g${random.below(3)}`, name: `Group ${random.below(3)}` }])
      }
      if (what === 5) {
        const { now } = await lockOrganization(tx, id)
        await tx`insert into pulls (id, organization_id, trigger, state, first_sent_at, finished_at, carried)
          values (nextval('node_ids'), ${id}, 'REQUEST', 'COMPLETE', ${now}, clock_timestamp(), 7)`
      }
      await stay()
    })
  }
  const all = `{ ${slugs
    .map(
      (slug) => `${slug}: users(organization: "${slug}", lifecycle: ANY) { totalCount
        nodes { primaryEmail firstName deletedAt roles { name } groups { nodes { name } } freshness { profileAt relationsAt } } }
      ${slug}Changes: changes(organization: "${slug}", first: 500) { nodes { kind } pageInfo { endCursor } }`,
    )
    .join('\n')} }`
  let writing = true
  const writers = Promise.all(
    ids.flatMap((id) =>
      [database, other].map(async (process) => {
        for (let n = 0; n < 12; n += 1) await write(process, id)
      }),
    ),
  ).finally(() => {
    writing = false
  })
  const first: { moment: string; answer: unknown }[] = []
  const readers = [database, database, other].map(async (process) => {
    const ask = answering(process)
    while (writing) {
      const moment = await clock(random.below(2) ? database : other)
      const answer = await ask(all, moment)
      if (answer.data) first.push({ moment, answer })
      else expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(['SERVICE_UNAVAILABLE'])
    }
  })
  await Promise.all([writers, ...readers])
  const [here, there] = [answering(database), answering(other)]
  for (const [i, { moment, answer }] of first.entries()) {
    expect(await (i % 2 ? here : there)(all, moment), `seed ${seed}, ${moment}`).toEqual(answer)
  }
  expect(first.length).toBeGreaterThan(10)
})
