/** Makes the images of the documents: `npm run screenshots`. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { startDemo } from './browser.ts'

const folder = join(import.meta.dirname, '../../docs/images')

await mkdir(folder, { recursive: true })
await using demo = await startDemo()
const { user } = await demo.ask('{ user(primaryEmail: "adaeze.schroder@example.com") { id } }')
const shots: [name: string, path: string, ready: (page: Page) => Promise<void>][] = [
  ['overview', '/', (page) => page.getByText('Request allowance').waitFor()],
  ['person', `/users/${user.id}`, (page) => page.getByText('Shares').first().waitFor()],
  [
    'graph',
    `/graph?of=${user.id}&limit=100&depth=1`,
    (page) => page.locator('[data-settled="true"]').waitFor({ timeout: 120_000 }),
  ],
]
for (const [name, path, ready] of shots) {
  await using opened = await demo.open(path, { viewport: { width: 1280, height: 800 }, colorScheme: 'light' })
  await ready(opened.page)
  await opened.page.screenshot({ path: join(folder, `${name}.png`) })
  process.stdout.write(`docs/images/${name}.png\n`)
}
