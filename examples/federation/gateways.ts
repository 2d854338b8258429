/** Two gateways from npm over one supergraph; each passes the caller's authorization and moment on. */
import type { RequestListener } from 'node:http'
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway'
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime'
import { composeServices } from '@theguild/federation-composition'
import { parse } from 'graphql'

export interface Gateway extends AsyncDisposable {
  readonly name: string
  ask(query: string, headers?: Record<string, string>): Promise<GatewayAnswer>
}

export interface GatewayAnswer {
  readonly data?: Record<string, unknown> | null
  readonly errors?: readonly {
    message: string
    path?: readonly (string | number)[]
    extensions?: Record<string, unknown>
  }[]
}

export interface Service {
  readonly name: string
  readonly url: string
  readonly sdl: string
}

/** Throws where the subgraphs do not compose, and says why. */
export function compose(services: readonly Service[]): string {
  const result = composeServices(services.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })))
  if (result.errors?.length || !result.supergraphSdl) {
    throw new Error(result.errors?.map((error) => error.message).join('\n') ?? 'there is no supergraph')
  }
  return result.supergraphSdl
}

const passedOn = ['authorization', 'as-of']

/** `handle` serves it to others over HTTP. */
export async function hiveGateway(supergraph: string): Promise<Gateway & { readonly handle: RequestListener }> {
  const gateway = createGatewayRuntime({
    supergraph,
    logging: false,
    maskedErrors: false,
    propagateHeaders: {
      fromClientToSubgraphs: ({ request }) =>
        Object.fromEntries(
          passedOn.flatMap((name) => (request.headers.has(name) ? [[name, request.headers.get(name) ?? '']] : [])),
        ),
    },
  })
  return {
    name: 'Hive Gateway',
    handle: (request, response) => void gateway(request, response),
    async ask(query, headers = {}) {
      const answer = await gateway.fetch('http://gateway/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query }),
      })
      return (await answer.json()) as GatewayAnswer
    },
    [Symbol.asyncDispose]: async () => gateway[Symbol.asyncDispose](),
  }
}

export async function apolloGateway(supergraph: string): Promise<Gateway> {
  const gateway = new ApolloGateway({
    supergraphSdl: supergraph,
    buildService: ({ url = '' }) =>
      new RemoteGraphQLDataSource<{ headers?: Record<string, string> }>({
        url,
        willSendRequest({ request, context }) {
          for (const [name, value] of Object.entries((context.headers ?? {}) as Record<string, string>))
            request.http?.headers.set(name, value)
        },
      }),
  })
  const { executor } = await gateway.load()
  return {
    name: 'Apollo Gateway',
    async ask(query, headers = {}) {
      const document = parse(query)
      const answer = await executor({
        document,
        request: { query },
        operationName: null,
        queryHash: query,
        context: { headers },
        cache: undefined as never,
        schema: undefined as never,
        logger: undefined as never,
        metrics: {} as never,
        source: query,
        operation: document.definitions[0] as never,
        overallCachePolicy: undefined as never,
      } as never)
      return JSON.parse(JSON.stringify(answer)) as GatewayAnswer
    },
    [Symbol.asyncDispose]: () => gateway.stop(),
  }
}
