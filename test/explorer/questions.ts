/** The questions of the overview, as someone answers them who knows no GraphQL. Part of explorer.test.ts. */
import { expect, test } from 'vitest'
import type { Demo } from './browser.ts'
import { panel, type Visit } from './write-screens.ts'

export function testQuestions(visit: Visit, demo: () => Demo): void {
  test('explorer: the common questions are answered by mouse alone', async () => {
    await demo().ask(
      'mutation { addUserToGroup(input: { groupId: "grp_050", primaryEmail: "aaron.delgado@example.com" }) { __typename } }',
    )
    await visit('/', async (page) => {
      await page.getByRole('link', { name: 'Who can administer what?' }).click()
      await page
        .getByRole('row', { name: /^ADMINISTRATOR/ })
        .getByRole('link', { name: /users$/ })
        .click()
      await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor()
      await page.getByRole('link', { name: 'Adaeze Schröder' }).waitFor()

      await page.getByRole('link', { name: 'Overview', exact: true }).click()
      await page.getByRole('link', { name: 'What changed in the last hour?' }).click()
      const added = panel(page, 'Latest changes').getByRole('listitem').filter({ hasText: 'Aaron Delgado' })
      await added.filter({ hasText: 'Joined a group' }).first().waitFor()
      // The first pull is no change.
      expect(await panel(page, 'Latest changes').getByText('there before the first pull').count()).toBe(0)

      await page.getByRole('link', { name: 'Groups', exact: true }).click()
      await page.getByLabel('Name contains').fill('Finance')
      await panel(page, 'Matching groups')
        .getByRole('link', { name: /^Finance/ })
        .first()
        .waitFor()
      const { group } = await demo().ask('{ group(groupId: "grp_050") { name } }')
      await page.getByLabel('Name contains').fill(group.name)
      await page.getByRole('link', { name: group.name, exact: true }).click()
      await panel(page, 'Joined and left').getByText('Aaron Delgado').waitFor()
      await panel(page, 'Joined and left').getByRole('link', { name: 'All changes' }).click()
      await page.getByLabel('Since').fill('-10m')
      await page.getByLabel('Since').press('Enter')
      await panel(page, 'Changes of one object').getByText('Aaron Delgado').first().waitFor()
    })
  })
}
