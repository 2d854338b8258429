/**
 * A typed client in one file, to be copied: it needs `fetch`, and what `graphql-codegen` makes of your documents (see README.md here).
 * A mutation that carries an idempotency key may be sent again, whatever happened to the first: it is carried out once.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { TypedDocumentString } from './generated/graphql.ts'

export interface ClientOptions {
  /** Such as http://127.0.0.1:4000/graphql. */
  readonly url: string
  readonly token: string
}

/** The answer has errors: what was wrong with the request, or with the server. */
export class GraphQLAnswerError extends Error {
  override readonly name = 'GraphQLAnswerError'
  readonly codes: readonly string[]

  constructor(errors: readonly { message: string; extensions?: { code?: string } }[]) {
    super(errors.map(({ message }) => message).join('; '))
    this.codes = errors.map(({ extensions }) => extensions?.code ?? 'UNKNOWN')
  }
}

/** Sends one operation. Rejects with a GraphQLAnswerError, or with fetch's own error where there was no answer. */
export async function send<Result, Variables>(
  { url, token }: ClientOptions,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: document.toString(), variables }),
  })
  const { data, errors } = (await response.json()) as { data?: Result; errors?: { message: string }[] }
  if (errors || !data) throw new GraphQLAnswerError(errors ?? [{ message: `HTTP ${response.status}` }])
  return data
}

const attempts = 4

/**
 * The same for a mutation whose input has an idempotency key: sent again where no answer came, where the server was away, or where its
 * answer is that nobody knows. The key makes sure that it is done once.
 */
export async function sendSafely<Result extends object, Variables>(
  options: ClientOptions,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const result = await send(options, document, variables)
      if (attempt === attempts || !Object.values(result).some(isUnknown)) return result
    } catch (error) {
      const passing = !(error instanceof GraphQLAnswerError) || error.codes.includes('SERVICE_UNAVAILABLE')
      if (attempt === attempts || !passing) throw error
    }
    await sleep(250 * 2 ** attempt)
  }
}

function isUnknown(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'outcomeUnknown' in answer && answer.outcomeUnknown === true
}
