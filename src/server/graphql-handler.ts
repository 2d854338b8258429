/** From an authenticated request's body to the answer: Yoga without its HTTP layer's extras, our masking, our time limit. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type ExecutionResult, GraphQLError, type GraphQLSchema, getOperationAST } from 'graphql'
import { createYoga, type Plugin } from 'graphql-yoga'
import type { Logger } from 'pino'
import { executeAsOf, onlyWhatHasAPast } from '../graph/as-of.ts'
import type { Viewer } from '../graph/context.ts'
import { callerErrors } from './caller-errors/caller-errors.ts'
import type { Exchange } from './exchange.ts'
import { limitOperations, type OperationLimits } from './limit-operations.ts'
import { maskErrors } from './mask-errors.ts'
import { refuse } from './respond.ts'
import { streamEvents } from './streams.ts'
import { type TrustedDocuments, trustDocuments } from './trusted-documents.ts'
import { UnreadAnswers, unreadLimits } from './unread-answers.ts'

export interface GraphQLHandlerOptions<Context extends object> {
  schema: GraphQLSchema
  /** What the resolvers are given, made anew for each operation. */
  contextFor: (operation: { viewer: Viewer; signal: AbortSignal }) => Context | Promise<Context>
  logger: Logger
  /** The longest that one operation may take. */
  operationTimeoutMs: number
  limits: OperationLimits
  /** How many streams a caller may have open in this process. */
  streamsPerCaller: number
  trustedDocuments?: TrustedDocuments | undefined
  /** The same for a mutation, which may wait for the allowance and for other writes: broken off, it leaves its caller in doubt. */
  mutationTimeoutMs: number
}

/** Runs one operation and writes its answer. */
export type GraphQLHandler = (exchange: Exchange, viewer: Viewer | 'anonymous', body: string) => Promise<void>

interface ServerContext {
  exchange: Exchange
  viewer: Viewer
  isAnonymous: boolean
  /** Lifts the time limit, which a stream has none of. */
  untimed: () => void
  /** Sets how long the operation may take from now on. */
  allow: (limitMs: number) => void
}

const nobody: Viewer = { name: 'nobody', scopes: new Set(), organizations: new Set() }

export function createGraphQLHandler<Context extends object>(options: GraphQLHandlerOptions<Context>): GraphQLHandler {
  const { schema, contextFor, logger, operationTimeoutMs, mutationTimeoutMs, limits, trustedDocuments } = options
  const unread = new UnreadAnswers()
  const yoga = createYoga<ServerContext, Context>({
    schema,
    context: ({ exchange, viewer }) => contextFor({ viewer, signal: exchange.controller.signal }),
    plugins: [
      trustDocuments(trustedDocuments),
      limitOperations<ServerContext>(limits),
      callerErrors<ServerContext>({ namesSchema: limits.introspection !== 'off' }),
      streamEvents({ streamsPerCaller: options.streamsPerCaller }),
      observeOperations(logger, mutationTimeoutMs),
      answerAsOf(),
    ],
    parserAndValidationCache: { documentCache: boundedCache(cachedCharacters), errorCache: boundedCache(0) },
    // `observeOperations` masks, for Yoga's own masking cannot tell which request an error belongs to.
    maskedErrors: false,
    // The body's size is limited where it is read.
    maxRequestBodySize: false,
    logging: silent,
    batching: false,
    extraParamNames: ['documentId'],
    cors: false,
    graphiql: false,
    landingPage: false,
    multipart: false,
  })

  async function send(answer: Response, { request, response }: Exchange, viewer: Viewer): Promise<void> {
    for (const [name, value] of answer.headers) response.setHeader(name, value)
    response.setHeader('cache-control', 'no-store')
    response.setHeader('x-content-type-options', 'nosniff')
    response.statusCode = answer.status
    if (!answer.body) response.end()
    else if (!isJson(answer)) await pipeline(Readable.from(answer.body), response)
    else if (!unread.send(viewer.name, response, Buffer.from(await answer.arrayBuffer())))
      refuse(request, response, {
        status: 429,
        code: 'TOO_MANY_REQUESTS',
        message: `This caller has left too many answers unread: expected at most ${unreadLimits.bytesPerCaller} bytes of them at a time. Read them, then ask again.`,
      })
  }

  return async (exchange, asking, body) => {
    let timer: NodeJS.Timeout | undefined
    const allow = (limitMs: number) => {
      clearTimeout(timer)
      timer = setTimeout(() => exchange.controller.abort(timedOut(limitMs)), limitMs)
    }
    allow(operationTimeoutMs)
    try {
      const { accept } = exchange.request.headers
      const answer = await yoga.fetch(
        'http://localhost/graphql',
        {
          method: 'POST',
          // The request's own is one of many spellings of this, of which Yoga knows a few.
          headers: { 'content-type': 'application/json', ...(accept ? { accept } : {}) },
          body,
        },
        {
          exchange,
          viewer: asking === 'anonymous' ? nobody : asking,
          isAnonymous: asking === 'anonymous',
          untimed: () => clearTimeout(timer),
          allow,
        },
      )
      await send(answer, exchange, asking === 'anonymous' ? nobody : asking)
    } finally {
      clearTimeout(timer)
    }
  }
}

function observeOperations(logger: Logger, mutationTimeoutMs: number): Plugin<ServerContext, ServerContext> {
  return {
    onExecute({ args }) {
      const { exchange, allow } = args.contextValue
      const operation = getOperationAST(args.document, args.operationName)
      if (operation?.name) exchange.operation = operation.name.value.slice(0, 100)
      if (operation?.operation === 'mutation') allow(mutationTimeoutMs)
      // The executor then rejects at once, with the signal's reason, and starts no further field. Its type does not tell that it knows signals.
      Object.assign(args, { signal: exchange.controller.signal })
    },
    onResultProcess({ result, setResult, serverContext: { exchange } }) {
      if (Array.isArray(result)) return
      setResult(
        Symbol.asyncIterator in result ? maskEach(result, exchange, logger) : maskErrors(result, exchange, logger),
      )
    },
  }
}

/** Answers as of the moment that the directive @asOf or the header As-Of names. */
function answerAsOf(): Plugin<ServerContext, ServerContext> {
  const headerOf = ({ exchange }: ServerContext) => {
    const header = exchange.request.headers['as-of']
    return typeof header === 'string' ? header : undefined
  }
  return {
    onValidate({ addValidationRule, context }) {
      addValidationRule(onlyWhatHasAPast({ byHeader: headerOf(context) !== undefined }))
    },
    onExecute({ args, executeFn, setExecuteFn }) {
      setExecuteFn((past) => executeAsOf(past, executeFn, headerOf(args.contextValue)))
    },
  }
}

/** As much of parsed documents is kept as has so many characters of text: parsed, each takes some hundred bytes. */
const cachedCharacters = 500_000

function boundedCache<Value>(characters: number) {
  const values = new Map<string, Value>()
  let length = 0
  return {
    get: (text: string) => values.get(text),
    set(text: string, value: Value) {
      if (text.length > characters || values.has(text)) return
      values.set(text, value)
      length += text.length
      for (const oldest of values.keys()) {
        if (length <= characters) return
        values.delete(oldest)
        length -= oldest.length
      }
    },
  }
}

async function* maskEach(results: AsyncIterable<ExecutionResult>, exchange: Exchange, logger: Logger) {
  for await (const result of results) yield maskErrors(result, exchange, logger)
}

function isJson(answer: Response): boolean {
  return /^application\/(graphql-response\+)?json/.test(answer.headers.get('content-type') ?? '')
}

function timedOut(limitMs: number): GraphQLError {
  return new GraphQLError(`The operation was broken off: it took longer than ${limitMs / 1000} s.`, {
    extensions: { code: 'TIMEOUT', http: { status: 504, spec: true } },
  })
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }
