/**
 * The explorer in headless Chromium, on the demo. First the first load: compressed bytes, and the time until the overview
 * has its data. Then the main-thread time of each frame while a picture of 2,000 nodes is moved, and while one of its
 * nodes is dragged. Not in CI: `node bench/explorer.ts`.
 */
import { startDemo } from '../test/explorer/browser.ts'

const rounds = 5
const frames = 120

interface Neighborhood {
  readonly nodes: { readonly id: string }[]
  readonly edges: { kind: string; source: string; target: string; policyState: string | null }[]
}

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

// Groups and the role of everybody. The demo has about 7,000 relationships among them; the rest is made up.
const drawnEdges = 10_000
const { groups, role } = await demo.ask('{ groups(first: 45) { nodes { id } } role(name: "USER") { id } }')
const roots = [role, ...groups.nodes].map(({ id }: { id: string }) => `of=${encodeURIComponent(id)}`)
await using graph = await demo.open('/')
const { page } = graph
await page.route('**/graphql', async (route) => {
  if (!route.request().postData()?.includes('query Neighborhood')) return await route.fallback()
  const response = await route.fetch()
  const answer = (await response.json()) as { data: { neighborhood: Neighborhood } }
  const { nodes, edges } = answer.data.neighborhood
  const ids = nodes.map(({ id }) => id)
  for (let step = 1; edges.length < drawnEdges; step += 1) {
    for (const [i, source] of ids.entries()) {
      const target = ids[(i + step * 17) % ids.length]
      if (target && edges.length < drawnEdges) edges.push({ kind: 'MEMBER_OF', source, target, policyState: null })
    }
  }
  await route.fulfill({ response, json: answer })
})
await page.goto(`${demo.origin}/graph?limit=2000&depth=1&via=MEMBER_OF&via=HOLDS&${roots.join('&')}`)
await page.locator('[data-settled="true"]').waitFor({ timeout: 300_000 })
const size = await page.getByText(/nodes, \d+ relationships/).innerText()

for (const [what, x, y] of [
  ['moving the picture', 0.01, 0.01],
  ['dragging a node', 0.5, 0.5],
] as const) {
  // Driven inside the page: events from outside arrive at a rate of their own. The time of a frame is that of the
  // handler of the pointer and of all callbacks of the frame.
  const [times, intervals] = (await page.evaluate(`new Promise((resolve) => {
    const canvas = document.querySelectorAll('.picture canvas')[1]
    const box = canvas.getBoundingClientRect()
    const send = (type, x, y) => canvas.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 1, clientX: box.x + x, clientY: box.y + y }))
    canvas.setPointerCapture = () => {}
    const request = window.requestAnimationFrame
    const [times, starts] = [[], []]
    let busy = 0
    const timed = (work) => {
      const from = performance.now()
      work()
      busy += performance.now() - from
    }
    window.requestAnimationFrame = (callback) => request.call(window, (now) => timed(() => callback(now)))
    const [x, y] = [box.width * ${x}, box.height * ${y}]
    timed(() => send('pointerdown', x, y))
    let frame = 0
    const step = () => {
      // Runs before the callbacks that the page has requested since, so busy is that of the frame before.
      if (frame > 0) times.push(busy)
      starts.push(performance.now())
      busy = 0
      frame += 1
      if (frame > ${frames}) {
        send('pointerup', x, y)
        window.requestAnimationFrame = request
        return resolve([times, starts.slice(1).map((start, i) => start - starts[i])])
      }
      request.call(window, step)
      timed(() => send('pointermove', x + 60 * Math.sin(frame / 10), y + 60 * Math.cos(frame / 10)))
    }
    request.call(window, step)
  })`)) as [number[], number[]]
  const late = times.filter((time) => time > 33).length
  const seconds = intervals.reduce((all, each) => all + each, 0) / 1_000
  process.stdout.write(
    `${what} (${size}): main thread ${median(times).toFixed(1)} ms a frame in the median, ${Math.max(...times).toFixed(1)} at most, ${late} of ${times.length} above 33; ${(intervals.length / seconds).toFixed(0)} frames/s\n`,
  )
}

function kb(bytes: number): string {
  return `${(bytes / 1024).toFixed(0)} KB`
}
