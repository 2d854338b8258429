/** The explorer as a person uses it, in Chromium, on the data of the demo. */
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Demo, hasBrowser, scrollsSideways, seriousViolations, startDemo } from './browser.ts'
import { testLists } from './lists.ts'
import { testQuestions } from './questions.ts'
import { panel, testWriteScreens } from './write-screens.ts'
import { testWrongTurns } from './wrong-turns.ts'

const views = ['Overview', 'Graph', 'Users', 'Groups', 'Findings', 'Changes', 'Operations', 'Query editor']

/** The widths at which the page can be scrolled sideways. */
async function sidewaysAt(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const width of [360, 768, 1920, 1280]) {
    await page.setViewportSize({ width, height: 900 })
    if (await scrollsSideways(page)) found.push(`scrolls sideways at ${width}`)
  }
  return found
}

describe.skipIf(!hasBrowser)('explorer in a browser', () => {
  let demo: Demo

  beforeAll(async () => {
    demo = await startDemo()
    // A build of the explorer and a first pull, on a busy machine.
  }, 300_000)
  afterAll(async () => {
    await demo?.[Symbol.asyncDispose]()
  })

  /** Opens a page, and expects that it logs no error until the end. */
  async function visit(path: string, act: (page: Page) => Promise<void>) {
    const { page, errors } = await demo.visit(path)
    await act(page)
    expect(errors).toEqual([])
  }

  test('explorer: the token of the fragment signs in, leaves the address, and signing out forgets it', async () => {
    await visit('/', async (page) => {
      expect(page.url()).toBe(`${demo.origin}/`)
      for (const name of views) await page.getByRole('link', { name, exact: true }).first().waitFor()
      await page.getByRole('button', { name: 'Session and appearance' }).click()
      await page.getByRole('menuitem', { name: 'Sign out' }).click()
      await page.getByLabel('Token', { exact: true }).waitFor()
      await page.reload()
      await page.getByLabel('Token', { exact: true }).waitFor()
    })
  })

  test('explorer: a wrong token is reported on the sign-in page', async () => {
    const { page } = await demo.visit('/')
    await page.getByRole('button', { name: 'Session and appearance' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByLabel('Token', { exact: true }).fill('a-wrong-token')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('The token was not accepted').waitFor()
  })

  test('explorer: the search finds a person despite a typo, by keyboard alone', async () => {
    await visit('/', async (page) => {
      await page.keyboard.press('/')
      await page.keyboard.type('adaze schroeder')
      const search = page.getByRole('searchbox', { name: 'Search', exact: true })
      expect(await search.inputValue()).toBe('adaze schroeder')
      await page
        .getByRole('option', { name: /Adaeze Schröder/ })
        .first()
        .waitFor()
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { level: 1, name: 'Adaeze Schröder' }).waitFor()
      await panel(page, 'Account').getByText('adaeze.schroder@example.com').waitFor()
      await panel(page, 'Account').getByText('Profile read').waitFor()
      await search.focus()
      await page.getByRole('option', { name: /Adaeze Schröder/ }).waitFor()
    })
  })

  test('explorer: the search for an alias leads to its user', async () => {
    const { aliases } = await demo.ask('{ aliases(first: 1) { nodes { address user { displayName } } } }')
    const [{ address, user }] = aliases.nodes
    await visit('/', async (page) => {
      await page.getByRole('searchbox', { name: 'Search', exact: true }).fill(address)
      await page.getByRole('option', { name: user.displayName }).first().click()
      await page.getByRole('heading', { level: 1, name: user.displayName }).waitFor()
      await panel(page, 'Aliases').getByText(address).waitFor()
    })
  })

  test('explorer: inactive accounts with a privileged role are found by mouse, and the address shares the list', async () => {
    const { users } = await demo.ask(
      '{ users(first: 1, filter: { status: INACTIVE, privileged: true }) { totalCount nodes { displayName } } }',
    )
    await visit('/users', async (page) => {
      await panel(page, 'Counts')
        .getByRole('button', { name: /^INACTIVE/ })
        .click()
      await page.getByLabel('Privileged role').selectOption('yes')
      await page
        .getByRole('status')
        .filter({ hasText: `${users.totalCount} in all` })
        .waitFor()
      await page.reload()
      await page
        .getByRole('status')
        .filter({ hasText: `${users.totalCount} in all` })
        .waitFor()
      await page.getByRole('link', { name: users.nodes[0].displayName }).waitFor()
    })
  })

  test('explorer: the list of users is sorted by its headings and exported as CSV', async () => {
    await visit('/users?domain=example.org', async (page) => {
      await page.getByRole('button', { name: /^Primary address/ }).click()
      await page.locator('th[aria-sort="ascending"]', { hasText: 'Primary address' }).waitFor()
      await page.getByRole('button', { name: /^Primary address/ }).click()
      await page.locator('th[aria-sort="descending"]', { hasText: 'Primary address' }).waitFor()
      const downloading = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Export CSV' }).click()
      const text = await readFile(await (await downloading).path(), 'utf8')
      const rows = text.trim().split('\r\n')
      expect(text.startsWith('\uFEFF')).toBe(true)
      expect(rows[0]).toBe('name,primary address,status,type,roles,aliases,groups,created,updated,deleted')
      expect(rows.length).toBeGreaterThan(100)
      expect(rows.filter((row) => /(?:^|,)"?[=+@-]/.test(row))).toEqual([])
    })
  })

  test('explorer: a finding leads to its subject', async () => {
    const label = 'Deactivated account with a privileged role'
    const read = async () => {
      const { findings } = await demo.ask(
        '{ findings(rules: [PRIVILEGED_INACTIVE], first: 1) { nodes { subjects { ... on User { displayName } } } } }',
      )
      return findings.nodes[0]?.subjects[0].displayName as string | undefined
    }
    // The worker evaluates the rules soon after the first pull.
    await expect.poll(read, { timeout: 60_000 }).toBeDefined()
    const name = (await read()) ?? ''
    await visit('/findings', async (page) => {
      await page.getByRole('button', { name: new RegExp(`^${label}`) }).click()
      const items = panel(page, 'Matching findings').getByRole('listitem')
      // The findings of all rules are shown until those of this one arrive.
      await items.filter({ hasNotText: label }).first().waitFor({ state: 'detached' })
      await items.getByRole('link', { name, exact: true }).first().click()
      await page.getByRole('heading', { level: 1, name }).waitFor()
    })
  })

  test('explorer: a change appears in the list of changes as it happens', async () => {
    await visit('/changes', async (page) => {
      await page
        .getByRole('status')
        .filter({ hasText: /^Live$/ })
        .waitFor()
      await demo.ask(
        `mutation { updateUser(input: { primaryEmail: "aaron.bauer@example.com", set: { firstName: "Ahron" } }) { __typename } }`,
      )
      await page.getByText('from “Aaron” to “Ahron”').first().waitFor()
    })
  })

  test('explorer: a person looks as before at a past moment, and nothing can be changed there', async () => {
    const { user } = await demo.ask('{ user(primaryEmail: "aaron.klein@example.com") { id freshness { profileAt } } }')
    const moment = new Date().toISOString()
    await demo.ask(
      `mutation { updateUser(input: { primaryEmail: "aaron.klein@example.com", set: { lastName: "Kleiner" } }) { __typename } }`,
    )
    await visit(`/users/${user.id}?asOf=${moment}`, async (page) => {
      await page.getByRole('heading', { level: 1, name: 'Aaron Klein', exact: true }).waitFor()
      await page.getByText('You are looking at the past').waitFor()
      expect(await page.getByRole('button', { name: 'Edit' }).count()).toBe(0)
      await page.getByRole('button', { name: 'Back to now' }).click()
      await page.getByRole('heading', { level: 1, name: 'Aaron Kleiner', exact: true }).waitFor()
      await page.goBack()
      await page.getByRole('heading', { level: 1, name: 'Aaron Klein', exact: true }).waitFor()
    })
  })

  test('explorer: a moment before the history is explained', async () => {
    // The browser logs the response with status 400 as an error.
    const { page } = await demo.visit('/users')
    await page.getByRole('button', { name: /^As of/ }).click()
    await page.getByLabel('Moment').fill('2001-01-01T00:00:00')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByText('This moment is outside the retained history').first().waitFor()
  })

  test('explorer: the graph shows how two people are connected, in the picture and in words', async () => {
    await visit('/graph', async (page) => {
      await page.locator('canvas').first().waitFor()
      const add = page.getByRole('searchbox', { name: 'Add a node' })
      for (const name of ['Aaron Bauer', 'Aaron Delgado']) {
        await add.fill(name)
        await page
          .getByRole('option', { name: new RegExp(name.replace('Aaron', 'A\\w+')) })
          .first()
          .click()
      }
      await panel(page, 'Shortest paths').getByRole('listitem').first().waitFor()
      await page.getByRole('button', { name: /Aaron Delgado/, pressed: true }).waitFor()
      const downloading = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Export CSV' }).click()
      expect(await readFile(await (await downloading).path(), 'utf8')).toMatch(/MEMBER_OF/)
      const image = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Export PNG' }).click()
      expect((await readFile(await (await image).path())).subarray(1, 4).toString()).toBe('PNG')
    })
  })

  test('explorer: a person is edited after the plan was shown', async () => {
    const { user } = await demo.ask('{ user(primaryEmail: "aaron.mori@example.com") { id } }')
    await visit(`/users/${user.id}`, async (page) => {
      await page.getByRole('button', { name: 'Edit', exact: true }).click()
      await page.getByLabel('Last name').fill('Moriyama')
      expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
      await page.getByRole('button', { name: 'Show the plan' }).click()
      await page.getByText('1 request would change something at the vendor').waitFor()
      await page.getByLabel(/Send this to the vendor/).check()
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText(/^Changed: lastName/).waitFor()
      await page.getByRole('dialog').getByText('Close', { exact: true }).click()
      await page.getByRole('heading', { level: 1, name: 'Aaron Moriyama' }).waitFor()
    })
  })

  testLists(visit, () => demo)

  test('explorer: the operations page shows the mirror and its pulls', async () => {
    await visit('/operations', async (page) => {
      await panel(page, 'Mirror')
        .getByText(/Request allowance: \d+ of 100/)
        .waitFor()
      await panel(page, 'Pulls').getByText('Complete').first().waitFor()
      await panel(page, 'Latest operations').waitFor()
    })
  })

  test('query editor: it opens the query of a panel and runs it with the session', async () => {
    await visit('/groups', async (page) => {
      await panel(page, 'Matching groups').getByRole('button', { name: 'Show query' }).click()
      await page.getByRole('tab', { name: 'Groups' }).first().waitFor()
      // The button has no effect until the editor has its text.
      await page.locator('.graphiql-query-editor .view-line').nth(5).waitFor()
      await page.getByRole('button', { name: /^Execute query/ }).click()
      await page.locator('.graphiql-response').getByText('totalCount').first().waitFor()
      expect(await sidewaysAt(page)).toEqual([])
    })
  })

  testQuestions(visit, () => demo)
  testWriteScreens(visit, () => demo)
  testWrongTurns(visit, () => demo)

  test.each(['light', 'dark'] as const)(
    'explorer: no view has a serious accessibility problem or scrolls sideways from 360 to 1920 pixels (%s)',
    async (scheme) => {
      const { users, groups } = await demo.ask(
        '{ users(first: 1) { nodes { id displayName } } groups(first: 1) { nodes { id name } } }',
      )
      const [user, group] = [users.nodes[0], groups.nodes[0]]
      const headings: Record<string, string> = {
        light: {
          '/': 'Overview',
          '/users': 'Users',
          [`/groups/${group.id}`]: group.name,
          '/roles': 'Roles',
          '/changes': 'Changes',
          [`/?asOf=${new Date().toISOString()}`]: 'Overview',
        },
        dark: {
          '/graph': 'Graph',
          [`/users/${user.id}`]: user.displayName,
          '/groups': 'Groups',
          '/findings': 'Findings',
          '/operations': 'Operations',
        },
      }[scheme]
      const { page } = await demo.visit('/', scheme)
      const found: Record<string, string[]> = {}
      for (const [path, name] of Object.entries(headings)) {
        // As a link does it, without loading the scripts again.
        await page.evaluate(`history.pushState(null, '', ${JSON.stringify(path)})`)
        await page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
        await page.getByRole('button', { name: 'Show query' }).first().waitFor()
        await page.locator('[aria-busy]').first().waitFor({ state: 'detached' })
        if (path.includes('asOf')) await page.getByText('You are looking at the past').waitFor()
        found[path] = [...(await seriousViolations(page)), ...(await sidewaysAt(page))]
      }
      expect(found).toEqual(Object.fromEntries(Object.keys(headings).map((path) => [path, []])))
    },
  )
})
