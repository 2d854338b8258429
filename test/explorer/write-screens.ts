/** The screens that change something, as a person uses them. Part of explorer.test.ts, which has the demo. */
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { Demo } from './browser.ts'

export type Visit = (path: string, act: (page: Page) => Promise<void>) => Promise<void>

export const panel = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true })

export function testWriteScreens(visit: Visit, demo: () => Demo): void {
  test('explorer: an onboarding from a CSV file checks each row, shows the plan, and runs after the count is typed', async () => {
    await visit('/write/onboarding', async (page) => {
      const choose = async (...rows: string[]) => {
        const buffer = Buffer.from(['primaryEmail,firstName,lastName,groups,roles', ...rows].join('\n'))
        await page.locator('input[type=file]').setInputFiles({ name: 'new.csv', mimeType: 'text/csv', buffer })
      }
      const plan = page.getByRole('button', { name: 'Check and show the plan' })
      const good = [
        'first.new@example.com,First,New,Head Office,USER',
        'second.new@example.com,Second,New,grp_002,USER',
      ]
      await choose(...good, 'third.new@example.com,Third,New,Nowhere,USER')
      await page.getByText('3 users, 1 of them with problems.').waitFor()
      await page.getByText('There is no group “Nowhere”.').waitFor()
      expect(await plan.isDisabled()).toBe(true)

      await choose(...good.map((row) => row.replace(/USER$/, 'ADMINISTRATR')))
      await plan.click()
      await page
        .getByText(/did you mean ADMINISTRATOR/)
        .first()
        .waitFor()

      await choose(...good, '', 'aaron.nowak@example.com,Aaron,Nowak,,USER')
      await plan.click()
      const start = page.getByRole('button', { name: 'Start' })
      const row = page.getByRole('row').filter({ hasText: 'aaron.nowak@example.com' })
      await row.getByText(/already in use/).waitFor()
      await page.getByText('3 users, 1 of them with problems.').waitFor()
      expect(await row.getByRole('cell').first().textContent()).toBe('5')
      expect(await start.isDisabled()).toBe(true)
      await page.getByRole('button', { name: 'Leave out 1 row with problems' }).click()
      await page.getByText('2 users, 0 of them with problems. 1 row is left out.').waitFor()
      await plan.click()
      await page.getByText('4 requests would change something at the vendor').waitFor()
      expect(await start.isDisabled()).toBe(false)

      await choose(...good)
      await page.getByText('2 users, 0 of them with problems.').waitFor()
      await plan.click()
      await page.getByText('4 requests would change something at the vendor').waitFor()
      await start.click()
      const dialog = page.getByRole('dialog', { name: 'Create accounts' })
      await dialog.getByRole('textbox').fill('3')
      expect(await dialog.getByRole('button', { name: 'Start' }).isDisabled()).toBe(true)
      await dialog.getByRole('textbox').fill('2')
      await dialog.getByRole('button', { name: 'Start' }).click()
      await page.getByRole('heading', { level: 1, name: 'Operation' }).waitFor()
      await panel(page, 'Onboarding').getByText('Succeeded', { exact: true }).waitFor()
    })
    const { user } = await demo().ask('{ user(primaryEmail: "first.new@example.com") { groups { nodes { name } } } }')
    expect(user.groups.nodes).toEqual([{ name: 'Head Office' }])
  })

  test('explorer: a list of users is deactivated after the plan was shown and the count was typed', async () => {
    const addresses = ['aaron.nowak@example.com', 'aaron.nagy@example.com']
    await visit('/write/deprovisioning', async (page) => {
      const input = page.getByLabel('Primary addresses')
      await input.fill([...addresses, 'missing@example.com'].join('\n'))
      await page.getByText('3 addresses, 1 of them without a live user.').waitFor()
      await page.getByLabel(/^Deactivate/).check()
      expect(await page.getByRole('button', { name: 'Show the plan' }).isDisabled()).toBe(true)
      await input.fill(addresses.join('\n'))
      await page.getByText('2 addresses, 0 of them without a live user.').waitFor()
      await page.getByRole('button', { name: 'Show the plan' }).click()
      await page.getByText(/requests would change something at the vendor/).waitFor()
      await page.getByRole('button', { name: 'Start' }).click()
      const dialog = page.getByRole('dialog', { name: 'Deactivate accounts' })
      await dialog.getByRole('textbox').fill('2')
      await dialog.getByRole('button', { name: 'Start' }).click()
      await panel(page, 'Deprovisioning').getByText('Succeeded', { exact: true }).waitFor()
    })
    const { user } = await demo().ask(`{ user(primaryEmail: "${addresses[0]}") { status groups { totalCount } } }`)
    expect(user).toEqual({ status: 'INACTIVE', groups: { totalCount: 0 } })
  })

  test('explorer: a finding is accepted with a reason and an end date, leaves the list, and returns when that is withdrawn', async () => {
    const { findings } = await demo().ask('{ findings(rules: [SAME_PERSON_TWICE]) { totalCount } }')
    const count = (number: number) => new RegExp(`^${number} findings?\\b`)
    await visit('/findings?rule=SAME_PERSON_TWICE', async (page) => {
      const list = panel(page, 'Matching findings')
      await list.getByText(count(findings.totalCount)).waitFor()
      await list.getByRole('button', { name: 'Accept', exact: true }).first().click()
      const dialog = page.getByRole('dialog', { name: 'Accept a finding' })
      await dialog.getByLabel('Reason').fill('Two people of one name')
      expect(await dialog.getByRole('button', { name: 'Accept', exact: true }).isDisabled()).toBe(true)
      await dialog.getByRole('button', { name: '3 months' }).click()
      await dialog.getByRole('button', { name: 'Accept', exact: true }).click()
      await list.getByText(count(findings.totalCount - 1)).waitFor()
      await page.getByLabel('Accepted').selectOption('only')
      await list.getByText(/Accepted by admin .*: Two people of one name/).waitFor()
      await list.getByText(count(1)).waitFor()
      await list.getByRole('button', { name: 'Withdraw the acceptance' }).click()
      await list.getByText(count(0)).waitFor()
      await page.getByLabel('Accepted').selectOption('')
      await list.getByText(count(findings.totalCount)).waitFor()
    })
  })
}
