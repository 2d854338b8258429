/** A server that logs everything, and requests with a secret that must not appear in its responses or its log. */
import pino from 'pino'
import { expect } from 'vitest'
import { token } from '../served.ts'
import { type ServedGraph, serveGraph } from '../served-graph.ts'

export const secret = 'Swordfish_4711'
export const base64 = (text: string) => Buffer.from(text).toString('base64')

export const create = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { __typename } }'
export const input = { primaryEmail: 'a@b', type: 'USER' }

export interface SecretServer extends AsyncDisposable {
  readonly served: ServedGraph
  /** The lines of the log, of every level. */
  readonly lines: string[]
  post(body: unknown, headers?: Record<string, string>): Promise<{ status: number; text: string }>
  /** Returns the message of the error, after checking that neither the response nor the log contains the secret. */
  messageFor(body: unknown, headers?: Record<string, string>): Promise<string>
}

export async function serveSecrets(): Promise<SecretServer> {
  const lines: string[] = []
  const served = await serveGraph({ logger: pino({ level: 'trace' }, { write: (line: string) => lines.push(line) }) })
  await served.add.organization('acme')

  async function post(body: unknown, headers: Record<string, string> = {}) {
    const answer = await fetch(served.server.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return { status: answer.status, text: await answer.text() }
  }

  async function messageFor(body: unknown, headers?: Record<string, string>): Promise<string> {
    const { text } = await post(body, headers)
    const error = JSON.parse(text).errors?.[0]
    expect(error?.message).toEqual(expect.any(String))
    for (const form of [secret, base64(secret), base64(`${secret}:1`)]) {
      expect(text).not.toContain(form)
      expect(lines.join('\n')).not.toContain(form)
    }
    expect(error.extensions.code).not.toBe('INTERNAL_SERVER_ERROR')
    return error.message
  }

  return { served, lines, post, messageFor, [Symbol.asyncDispose]: () => served[Symbol.asyncDispose]() }
}
