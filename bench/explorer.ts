/**
 * The first load of the explorer in headless Chromium, on the demo: compressed bytes, and the time until the overview has
 * its data. Then the frames while a node of the largest picture is dragged. Not in CI: `node bench/explorer.ts`.
 */
import { startDemo } from '../test/explorer/browser.ts'

const rounds = 5
const frames = 120

await using demo = await startDemo()

const loads: number[] = []
let [scriptBytes, styleBytes] = [0, 0]
for (let round = 0; round < rounds; round += 1) {
  await using opened = await demo.open('/')
  const { page } = opened
  // The sign-in of the session stays; the cache is the browser's own, and is bypassed.
  const client = await page.context().newCDPSession(page)
  await client.send('Network.setCacheDisabled', { cacheDisabled: true })
  const startedAt = performance.now()
  await page.goto(`${demo.origin}/`)
  await page.getByText('Request allowance').waitFor()
  loads.push(performance.now() - startedAt)
  const sizes = (await page.evaluate(
    `performance.getEntriesByType('resource').filter(({ name }) => name.includes('/assets/'))
      .map(({ name, encodedBodySize }) => [name, encodedBodySize])`,
  )) as [string, number][]
  const sum = (suffix: string) =>
    sizes.filter(([name]) => name.endsWith(suffix)).reduce((all, [, size]) => all + size, 0)
  ;[scriptBytes, styleBytes] = [sum('.js'), sum('.css')]
}
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
process.stdout.write(`first load: ${kb(scriptBytes)} of script, ${kb(styleBytes)} of styles, compressed\n`)
process.stdout.write(`overview with its data: median ${Math.round(median(loads))} ms of ${rounds}\n`)

await using graph = await demo.open('/graph?limit=500&depth=2')
const { page } = graph
await page.locator('[data-settled="true"]').waitFor({ timeout: 300_000 })
const size = await page.getByText(/nodes, \d+ relationships/).innerText()
// Driven inside the page: events from outside arrive at a rate of their own.
const times = (await page.evaluate(`new Promise((resolve) => {
  const canvas = document.querySelectorAll('.picture canvas')[1]
  const box = canvas.getBoundingClientRect()
  const send = (type, x, y) => canvas.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 1, clientX: box.x + x, clientY: box.y + y }))
  canvas.setPointerCapture = () => {}
  const [x, y] = [box.width / 2, box.height / 2]
  send('pointerdown', x, y)
  const times = []
  let last = performance.now()
  const step = (now) => {
    times.push(now - last)
    last = now
    if (times.length === ${frames}) return resolve(times)
    send('pointermove', x + 60 * Math.sin(times.length / 10), y + 60 * Math.cos(times.length / 10))
    requestAnimationFrame(step)
  }
  requestAnimationFrame(step)
})`)) as number[]
process.stdout.write(`moving the picture (${size}): median ${median(times).toFixed(1)} ms a frame\n`)

function kb(bytes: number): string {
  return `${(bytes / 1024).toFixed(0)} KB`
}
