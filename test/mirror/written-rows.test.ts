/** A response without changes writes no row, at any time. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type MirrorHarness, mirror } from '../support/mirror.ts'
import { rowsAsWritten } from '../support/mirror-state.ts'

let m: MirrorHarness
beforeEach(async () => {
  m = await mirror()
})
afterEach(() => m[Symbol.asyncDispose]())

const whole = {
  firstName: 'Anna',
  status: 'ACTIVE',
  roles: ['USER'],
  aliases: ['anna@x.example'],
  groups: ['g1'],
} as const
const anna = { ...whole, roles: [...whole.roles], aliases: [...whole.aliases], groups: [...whole.groups] }

describe('only changes are written', () => {
  test('the same page at a later time writes no row', async () => {
    await m.groups(1, { g1: ['One', 1], g2: 'Two' })
    const page = {
      'a@x': { ...anna, spamPolicy: { level: 'strict', days: [1, 2] } },
      'b@x': { roles: [], groups: ['?'] },
    }
    await m.list(10, page)
    const written = await rowsAsWritten(m.sql)
    expect(
      await m.list(20, { ...page, 'a@x': { ...page['a@x'], spamPolicy: { days: [1, 2], level: 'strict' } } }),
    ).toMatchObject({
      created: 0,
      updated: 0,
      unchanged: 2,
      changed: [],
    })
    await m.groups(21, { g1: ['One', 1], g2: 'Two' })
    expect(await rowsAsWritten(m.sql)).toEqual(written)
  })

  test('of many users only the changed one is written', async () => {
    const page = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`u${i}@x`, { firstName: `U${i}`, roles: ['USER'] }]),
    )
    await m.list(10, page)
    const before = await places()
    await m.list(20, { ...page, 'u7@x': { firstName: 'Other', roles: ['USER'] } })
    const after = await places()
    expect(Object.keys(after).filter((email) => after[email] !== before[email])).toEqual(['u7@x'])
  })
})

async function places(): Promise<Record<string, string>> {
  const rows = await m.sql<{ email: string; place: string }[]>`
    select primary_email as email, ctid::text || xmin::text as place from users`
  return Object.fromEntries(rows.map(({ email, place }) => [email, place]))
}
