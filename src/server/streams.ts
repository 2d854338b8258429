/** Subscriptions, answered as server-sent events: each event is run by itself, and nobody has more of them open than a caller may. */
import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute, GraphQLError } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Exchange } from './exchange.ts'

export interface StreamLimits {
  /** Of one caller, in this process. */
  readonly streamsPerCaller: number
}

interface Streaming {
  readonly exchange: Exchange
  /** Lifts the operation's time limit: a stream has none. */
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
 * As graphql-js does it, but with a context of each event's own: what resolvers remember for an operation (plans, rows, batches) is
 * forgotten with the event, so that a stream shows the rows of now and its memory does not grow.
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
  if (aborted && reason instanceof StreamEndedError) yield { errors: [reason.told] }
}

/** Why a stream ends that is not over: its reader is told, and may resume elsewhere or with another token. */
export class StreamEndedError extends Error {
  override readonly name = 'AbortError'
  readonly told: GraphQLError

  constructor(message: string, code: 'UNAUTHENTICATED' | 'SERVICE_UNAVAILABLE') {
    super(message)
    this.told = new GraphQLError(message, { extensions: { code } })
  }
}

function tooManyStreams(limit: number): GraphQLError {
  return new GraphQLError(`This caller has ${limit} streams open, which is the most: close one first.`, {
    extensions: { code: 'TOO_MANY_STREAMS', http: { status: 429 } },
  })
}
