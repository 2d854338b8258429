/** What Postgres will never store: it must not be tried for ever, and what it refuses for now must. */
import { expect, test } from 'vitest'
import { everySection } from '../../src/simulator/switches.ts'
import { type Mirrored, mirrored } from '../support/mirrored.ts'

const organization = { data: { users: 30, groups: 3 }, switches: { listCarries: everySection } }

/** From now on no mailbox of 13 MB can be stored: Postgres fails with this SQLSTATE, and a message that must not get out. */
async function refuse({ sql }: Mirrored, code: string): Promise<void> {
  await sql.unsafe(`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'a secret of the vendor' using errcode = '${code}'; end $$;
    create trigger refuse before insert or update on users for each row when (new.mailbox_size = 13) execute function refuse();`)
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

test.each(['54000', '23514', '22001', '42703'])(
  'a page that Postgres refuses for good (%s) ends its pull, with a problem that quotes nothing, and the next one begins anew',
  async (code) => {
    await using mirror = await mirrored(organization)
    await mirror.pull()
    const address = mirror.vendor.users()[0]?.primaryEmail ?? ''
    mirror.vendor.updateUser(address, { mailboxSize: 13 })
    await refuse(mirror, code)
    await mirror.pull()
    const error = refused('page 1 of the users', code)
    expect(await latest(mirror)).toMatchObject({ problem: error, currentPull: null, pull: { state: 'FAILED', error } })
    expect(JSON.stringify(mirror.lines)).not.toContain('secret of')
    mirror.vendor.updateUser(address, { mailboxSize: 14 })
    await mirror.pull()
    expect(await latest(mirror)).toMatchObject({ problem: null, pull: { state: 'COMPLETE', error: null } })
  },
)

test('what it refuses for now (a full disk) is tried again in the same pull', async () => {
  await using mirror = await mirrored(organization)
  mirror.vendor.updateUser(mirror.vendor.users()[0]?.primaryEmail ?? '', { mailboxSize: 13 })
  await refuse(mirror, '53100')
  await expect(mirror.pull()).rejects.toMatchObject({ code: '53100' })
  expect(await latest(mirror)).toMatchObject({ problem: null, pull: { state: 'RUNNING' } })
  await mirror.sql`drop trigger refuse on users`
  await mirror.settle()
  expect(await latest(mirror)).toMatchObject({ problem: null, pull: { state: 'COMPLETE' } })
})

test('a missing user whose answer is refused for good is put off and reported, and the pull completes for the rest', async () => {
  await using mirror = await mirrored(organization)
  await mirror.pull()
  const user = mirror.vendor.users()[0]
  const address = user?.primaryEmail ?? ''
  mirror.vendor.deleteUser(address)
  await refuse(mirror, '54000')
  await mirror.data('mutation { startPull { id } }')
  await mirror.work('page')
  mirror.vendor.createUser({ ...user, primaryEmail: address, type: 'User', mailboxSize: 13 })
  await mirror.settle()
  const problem = `The user "${address}" is missing from the list and could not be read (Postgres refuses to store the answer, error 54000): it is neither confirmed nor treated as deleted`
  expect(await latest(mirror)).toMatchObject({ problem, pull: { state: 'COMPLETE', error: null } })
  expect(await mirror.data('{ users { totalCount } }')).toEqual({ users: { totalCount: 30 } })
  expect(JSON.stringify(mirror.lines)).not.toContain('secret of')
  mirror.vendor.updateUser(address, { mailboxSize: 14 })
  await mirror.pull()
  expect(await latest(mirror)).toMatchObject({ problem: null, pull: { state: 'COMPLETE' } })
})

test('a user whose relations are refused for good does not keep those of others from being read', async () => {
  await using mirror = await mirrored({ ...organization, switches: { listCarries: ['status'] } })
  const address = mirror.vendor.users()[0]?.primaryEmail ?? ''
  mirror.vendor.updateUser(address, { mailboxSize: 13 })
  await refuse(mirror, '54000')
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
