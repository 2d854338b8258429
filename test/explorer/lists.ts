/** Lists and their filters, and what is left of a deleted account. Part of explorer.test.ts, which has the demo. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Demo } from './browser.ts'
import { panel, type Visit } from './write-screens.ts'

export function testLists(visit: Visit, demo: () => Demo): void {
  test('explorer: a deleted account shows the roles, aliases and groups that it had, and the list does not show none', async () => {
    const { users } = await demo().ask(
      '{ users(last: 1, filter: { hasGroups: true }) { nodes { id displayName primaryEmail groups(first: 1) { nodes { name } } } } }',
    )
    const [{ id, displayName, primaryEmail, groups }] = users.nodes
    await demo().ask(`mutation { deleteUser(input: { primaryEmail: "${primaryEmail}" }) { __typename } }`)
    await visit('/users?lifecycle=DELETED', async (page) => {
      const row = page.getByRole('row').filter({ hasText: primaryEmail })
      await row.getByText('removed with the account').nth(1).waitFor()
      await page.goto(`${demo().origin}/users/${encodeURIComponent(id)}`)
      await page.getByRole('heading', { level: 1, name: displayName, exact: true }).waitFor()
      await page.getByText('This account has been deleted').waitFor()
      await panel(page, 'Groups').getByRole('link', { name: groups.nodes[0].name, exact: true }).waitFor()
      await panel(page, 'Roles').getByText('USER', { exact: true }).waitFor()
      expect(await page.getByText(/^(No roles|In no group)/).count()).toBe(0)
    })
  })

  test.each([
    ['/users?status=FOO&type=USER', 'status=FOO', '/users?type=USER'],
    ['/findings?rule=FOO&severity=HIGH', 'rule=FOO', '/findings?severity=HIGH'],
    ['/changes?kind=FOO&kind=ROLE_GRANTED&range=soon', 'kind=FOO, range=soon', '/changes?kind=ROLE_GRANTED'],
  ])(
    'explorer: the address %s has a filter that is not known, which is said and can be removed',
    async (path, named, clean) => {
      await visit(path, async (page) => {
        const notice = page
          .getByRole('alert')
          .filter({ hasText: `The address has a filter that is not known: ${named}` })
        await notice.getByRole('button', { name: 'Remove the filter' }).click()
        await notice.waitFor({ state: 'detached' })
        expect(page.url()).toBe(`${demo().origin}${clean}`)
      })
    },
  )

  test('explorer: users are found by first and last name together', async () => {
    const { user } = await demo().ask('{ user(primaryEmail: "adaeze.schroder@example.com") { firstName lastName } }')
    await visit('/users', async (page) => {
      await page.getByLabel('Name or address contains').fill(`${user.lastName} ${user.firstName}`.toLowerCase())
      await panel(page, 'Matching users')
        .getByRole('status')
        .filter({ hasText: /^1 in all/ })
        .waitFor()
    })
  })

  test('explorer: the export of changes has all that match, not the page alone', async () => {
    await visit('/changes?baseline=yes&kind=USER_CREATED', async (page) => {
      await panel(page, 'Latest changes').getByRole('listitem').first().waitFor()
      const downloading = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Export CSV' }).click()
      const rows = (await readFile(await (await downloading).path(), 'utf8')).trim().split('\r\n')
      expect(rows.length).toBeGreaterThan(2_000)
      expect(new Set(rows).size).toBe(rows.length)
    })
  })

  test('explorer: beside the picture of two selected nodes, the panels scroll within its height, and none is cut', async () => {
    const { users } = await demo().ask('{ users(first: 2, filter: { hasGroups: true }) { nodes { id } } }')
    const ids = users.nodes.map(({ id }: { id: string }) => id)
    const chosen = ['of', 'selected'].flatMap((name) => ids.map((id: string) => [name, id]))
    await visit(`/graph?${new URLSearchParams(chosen)}`, async (page) => {
      await panel(page, 'Shortest paths').getByRole('listitem').first().waitFor()
      const picture = await panel(page, 'Neighborhood').boundingBox()
      const side = page.locator('.graph-side')
      expect(picture?.height).toBeLessThan(1_100)
      expect((await side.boundingBox())?.height).toBe(picture?.height)
      const cut =
        "[...document.querySelectorAll('.graph-side > section')].filter((one) => one.scrollHeight > one.clientHeight + 1)"
      expect(await page.evaluate(`${cut}.length`)).toBe(0)
    })
  })
}
