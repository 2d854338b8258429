/** Reads a stream of server-sent events like a client of GraphQL over SSE. */
import { token as adminToken } from './served.ts'

export interface Stream {
  readonly status: number
  /** The payload of the next event; undefined at the end of the stream. Rejects if the connection breaks. */
  next(): Promise<Payload | undefined>
  take(count: number): Promise<Payload[]>
  /** Disconnects. */
  leave(): void
  /** The response body, if the response is not a stream. */
  refusal(): Promise<unknown>
}

export interface Payload {
  readonly data?: Record<string, unknown> | null
  readonly errors?: { message: string; extensions: Record<string, unknown> }[]
}

export async function openStream(
  url: string,
  query: string,
  { token = adminToken, variables }: { token?: string; variables?: object } = {},
): Promise<Stream> {
  const leaving = new AbortController()
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query, variables }),
    signal: leaving.signal,
  })
  const events = eventsOf(answer)
  const next = async () => (await events.next()).value
  return {
    status: answer.status,
    next,
    async take(count) {
      const taken: Payload[] = []
      while (taken.length < count) {
        const payload = await next()
        if (!payload) throw new Error(`the stream ended after ${taken.length} of ${count} events`)
        taken.push(payload)
      }
      return taken
    },
    leave: () => leaving.abort(),
    refusal: () => answer.json(),
  }
}

async function* eventsOf(answer: Response): AsyncGenerator<Payload, undefined> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = text.slice(0, end)
      text = text.slice(end + 2)
      const data = event.match(/^data: (.*)$/m)?.[1]
      if (data) yield JSON.parse(data) as Payload
      if (event.startsWith('event: complete')) return undefined
    }
  }
  return undefined
}
