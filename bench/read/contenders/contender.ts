import type { Parameters, Query } from '../queries/query.ts'
import type { Served } from '../run/child-process.ts'

export interface HttpRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** One server process that answers some of the queries. */
export interface Contender extends Served {
  readonly name: string
  /** The same contender under another plan mode has the same family. Only the faster one is measured. */
  readonly family: string
  readonly kind: 'ours' | 'peer' | 'limit'
  /** The request of each parameter row, or null if it cannot answer the query. */
  requestsOf(query: Query, parameters: readonly Parameters[]): Promise<HttpRequest[]> | null
  /** The `data` of a response, in the shape of ours. */
  dataOf(query: Query, response: string): unknown
}

export const jsonHeaders = { 'content-type': 'application/json', accept: 'application/json' } as const

/** The `data` of a GraphQL response. Throws if there are errors. */
export function graphqlData(response: string): unknown {
  const { data, errors } = JSON.parse(response) as { data?: unknown; errors?: unknown }
  if (errors !== undefined) throw new Error(`The response has errors: ${JSON.stringify(errors).slice(0, 500)}`)
  return data
}

export async function send(contender: Served, { path, headers, body }: HttpRequest): Promise<string> {
  const response = await fetch(new URL(path, contender.url), { method: 'POST', headers, body })
  return await response.text()
}
