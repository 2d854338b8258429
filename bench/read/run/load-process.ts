/**
 * The load generator, a process of its own: keeps N connections busy with one request at a time each. Every run starts
 * at the same request.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'undici'
import type { Load, LoadResult } from './load.ts'

const requestMs = 60_000

process.on('message', async (load: Load) => {
  process.send?.(await run(load))
})

async function run({ url, path, headers, bodies, connections, ms }: Load): Promise<LoadResult> {
  const clients = Array.from(
    { length: connections },
    () => new Client(url, { pipelining: 1, headersTimeout: requestMs, bodyTimeout: requestMs }),
  )
  const latencies: number[] = []
  const failures: string[] = []
  let next = 0
  const begun = performance.now()
  const deadline = begun + ms
  const send = async (client: Client) => {
    while (performance.now() < deadline && failures.length === 0) {
      const body = bodies[next % bodies.length] as string
      next += 1
      const sentAt = performance.now()
      const failure = await dispatch(client, path, headers, body)
      if (failure === undefined) latencies.push(performance.now() - sentAt)
      else failures.push(failure)
    }
  }
  await Promise.all(clients.map(send))
  const elapsed = performance.now() - begun
  await Promise.race([Promise.all(clients.map((client) => client.destroy())), sleep(1_000)])
  return { latencies: Float64Array.from(latencies), elapsed, failure: failures[0] ?? null }
}

/** Resolves when the response has ended: undefined, or why it is not an answer. */
function dispatch(
  client: Client,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    let failure: string | undefined
    let isFirst = true
    client.dispatch(
      { path, method: 'POST', headers, body },
      {
        onRequestStart: () => {},
        onResponseStart: (_controller, status) => {
          if (status !== 200) failure = `status ${status}`
        },
        onResponseData: (_controller, chunk) => {
          if (isFirst && chunk.toString('latin1', 0, 9) === '{"errors"') failure = chunk.toString('utf8', 0, 500)
          isFirst = false
        },
        onResponseEnd: () => resolve(failure),
        onResponseError: (_controller, error) => resolve(error.message),
      },
    )
  })
}
