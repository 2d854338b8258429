/** Values that Postgres never stores must not be retried forever. Errors that may pass must be retried. */
import { describe, expect, test } from 'vitest'
import { everySection } from '../../src/simulator/options.ts'
import { apis } from '../support/api.ts'
import { type Mirrored, mirrored } from '../support/mirrored.ts'

const organization = { data: { users: 30, groups: 3 }, switches: { listCarries: everySection } }

const unstorable = 'Unstorable'

/**
 * From now on such a row cannot be stored: Postgres fails with this SQLSTATE, and its message must not be
 * exposed.
 */
async function refuse({ sql }: Mirrored, code: string, row = `last_name = '${unstorable}'`): Promise<void> {
  await sql.unsafe(`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'a secret of the vendor' using errcode = '${code}'; end $$;
    create trigger refuse before insert or update on users for each row when (new.${row}) execute function refuse();`)
}

async function latest({ data }: Mirrored) {
  const question =
    '{ organization { mirror { problem currentPull { id } pulls(first: 1) { nodes { state error } } } } }'
  const { organization } = await data<{
    organization: {
      mirror: {
        problem: string | null
        currentPull: object | null
        pulls: { nodes: { state: string; error: string | null }[] }
      }
    }
  }>(question)
  return { ...organization.mirror, pull: organization.mirror.pulls.nodes[0] }
}

const refused = (what: string, code: string) =>
  `The pull failed: Postgres cannot store ${what} (error ${code}); the log names the table. The next pull starts from the beginning`

describe.each(apis)('with the API %s', (api) => {
  test.each(['54000', '23514', '22001', '42703'])(
    'storage errors: a page that can never be stored (%s) fails its pull, the problem quotes no data, and the next pull begins',
    async (code) => {
      await using mirror = await mirrored({ api, ...organization })
      await mirror.pull()
      const address = mirror.vendor.users()[0]?.primaryEmail ?? ''
      mirror.vendor.updateUser(address, { lastName: unstorable })
      await refuse(mirror, code)
      await mirror.pull()
      const error = refused('page 1 of the users', code)
      expect(await latest(mirror)).toMatchObject({
        problem: error,
        currentPull: null,
        pull: { state: 'FAILED', error },
      })
      expect(JSON.stringify(mirror.lines)).not.toContain('secret of')
      mirror.vendor.updateUser(address, { lastName: 'Fine' })
      await mirror.pull()
      expect(await latest(mirror)).toMatchObject({ problem: null, pull: { state: 'COMPLETE', error: null } })
    },
  )

  test('storage errors: a page is retried in the same pull after an error that may pass (a full disk)', async () => {
    await using mirror = await mirrored({ api, ...organization })
    mirror.vendor.updateUser(mirror.vendor.users()[0]?.primaryEmail ?? '', { lastName: unstorable })
    await refuse(mirror, '53100')
    await expect(mirror.pull()).rejects.toMatchObject({ code: '53100' })
    expect(await latest(mirror)).toMatchObject({ problem: null, pull: { state: 'RUNNING' } })
    await mirror.sql`drop trigger refuse on users`
    await mirror.settle()
    expect(await latest(mirror)).toMatchObject({ problem: null, pull: { state: 'COMPLETE' } })
  })

  test('storage errors: a missing user that can never be stored is deferred and reported, and the pull completes', async () => {
    await using mirror = await mirrored({ api, ...organization })
    await mirror.pull()
    const user = mirror.vendor.users()[0]
    const address = user?.primaryEmail ?? ''
    mirror.vendor.deleteUser(address)
    await refuse(mirror, '54000')
    await mirror.data('mutation { startPull { id } }')
    await mirror.work('page')
    mirror.vendor.createUser({ ...user, primaryEmail: address, type: 'User', lastName: unstorable })
    await mirror.settle()
    const problem = `The user "${address}" is missing from the list and could not be read (Postgres cannot store the response (error 54000)): it is neither confirmed nor treated as deleted`
    expect(await latest(mirror)).toMatchObject({ problem, pull: { state: 'COMPLETE', error: null } })
    expect(await mirror.data('{ users { totalCount } }')).toEqual({ users: { totalCount: 30 } })
    expect(JSON.stringify(mirror.lines)).not.toContain('secret of')
    mirror.vendor.updateUser(address, { lastName: 'Fine' })
    await mirror.pull()
    expect(await latest(mirror)).toMatchObject({ problem: null, pull: { state: 'COMPLETE' } })
  })
})

test('storage errors: a user whose relations can never be stored does not block reads of other users', async () => {
  await using mirror = await mirrored({ ...organization, switches: { listCarries: ['status'] } })
  const address = mirror.vendor.users()[0]?.primaryEmail ?? ''
  mirror.vendor.updateUser(address, { mailboxSize: 13 })
  await refuse(mirror, '54000', 'mailbox_size = 13')
  await mirror.pull()
  await mirror.work('relations')
  const left = await mirror.data(
    '{ users(filter: { relationsKnown: false }) { nodes { primaryEmail } } organization { mirror { usersWithoutRelations } } }',
  )
  expect(left).toEqual({
    users: { nodes: [{ primaryEmail: address }] },
    organization: { mirror: { usersWithoutRelations: 1 } },
  })
})
