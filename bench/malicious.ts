/**
 * Malicious documents: how long each takes to be refused, what memory they leave behind, and what other callers feel of them.
 * `node --expose-gc bench/malicious.ts`
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { percentile, serveBench, token } from './served.ts'

const times = (count: number, of: (index: number) => string) => Array.from({ length: count }, (_, i) => of(i)).join(' ')
const nested = (levels: number) => `${'{ organization { users { nodes '.repeat(levels)}{ id }${' } } }'.repeat(levels)}`
const query = 'query ($filter: UserFilter) { users(filter: $filter) { totalCount } }'
const deep = `${'{"not":'.repeat(20_000)}{}${'}'.repeat(20_000)}`

const attacks: Record<string, string> = {
  '10,000 aliases': JSON.stringify({ query: `{ ${times(10_000, (i) => `a${i}: __typename`)} }` }),
  'nesting of 1,000': JSON.stringify({ query: nested(333) }),
  'variables of 100,000 values': JSON.stringify({
    query,
    variables: { filter: { or: Array.from({ length: 100_000 }, () => ({})) } },
  }),
  'variables 20,000 levels deep': `{"query":${JSON.stringify(query)},"variables":{"filter":${deep}}}`,
  'fragments in circles': JSON.stringify({
    query: '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }',
  }),
  'a batch of 1,000': JSON.stringify(Array.from({ length: 1_000 }, () => ({ query: '{ __typename }' }))),
  'the same field 1,000 times': JSON.stringify({ query: `{ ${times(1_000, () => '__typename')} }` }),
}

await using served = await serveBench()
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
  await answer.text()
  return { status: answer.status, ms: performance.now() - from }
}

const innocent = JSON.stringify({ query: '{ organizations { slug mirror { state } } }' })
for (let i = 0; i < 300; i += 1) await post(innocent)
for (const body of Object.values(attacks)) await post(body)

for (const [name, body] of Object.entries(attacks)) {
  const taken: number[] = []
  const statuses = new Set<number>()
  for (let i = 0; i < 30; i += 1) {
    const { status, ms } = await post(body)
    statuses.add(status)
    taken.push(ms)
  }
  process.stdout.write(
    `${name}: ${[...statuses]}, p50 ${percentile(taken, 0.5).toFixed(1)} ms, p95 ${percentile(taken, 0.95).toFixed(1)} ms\n`,
  )
}

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
