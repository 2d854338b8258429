/** A new userName, if the settings allow it. */
import { expect, test } from 'vitest'
import { scimHarness } from './harness.ts'

test('SCIM_USERNAME_CHANGE=email-change changes the address by the operation, and the id stays the same', async () => {
  await using scim = await scimHarness({ settings: { userNameChange: 'email-change' } })
  await scim.fill()
  const id = await scim.idOf('bob@example.com')
  const body = { userName: 'robert@example.com', name: { givenName: 'Robert', familyName: 'Stone' }, externalId: 'b-1' }
  const put = scim.send('PUT', `/Users/${id}`, body)
  let isAnswered = false
  put.finally(() => {
    isAnswered = true
  })
  while (!isAnswered) await scim.runOperations()
  expect(await put).toMatchObject({ status: 200, body: { id, userName: 'robert@example.com', externalId: 'b-1' } })
  expect(scim.vendor.user('bob@example.com')).toBeUndefined()
  expect(scim.vendor.user('robert@example.com')).toMatchObject({ firstName: 'Robert', groups: ['grp_001'] })
  expect(await scim.idOf('robert@example.com')).toBe(id)
  expect((await scim.send('GET', '/Users?count=0')).body.totalResults).toBe(3)

  const anna = await scim.idOf('Anna.Muller@example.com')
  const refused = await scim.send('PUT', `/Users/${anna}`, { userName: 'anne@example.com' })
  expect(refused).toMatchObject({ status: 403, body: { detail: expect.stringContaining('ADMINISTRATOR') } })
})
