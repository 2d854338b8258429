/**
 * Subscriptions over server-sent events. Each event runs as its own execution, and each caller has a limited number of
 * open streams.
 */
import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute, GraphQLError } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Exchange } from '../http/exchange.ts'

export interface StreamLimits {
  /** Per caller, in this process. */
  readonly streamsPerCaller: number
}

interface Streaming {
  readonly exchange: Exchange
  /** Removes the operation's time limit: a stream has none. */
  readonly untimed: () => void
}

export function streamEvents({ streamsPerCaller }: StreamLimits): Plugin<Streaming, Streaming> {
  const open = new Map<string, number>()
  return {
    onSubscribe({ args, setSubscribeFn, setResultAndStopExecution }) {
      const { exchange, untimed } = args.contextValue as Streaming
      const caller = exchange.viewer?.name ?? ''
      const count = open.get(caller) ?? 0
      if (count >= streamsPerCaller) {
        setResultAndStopExecution({ errors: [tooManyStreams(streamsPerCaller)] })
        return
      }
      untimed()
      exchange.isStream = true
      open.set(caller, count + 1)
      exchange.response.once('close', () => {
        const left = (open.get(caller) ?? 1) - 1
        if (left > 0) open.set(caller, left)
        else open.delete(caller)
      })
      setSubscribeFn(subscribeApart as never)
    },
  }
}

/**
 * Like graphql-js, but with a separate context for each event. Everything that resolvers cache for an operation (plans,
 * rows, batches) is discarded with the event, so a stream shows current rows and its memory does not grow.
 */
async function subscribeApart(args: ExecutionArgs): Promise<AsyncGenerator<ExecutionResult> | ExecutionResult> {
  const source = await createSourceEventStream(args)
  if (!(Symbol.asyncIterator in source)) return source
  return resultsOf(source, args)
}

async function* resultsOf(source: AsyncIterable<unknown>, args: ExecutionArgs): AsyncGenerator<ExecutionResult> {
  for await (const event of source) {
    yield await execute({ ...args, rootValue: event, contextValue: { ...(args.contextValue as object) } })
  }
  const { exchange } = args.contextValue as Streaming
  const { aborted, reason } = exchange.controller.signal
  if (aborted && reason instanceof StreamEndedError) yield { errors: [reason.error] }
}

/** Why a stream ends early. Its reader receives the reason, and may resume on another server or with another token. */
export class StreamEndedError extends Error {
  override readonly name = 'AbortError'
  readonly error: GraphQLError

  constructor(message: string, code: 'UNAUTHENTICATED' | 'SERVICE_UNAVAILABLE') {
    super(message)
    this.error = new GraphQLError(message, { extensions: { code } })
  }
}

function tooManyStreams(limit: number): GraphQLError {
  return new GraphQLError(`This caller has reached the limit of ${limit} open streams: close one first.`, {
    extensions: { code: 'TOO_MANY_STREAMS', http: { status: 429 } },
  })
}
