/** The demo and a Chromium for the tests of the explorer. */
import { existsSync } from 'node:fs'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { buildExplorer } from '../../src/cli/demo/build-explorer.ts'
import { temporaryFolder } from '../embedded/temporary-folder.ts'
import { ask, startProgram, token } from '../support/program.ts'

const executablePath = '/usr/bin/chromium'
const viewport = { width: 1280, height: 900 }
/** It only ends what hangs: a page takes a second, and much longer on a busy machine. */
const hangsAfterMs = 120_000

/** In CI a missing browser is a failure; elsewhere the tests are skipped. */
export const hasBrowser = existsSync(executablePath) || process.env.CI !== undefined
if (!hasBrowser) process.stderr.write(`The tests of the explorer are skipped: ${executablePath} is not installed.\n`)

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface Demo extends AsyncDisposable {
  readonly origin: string
  /** Opens a page that is signed in, at the path, with a cache and storage of its own. */
  open(path: string, options?: BrowserContextOptions): Promise<OpenPage>
  /**
   * Loads the path, signed in, in the one page that all tests of a file share: starting a page and compiling the scripts
   * anew takes seconds. Storage is empty, and `errors` starts anew.
   */
  visit(path: string, colorScheme?: 'light' | 'dark'): Promise<Omit<OpenPage, keyof AsyncDisposable>>
  /** Sends an operation to the API; throws if it fails. */
  // biome-ignore lint/suspicious/noExplicitAny: a response has the shape of its query, which only the test knows.
  ask(query: string, variables?: object): Promise<any>
}

export interface OpenPage extends AsyncDisposable {
  readonly page: Page
  /** The errors of the console and of scripts so far. */
  readonly errors: readonly string[]
}

export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath, args: flags })
}

/** Builds the explorer if its output is missing or stale. */
export async function builtExplorer(): Promise<void> {
  const problem = await buildExplorer(new AbortController().signal)
  if (problem !== undefined) throw new Error(problem)
}

/** A page that visits one path after the other. */
export async function sharedPage(browser: Browser, origin: string, fragment = ''): Promise<Demo['visit']> {
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce' })
  context.setDefaultTimeout(hangsAfterMs)
  const page = await context.newPage()
  let errors: string[] = []
  page.on('console', (message) => {
    const { url } = message.location()
    // Chromium asks for the icon of /health/live, which has none, at any time later.
    if (message.type() === 'error' && !url.endsWith('/favicon.ico')) errors.push(`${message.text()} ${url}`)
  })
  page.on('pageerror', (error) => errors.push(String(error)))
  return async (path, colorScheme = 'light') => {
    // Otherwise only the fragment might change, which loads nothing. A page of another origin would end the process.
    await page.goto(`${origin}/health/live`)
    await page.evaluate('localStorage.clear()')
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize(viewport)
    errors = []
    await page.goto(`${origin}${path}${fragment}`)
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    return { page, errors }
  }
}

/** Only the first pull runs, unless another interval is given: the demo pulls 2,500 users every 15 s otherwise. */
export async function startDemo(pullIntervalSeconds = '3600'): Promise<Demo> {
  await using opening = new AsyncDisposableStack()
  const folder = opening.use(await temporaryFolder())
  const program = opening.use(
    startProgram(['demo'], {
      PORT: '0',
      ADMIN_TOKEN: token,
      DATA_DIR: `${folder.path}/data`,
      PULL_INTERVAL_SECONDS: pullIntervalSeconds,
    }),
  )
  const browser = opening.use(await openBrowser())
  const origin = await program.origin()
  // The demo prints this once the first pull is complete and the explorer is built.
  const [, address = ''] = await program.says(/(http:\/\/\S+\/#token=\S+)/)
  const { hash } = new URL(address)
  const visit = await sharedPage(browser, origin, hash)
  const owned = opening.move()
  return {
    origin,
    visit,
    async open(path, options = {}) {
      const context = await browser.newContext({ viewport, ...options })
      context.setDefaultTimeout(hangsAfterMs)
      const page = await context.newPage()
      const errors: string[] = []
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
      page.on('pageerror', (error) => errors.push(String(error)))
      await page.goto(`${origin}${path}${hash}`)
      await page.getByRole('heading', { level: 1 }).first().waitFor()
      return { page, errors, [Symbol.asyncDispose]: () => context.close() }
    },
    async ask(query, variables) {
      const { data, errors } = await ask(origin, query, variables)
      if (errors) throw new Error(errors.map(({ message }) => message).join('\n'))
      return data
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** The serious violations of accessibility rules on the page, and landmarks of one name, one line each. */
export async function seriousViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const results = (await page.evaluate(`axe.run({ resultTypes: ['violations'] })`)) as axe.AxeResults
  return results.violations
    .filter(({ id, impact }) => impact === 'serious' || impact === 'critical' || id === 'landmark-unique')
    .flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html.slice(0, 200)} ${any[0]?.message ?? ''}`))
}

/** Whether the page can be scrolled sideways. A change of the window's size takes effect over a few frames. */
export async function scrollsSideways(page: Page): Promise<boolean> {
  for (let frame = 0; frame < 100; frame += 1) {
    if (Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth')) <= 0) return false
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(resolve))')
  }
  return true
}
