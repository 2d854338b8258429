/**
 * Malicious requests: how long each blocks the event loop, its CPU time, the memory that it leaves behind, and its
 * effect on other callers. `node --expose-gc bench/malicious.ts`; with arguments, only the attacks whose names contain
 * one of them.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { attacks as all } from '../test/support/attacks.ts'
import { percentile, serveBench, token } from './served.ts'

const words = process.argv.slice(2)
const attacks = Object.fromEntries(
  Object.entries(all).filter(([name]) => words.length === 0 || words.some((word) => name.includes(word))),
)
const rounds = 5

await using served = await serveBench()
await seedUsers(500)

const post = async (body: string) => {
  const from = performance.now()
  const answer = await fetch(served.url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
    },
    body,
  })
  const bytes = (await answer.arrayBuffer()).byteLength
  return { status: answer.status, bytes, ms: performance.now() - from }
}

const innocent = JSON.stringify({ query: '{ organizations { slug mirror { state } } }' })
for (let i = 0; i < 300; i += 1) await post(innocent)
for (const body of Object.values(attacks)) await post(body)

/** The compiler and the garbage collector add noise: the best of several rounds is the cost of the attack. */
let worst = { name: '', stall: 0 }
for (const [name, body] of Object.entries(attacks)) {
  const taken: { status: number; bytes: number; ms: number; stall: number; cpu: number }[] = []
  for (let i = 0; i < rounds; i += 1) {
    const longestTurn = watchTurns()
    const cpu = process.cpuUsage()
    const answer = await post(body)
    await sleep(5)
    const used = process.cpuUsage(cpu)
    taken.push({ ...answer, stall: longestTurn(), cpu: (used.user + used.system) / 1e3 })
  }
  const least = (key: 'ms' | 'stall' | 'cpu') => Math.min(...taken.map((one) => one[key]))
  if (least('stall') > worst.stall) worst = { name, stall: least('stall') }
  process.stdout.write(
    `${name}: ${taken[0]?.status}, ${taken[0]?.bytes} bytes, stall ${least('stall').toFixed(0)} ms, CPU ${least('cpu').toFixed(0)} ms, ${least('ms').toFixed(0)} ms\n`,
  )
}
process.stdout.write(`the longest stall: ${worst.stall.toFixed(0)} ms, by ${worst.name}\n`)

const innocents = async () => {
  const taken: number[] = []
  for (let i = 0; i < 400; i += 1) taken.push((await post(innocent)).ms)
  return percentile(taken, 0.95)
}
globalThis.gc?.()
const memory = process.memoryUsage().rss
const alone = await innocents()
let attacking = true
const attacker = (async () => {
  const bodies = Object.values(attacks)
  for (let i = 0; attacking; i += 1) {
    await post(bodies[i % bodies.length] ?? '')
    await sleep(50)
  }
})()
const beset = await innocents()
attacking = false
await attacker
globalThis.gc?.()
const grown = (process.memoryUsage().rss - memory) / 1e6
process.stdout.write(
  `others' p95: ${alone.toFixed(1)} ms alone, ${beset.toFixed(1)} ms beside 20 attacks a second; ${grown.toFixed(0)} MB more\n`,
)

/**
 * Returns the longest turn of the event loop so far, in ms of the thread's CPU time, which excludes the load of other
 * programs.
 */
function watchTurns(): () => number {
  let longest = 0
  let isWatching = true
  let from = process.threadCpuUsage()
  const look = () => {
    const { user, system } = process.threadCpuUsage(from)
    longest = Math.max(longest, (user + system) / 1e3)
    from = process.threadCpuUsage()
    if (isWatching) setImmediate(look)
  }
  setImmediate(look)
  return () => {
    isWatching = false
    return longest
  }
}

/** Makes a page of users as long as it can be. */
async function seedUsers(count: number): Promise<void> {
  await served.sql`
    insert into users (id, organization_id, primary_email, address_key, domain, type, status, profile_known, profile_at,
                       roles_at, aliases_at, groups_at, valid_from, version_from)
    select n, o.id, 'user' || n || '@bench.example', 'user' || n || '@bench.example', 'bench.example', 'USER', 'ACTIVE', 0,
           now(), now(), now(), now(), now(), now()
    from (select id from organizations limit 1) o, generate_series(1, ${count}::int) n`
}
