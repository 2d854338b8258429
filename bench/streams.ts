/**
 * 1,000 open streams on one process: their memory, and how long a change takes to reach all of them. The clients run in
 * a separate process. `node --expose-gc bench/streams.ts`
 */
import { fork } from 'node:child_process'
import { Agent, request } from 'node:http'
import { ChangeWriter } from '../src/mirror/feed/change-writer.ts'
import { lockOrganization } from '../src/mirror/organization-lock.ts'
import { serveBench, token } from './served.ts'

const streams = 1_000
const changes = 10

if (process.argv[2] === 'readers') readAll(process.argv[3] ?? '')
else await main()

async function main(): Promise<void> {
  await using served = await serveBench()
  const { sql } = served
  const [organization] = await sql<{ id: number }[]>`select id from organizations`
  const id = organization?.id ?? 0
  await sql`
    insert into users (id, organization_id, primary_email, address_key, domain, type, profile_known, profile_at, valid_from, version_from)
    values (1000000, ${id}, 'ann@acme.example', 'ann@acme.example', 'acme.example', 'USER', 0, now(), now(), now())`
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  const readers = fork(import.meta.filename, ['readers', served.url])
  const told = (what: string) =>
    new Promise<void>((resolve) => {
      const listen = (message: unknown) => {
        if (message !== what) return
        readers.off('message', listen)
        resolve()
      }
      readers.on('message', listen)
    })
  await told('open')
  const took: number[] = []
  for (let change = 1; change <= changes; change += 1) {
    const reached = told(`reached ${change}`)
    const sentAt = performance.now()
    await sql.begin(async (tx) => {
      const now = new Date().toISOString().replace('Z', '000Z')
      const ledger = new ChangeWriter(await lockOrganization(tx, id), { origin: 'PULL', sentAt: now, arrivedAt: now })
      ledger.record(1_000_000, [
        { kind: 'FIELD_CHANGED', field: 'status', before: 'ACTIVE', after: 'INACTIVE', notBefore: null },
      ])
      await ledger.write(tx)
    })
    await reached
    took.push(performance.now() - sentAt)
  }
  globalThis.gc?.()
  const grown = (process.memoryUsage().rss - before) / 1e6
  process.stdout.write(
    `${streams} streams: ${grown.toFixed(0)} MB more; a change reached all of them in ${took.map((ms) => ms.toFixed(0)).join(', ')} ms\n`,
  )
  readers.kill()
}

/** Opens all streams, and reports when each has received its nth event. */
function readAll(url: string): void {
  const agent = new Agent({ maxSockets: Infinity })
  const query = 'subscription { changes { cursor node { id kind field after } } }'
  const events = new Array<number>(changes + 1).fill(0)
  let open = 0
  for (let stream = 0; stream < streams; stream += 1) {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'text/event-stream',
    }
    const sent = request(url, { method: 'POST', agent, headers }, (answer) => {
      let seen = 0
      open += 1
      if (open === streams) setTimeout(() => process.send?.('open'), 500)
      answer.on('data', (chunk: Buffer) => {
        for (const _ of chunk.toString().matchAll(/^event: next$/gm)) {
          seen += 1
          events[seen] = (events[seen] ?? 0) + 1
          if (events[seen] === streams) process.send?.(`reached ${seen}`)
        }
      })
    })
    sent.end(JSON.stringify({ query }))
  }
}
