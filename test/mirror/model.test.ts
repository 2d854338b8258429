/**
 * Promises 1 and 2 against a small model: in whatever order responses arrive, the latest request decides each group of
 * fields.
 */
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { Transaction } from '../../src/db/database.ts'
import { settlePage } from '../../src/mirror/pulls/pulls.ts'
import { applyGone } from '../../src/mirror/users/apply-gone.ts'
import { applyUsers } from '../../src/mirror/users/apply-users.ts'
import { testDatabase } from '../support/database.ts'
import { at, observedUser, type Shown } from '../support/mirror.ts'
import { type MirrorUser, readMirror } from '../support/mirror-state.ts'

const database = await testDatabase()
afterAll(() => database[Symbol.asyncDispose]())
const { sql } = database

type Arrival = {
  readonly sent: number
  readonly email: string
  readonly what: 'LIST' | 'READ' | 'GONE'
  readonly user: Shown
}

/** The known state of one address, and the sending times of the requests that showed it. */
class Known {
  #live = false
  #goneSent = -1
  #sent: Record<string, number> = {}
  #shown: Shown = {}

  apply({ sent, what, user }: Arrival): void {
    if (what === 'GONE') {
      // A later 404 for a tombstone: no request sent before it brings the user back.
      if (!this.#live && this.#goneSent >= 0) this.#goneSent = Math.max(this.#goneSent, sent)
      if (!this.#live || sent <= (this.#sent.profile ?? -1)) return
      this.#live = false
      this.#goneSent = sent
      this.#sent = {}
      this.#shown = {}
      return
    }
    if (!this.#live && sent <= this.#goneSent) return
    // A row without createdAt proves no new account: the user is read before a tombstone gets a successor.
    if (!this.#live && this.#goneSent >= 0 && what === 'LIST') return
    this.#live = true
    const { roles, aliases, ...profile } = user
    for (const [group, shown] of Object.entries({
      profile,
      roles: roles && { roles },
      aliases: aliases && { aliases },
    })) {
      if (shown === undefined || sent <= (this.#sent[group] ?? -1)) continue
      this.#sent[group] = sent
      this.#shown = { ...this.#shown, ...shown }
    }
  }

  get user(): Partial<MirrorUser> | undefined {
    if (!this.#live) return undefined
    const { firstName = null, mailboxSize = null, roles = null, aliases = null } = this.#shown
    return { firstName, mailboxSize, roles, aliases }
  }
}

const user = fc.record(
  {
    firstName: fc.constantFrom('Anna', 'Ann', null),
    mailboxSize: fc.constantFrom(1, 2),
    roles: fc.subarray(['A', 'B']),
    aliases: fc.subarray(['a@alias.example', 'b@alias.example']),
  },
  { requiredKeys: [] },
)
/** Requests in the order of their responses. Each request was sent at a different time. */
const arrivals = fc
  .array(
    fc.record({
      order: fc.double({ noNaN: true }),
      email: fc.constantFrom('a@x.example', 'b@x.example'),
      what: fc.constantFrom('LIST' as const, 'LIST' as const, 'READ' as const, 'GONE' as const),
      user,
    }),
    { maxLength: 10 },
  )
  .map((drawn) => {
    const orders = [...new Set(drawn.map(({ order }) => order))].sort((a, b) => a - b)
    return drawn.map(({ order, ...rest }, i): Arrival => ({ ...rest, sent: orders.indexOf(order) * drawn.length + i }))
  })

test('model: the mirror shows the state of the latest requests', async () => {
  let organizations = 0
  await fc.assert(
    fc.asyncProperty(arrivals, async (sequence) => {
      const [organization] = await sql<{ id: number }[]>`
        insert into organizations (id, slug, name) values (nextval('node_ids'), ${`o${++organizations}`}, 'O') returning id`
      const organizationId = organization?.id as number
      const model = new Map<string, Known>()
      for (const arrival of sequence) {
        const known = model.get(arrival.email) ?? new Known()
        model.set(arrival.email, known)
        known.apply(arrival)
        await sql.begin((tx) => apply(tx, organizationId, arrival))
      }
      const { users } = await readMirror(sql, organizationId)
      const expected = [...model].toSorted().flatMap(([email, known]) => (known.user ? [[email, known.user]] : []))
      expect(
        users.map(({ primaryEmail, firstName, mailboxSize, roles, aliases }) => [
          primaryEmail,
          { firstName, mailboxSize, roles, aliases },
        ]),
      ).toEqual(expected)
    }),
    {
      numRuns: 150,
      examples: [
        [
          [
            { email: 'b@x.example', what: 'LIST', user: {}, sent: 0 },
            { email: 'b@x.example', what: 'GONE', user: {}, sent: 1 },
            { email: 'b@x.example', what: 'GONE', user: {}, sent: 6 },
            { email: 'b@x.example', what: 'READ', user: {}, sent: 3 },
          ],
        ],
      ],
    },
  )
})

async function apply(tx: Transaction, organizationId: number, { sent, email, what, user }: Arrival): Promise<void> {
  const observation = { sentAt: at(sent), arrivedAt: at(sent + 1), origin: 'PULL' } as const
  if (what === 'GONE') {
    await applyGone(tx, organizationId, observation, email)
    return
  }
  const applied = await applyUsers(tx, organizationId, observation, what, [observedUser([email, user])])
  if (what === 'READ') return
  // A page is stored with the users that it showed. Rows that it only confirms get no other timestamp.
  await tx`
    insert into pull_pages (pull_id, kind, page, organization_id, rows, sent_at, arrived_at)
    values (${organizationId}, 'USERS', ${sent}, ${organizationId}, 1, ${at(sent)}, ${at(sent + 1)})`
  await settlePage(tx, organizationId, 'USERS', sent, applied)
}
