/** What a person does too early, or with an address that is wrong. Part of explorer.test.ts, which has the demo. */
import { expect, test } from 'vitest'
import type { Demo } from './browser.ts'
import { panel, type Visit } from './write-screens.ts'

export function testWrongTurns(visit: Visit, demo: () => Demo): void {
  test('explorer: Enter before the results have arrived opens the person that was typed last', async () => {
    await visit('/', async (page) => {
      const search = page.getByRole('searchbox', { name: 'Search', exact: true })
      await search.fill('Adaeze Schröder')
      await page
        .getByRole('option', { name: /Adaeze Schröder/ })
        .first()
        .waitFor()
      await search.fill('Petra Gallagher')
      await search.press('Enter')
      await page.getByRole('heading', { level: 1, name: 'Petra Gallagher' }).waitFor()
    })
  })

  test('explorer: the search puts the owner of exactly this alias first', async () => {
    const { users } = await demo().ask(
      '{ users(filter: { hasAliases: true }, first: 40) { nodes { displayName aliases { address } } } }',
    )
    await visit('/', async (page) => {
      for (const { displayName, aliases } of users.nodes.slice(0, 3)) {
        await page.getByRole('searchbox', { name: 'Search', exact: true }).fill(aliases[0].address)
        const first = page.getByRole('option').first()
        await page.getByRole('option', { name: aliases[0].address }).first().waitFor()
        expect(await first.innerText()).toContain(displayName)
      }
    })
  })

  test.each([
    ['/users?asOf=bad', '“bad” is not a moment'],
    ['/users?asOf=2099-01-01T00:00:00Z', 'is in the future'],
    ['/users?organization=nope', 'can see no organization “nope”'],
    ['/people', 'There is no page at this address'],
  ])('explorer: %s says what is wrong, and nothing else is shown in its place', async (path, problem) => {
    const { page } = await demo().visit('/')
    await page.goto(`${demo().origin}${path}`)
    await page.getByText(problem).waitFor()
    await page.getByRole('heading', { level: 1, name: 'Not found' }).waitFor()
    expect(await page.getByRole('region').count()).toBe(0)
  })

  test('explorer: a view that cannot be loaded leaves the navigation, and the way back works', async () => {
    const { page } = await demo().visit('/users')
    await page.route(/assets\/graph-view/, (route) => route.abort())
    await page.getByRole('link', { name: 'Graph', exact: true }).click()
    await page.getByText('This page could not be shown').waitFor()
    await page.goBack()
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor()
    await page.unroute(/assets\/graph-view/)
  })

  test('explorer: a token that no header can carry is refused on the sign-in page', async () => {
    const { page } = await demo().visit('/')
    await page.getByRole('button', { name: 'Session and appearance' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByLabel('Token', { exact: true }).fill('токен')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('A token consists of Latin letters').waitFor()
  })

  test('explorer: an entry of the history leads to the person as before it', async () => {
    const primaryEmail = 'rania.das@example.com'
    await demo().ask(
      `mutation { updateUser(input: { primaryEmail: "${primaryEmail}", set: { lastName: "Dasgupta" } }) { __typename } }`,
    )
    const { user } = await demo().ask(`{ user(primaryEmail: "${primaryEmail}") { id } }`)
    await visit(`/users/${user.id}`, async (page) => {
      await page.getByRole('heading', { level: 1, name: 'Rania Dasgupta' }).waitFor()
      await panel(page, 'History').getByRole('link', { name: 'before this change' }).first().click()
      await page.getByText('You are looking at the past').waitFor()
      await page.getByRole('heading', { level: 1, name: 'Rania Das', exact: true }).waitFor()
    })
  })
}
