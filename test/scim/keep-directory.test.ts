/** The resources follow the mirror in slices, within a request or ahead of it. */
import pino from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createToken } from '../../src/access/tokens.ts'
import { keepDirectory, keepSlice } from '../../src/scim/resources/keep-directory.ts'
import { prepareAll } from '../../src/scim/resources/prepare-directories.ts'
import { type ScimHarness, scimHarness } from './harness.ts'

const users = Array.from({ length: 9 }, (_, i) => ({ primaryEmail: `user-${i}@example.com`, roles: ['USER'] }))
const groups = [{ id: 'grp_001', name: 'Engineering' }]

let scim: ScimHarness
beforeEach(async () => {
  scim = await scimHarness({ data: { users, groups } })
  await scim.fill()
})
afterEach(() => scim[Symbol.asyncDispose]())

const made = async () =>
  (await scim.database.sql<{ kind: string }[]>`select kind from scim_resources where ended_at is null`).length
const served = async () =>
  (await scim.send('GET', '/Users?count=500')).body.Resources.map(({ userName }: { userName: string }) => userName)

test('each slice makes some resources, and each user and group gets exactly one', async () => {
  const { organizationId, database } = scim
  const counts: number[] = []
  for (let isUpToDate = false; !isUpToDate; counts.push(await made()))
    isUpToDate = await keepSlice(database.sql, organizationId, 4)
  expect(counts).toEqual([4, 8, 10])
  expect(await served()).toEqual(users.map(({ primaryEmail }) => primaryEmail))
})

test('what changes between two slices is found', async () => {
  const { organizationId, database, vendor } = scim
  await keepSlice(database.sql, organizationId, 4)
  vendor.createUser({ primaryEmail: 'later@example.com' })
  vendor.updateUser('user-8@example.com', { firstName: 'New' })
  await scim.fill()
  for (let isUpToDate = false; !isUpToDate; ) isUpToDate = await keepSlice(database.sql, organizationId, 1)
  expect(await made()).toBe(11)
  expect((await served()).toSorted()).toEqual(['later@example.com', ...users.map(({ primaryEmail }) => primaryEmail)])
})

test('a request with too much to do gets 503, keeps what is done, and its repetition continues', async () => {
  const { organizationId, database } = scim
  const limits = { sliceOf: 6, longestMs: -1 }
  const refused = expect.objectContaining({ status: 503, headers: { 'retry-after': '5' } })
  await expect(keepDirectory(database.sql, organizationId, limits)).rejects.toEqual(refused)
  expect(await made()).toBe(6)
  await keepDirectory(database.sql, organizationId, limits)
  expect(await made()).toBe(10)
})

test('a worker makes the resources for a token of SCIM, and not for other organizations', async () => {
  const { sql } = scim.database
  const { signal } = new AbortController()
  const make = (name: string, scope: 'read' | 'scim', organization: string) =>
    createToken(sql, { name, scopes: [scope], organizations: [organization], expiresInSeconds: null })
  await make('reader', 'read', 'acme')
  await make('other', 'scim', 'other')
  expect(await prepareAll(sql, signal, pino({ level: 'silent' }))).toBe(true)
  expect(await made()).toBe(0)
  await make('okta', 'scim', 'acme')
  expect(await prepareAll(sql, signal, pino({ level: 'silent' }))).toBe(false)
  expect(await made()).toBe(10)
  expect(await prepareAll(sql, signal, pino({ level: 'silent' }))).toBe(true)
})
