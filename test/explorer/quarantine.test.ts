/** The two ways out of a quarantine, in Chromium, at a vendor that suddenly shows fewer users. */
import { expect, test } from 'vitest'
import { type RunningApi, runApi } from '../program/running.ts'
import { until } from '../support/until.ts'
import { builtExplorer, hasBrowser, openBrowser, sharedPage } from './browser.ts'
import { panel } from './write-screens.ts'

const state = `{ users { totalCount } organization { mirror { pulls(first: 1) { nodes { state deleted } } } } }`

async function mirrorOf(api: RunningApi, token: string) {
  const { data } = await api.ask(token, state)
  const { users, organization } = data as {
    users: { totalCount: number }
    organization: { mirror: { pulls: { nodes: { state: string; deleted: number }[] } } }
  }
  return { users: users.totalCount, pull: organization.mirror.pulls.nodes[0] }
}

test.skipIf(!hasBrowser)(
  'explorer: an administrator rejects a quarantine and accepts the next one, by typing the word; others see who can',
  async () => {
    await builtExplorer()
    await using api = await runApi({ PULL_INTERVAL_SECONDS: '86400' }, { worker: true, users: 59 })
    const rights = { organizations: ['a'], scopes: ['read', 'write'] as const }
    const writer = await api.token({ name: 'writer', ...rights })
    const administrator = await api.token({ name: 'administrator', ...rights, scopes: ['read', 'write', 'admin'] })
    const ended = (wanted: string) =>
      until(async () => {
        const now = await mirrorOf(api, administrator)
        return now.pull?.state === wanted && now
      })
    await ended('COMPLETE')
    const vendor = api.simulator.organization('key-a')
    for (const { primaryEmail } of vendor.users().slice(30)) vendor.deleteUser(primaryEmail)

    await using browser = await openBrowser()
    const { origin } = new URL(api.running.server?.url ?? '')
    const visit = await sharedPage(browser, origin)
    const errors: string[] = []
    const operations = async (token: string) => {
      const opened = await visit(`/operations#token=${token}`)
      return { page: opened.page, mirror: panel(opened.page, 'Mirror'), done: () => errors.push(...opened.errors) }
    }
    const pull = async (token: string, says: string) => {
      const { mirror, done } = await operations(token)
      await mirror.getByRole('button', { name: 'Start a pull' }).click()
      await mirror.getByText(says).waitFor()
      done()
    }
    const answer = async (button: string, word: string) => {
      const { page, mirror, done } = await operations(administrator)
      await mirror
        .getByText(/30 of 60 users/)
        .first()
        .waitFor()
      expect(await mirrorOf(api, administrator)).toMatchObject({ users: 60, pull: { state: 'QUARANTINED' } })
      await mirror.getByRole('button', { name: button }).click()
      const dialog = page.getByRole('dialog')
      const confirm = dialog.getByRole('button', { name: new RegExp(`^${word}$`, 'i') })
      expect(await confirm.isDisabled()).toBe(true)
      await dialog.getByRole('textbox').fill(word)
      await confirm.click()
      await mirror.getByText('Deletions await a decision').waitFor({ state: 'detached' })
      done()
    }
    await pull(administrator, 'Deletions await a decision')
    await answer('Reject them', 'reject')
    expect(await ended('DISCARDED')).toMatchObject({ users: 60 })

    await pull(writer, 'A token with the scope admin can accept or reject them.')
    const { mirror } = await operations(writer)
    await mirror.getByText('Deletions await a decision').waitFor()
    expect(await mirror.getByRole('button', { name: 'Accept the deletions' }).count()).toBe(0)

    await answer('Accept the deletions', 'accept')
    expect(await ended('COMPLETE')).toMatchObject({ users: 30, pull: { deleted: 30 } })
    expect(errors).toEqual([])
  },
)
