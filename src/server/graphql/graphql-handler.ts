/**
 * Turns the body of an authenticated request into a response: Yoga without the extras of its HTTP layer, with our error
 * masking and time limits.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type DocumentNode, type ExecutionResult, GraphQLError, type GraphQLSchema, getOperationAST } from 'graphql'
import { createYoga, type Plugin } from 'graphql-yoga'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import { onlyWhatHasAPast } from '../../graph/as-of/as-of.ts'
import type { Viewer } from '../../graph/context.ts'
import { executeOperation } from '../../graph/execute.ts'
import { callerErrors } from '../caller-errors/caller-errors.ts'
import type { Exchange } from '../http/exchange.ts'
import { refuse } from '../http/respond.ts'
import { UnreadAnswers, unreadLimits } from '../http/unread-answers.ts'
import { limitOperations, type OperationLimits, operationChecks } from '../limits/query-limits.ts'
import { maskErrors } from './mask-errors.ts'
import { openShortcut, type Shortcut } from './shortcut.ts'
import { streamEvents } from './streams.ts'
import { type TrustedDocuments, trustDocuments } from './trusted-documents.ts'

export interface GraphQLHandlerOptions<Context extends object> {
  schema: GraphQLSchema
  /** Creates the resolvers' context, once per operation. */
  contextFor: (operation: { viewer: Viewer; signal: AbortSignal }) => Context | Promise<Context>
  logger: Logger
  /** The time limit of one operation. */
  operationTimeoutMs: number
  limits: OperationLimits
  /** The number of streams that a caller may have open in this process. */
  streamsPerCaller: number
  trustedDocuments?: TrustedDocuments | undefined
  /**
   * The time limit of a mutation, which may wait for the allowance and for other writes. Aborting it would leave the
   * caller in doubt.
   */
  mutationTimeoutMs: number
}

/** Runs one operation and writes the response. */
export type GraphQLHandler = (exchange: Exchange, viewer: Viewer | 'anonymous', body: string) => Promise<void>

interface ServerContext {
  exchange: Exchange
  viewer: Viewer
  isAnonymous: boolean
  /** No plan could answer the operation. */
  isPlanTried: boolean
  /** Removes the time limit, for streams. */
  untimed: () => void
  /** Sets the time limit of the operation, counted from now. */
  allow: (limitMs: number) => void
}

const anonymousViewer: Viewer = { name: 'anonymous', scopes: new Set(), organizations: new Set() }

export function createGraphQLHandler<Context extends object>(options: GraphQLHandlerOptions<Context>): GraphQLHandler {
  const { schema, contextFor, logger, operationTimeoutMs, mutationTimeoutMs, limits, trustedDocuments } = options
  const unread = new UnreadAnswers()
  const checks = operationChecks(limits)
  const documentCache = openDocumentCache()
  const shortcut = openShortcut({ schema, checks, documents: documentCache })
  const yoga = createYoga<ServerContext, Context>({
    schema,
    context: ({ exchange, viewer }) => contextFor({ viewer, signal: exchange.controller.signal }),
    plugins: [
      trustDocuments(trustedDocuments),
      limitOperations<ServerContext>(limits, checks),
      callerErrors<ServerContext>({ namesSchema: limits.introspection !== 'off' }),
      streamEvents({ streamsPerCaller: options.streamsPerCaller }),
      observeOperations(logger, mutationTimeoutMs),
      answerAsOf(),
      admitDocuments(shortcut),
    ],
    parserAndValidationCache: { documentCache, errorCache: noErrorCache },
    // `observeOperations` masks errors: Yoga's own masking does not know which request an error belongs to.
    maskedErrors: false,
    // The size of the body is limited where it is read.
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
    response.statusCode = answer.status
    if (!answer.body) response.end()
    else if (isJson(answer)) sendJson(Buffer.from(await answer.arrayBuffer()), request, response, viewer)
    else await pipeline(Readable.from(answer.body), response)
  }

  function sendJson(body: Buffer, request: IncomingMessage, response: ServerResponse, viewer: Viewer): void {
    if (unread.send(viewer.name, response, body)) return
    refuse(request, response, {
      status: 429,
      code: 'TOO_MANY_REQUESTS',
      message: `This caller has too many unread responses: the limit is ${unreadLimits.bytesPerCaller} bytes. Read them, then retry.`,
    })
  }

  /** Returns whether the answer was sent, and whether a plan was tried. */
  async function answerShortly(exchange: Exchange, viewer: Viewer, body: string) {
    const { request, response, controller } = exchange
    const contentType = typeOfAnswer(request.headers.accept)
    if (contentType === undefined || request.headers['as-of'] !== undefined) return { isSent: false, isTried: false }
    const { result, isTried } = await shortcut.answer(body, (name) => {
      if (name) exchange.operation = name.slice(0, 100)
      return contextFor({ viewer, signal: controller.signal })
    })
    if (!result) return { isSent: false, isTried }
    response.setHeader('content-type', `${contentType}; charset=utf-8`)
    sendJson('text' in result ? result.text : textOf(maskErrors(result, exchange, logger)), request, response, viewer)
    return { isSent: true, isTried }
  }

  return async (exchange, asking, body) => {
    let timer: NodeJS.Timeout | undefined
    const allow = (limitMs: number) => {
      clearTimeout(timer)
      timer = setTimeout(() => exchange.controller.abort(timedOut(limitMs)), limitMs)
    }
    allow(operationTimeoutMs)
    exchange.response.setHeader('cache-control', 'no-store')
    exchange.response.setHeader('x-content-type-options', 'nosniff')
    try {
      const shortly = asking === 'anonymous' ? undefined : await answerShortly(exchange, asking, body)
      if (shortly?.isSent) return
      const { accept } = exchange.request.headers
      const answer = await yoga.fetch(
        'http://localhost/graphql',
        {
          method: 'POST',
          // The request's own content type is one of many spellings of this one, of which Yoga knows a few.
          headers: { 'content-type': 'application/json', ...(accept ? { accept } : {}) },
          body,
        },
        {
          exchange,
          viewer: asking === 'anonymous' ? anonymousViewer : asking,
          isAnonymous: asking === 'anonymous',
          isPlanTried: shortly?.isTried ?? false,
          untimed: () => clearTimeout(timer),
          allow,
        },
      )
      await send(answer, exchange, asking === 'anonymous' ? anonymousViewer : asking)
    } finally {
      clearTimeout(timer)
    }
  }
}

/** A query of a caller with a token, without the header As-Of, has passed every check that depends on its text alone. */
function admitDocuments(shortcut: Shortcut): Plugin<ServerContext, ServerContext> {
  return {
    onExecute({ args: { document, contextValue } }) {
      const { isAnonymous, exchange } = contextValue
      if (!isAnonymous && exchange.request.headers['as-of'] === undefined) shortcut.admit(document)
    },
  }
}

function observeOperations(logger: Logger, mutationTimeoutMs: number): Plugin<ServerContext, ServerContext> {
  return {
    onExecute({ args }) {
      const { exchange, allow } = args.contextValue
      const operation = getOperationAST(args.document, args.operationName)
      if (operation?.name) exchange.operation = operation.name.value.slice(0, 100)
      if (operation?.operation === 'mutation') allow(mutationTimeoutMs)
      // With the signal, the executor rejects immediately with the signal's reason and starts no further field. Its
      // type does not declare the signal.
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

/** Answers as of the time in the directive @asOf or the header As-Of. */
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
      const { isPlanTried } = args.contextValue
      setExecuteFn((own) =>
        executeOperation(own, executeFn, { header: headerOf(args.contextValue), resolvesAll: isPlanTried }),
      )
    },
  }
}

/** In characters of the documents' text. Parsed, each character takes some hundred bytes. */
const cachedCharacters = 500_000
/** Longer documents are not cached. A caller that evicts the whole cache spends this many requests of its limit. */
const requestsToEvictAll = 20

/**
 * The cache of parsed documents: Yoga's own plugin, with a limit on the size. By default the plugin limits only the
 * number of documents. It keeps validation results per parsed document in a WeakMap, so they end with the document.
 */
export function openDocumentCache(): LRUCache<string, DocumentNode> {
  return new LRUCache({
    maxSize: cachedCharacters,
    maxEntrySize: cachedCharacters / requestsToEvictAll,
    sizeCalculation: (_document, text) => text.length,
  })
}

/** Syntax errors are not cached: clients rarely repeat an invalid document, and each error holds its text. */
const noErrorCache = { get: () => undefined, set() {} }

async function* maskEach(results: AsyncIterable<ExecutionResult>, exchange: Exchange, logger: Logger) {
  for await (const result of results) yield maskErrors(result, exchange, logger)
}

function textOf(result: ReturnType<typeof maskErrors>): Buffer {
  return Buffer.from((result.stringify ?? JSON.stringify)(result))
}

/** The media type that Yoga would choose; undefined for what is rarely accepted. */
function typeOfAnswer(accept = '*/*'): string | undefined {
  const [first] = accept.toLowerCase().split(',', 1)
  if (first === '*/*' || first === 'application/json') return 'application/json'
  return first === 'application/graphql-response+json' ? first : undefined
}

function isJson(answer: Response): boolean {
  return /^application\/(graphql-response\+)?json/.test(answer.headers.get('content-type') ?? '')
}

function timedOut(limitMs: number): GraphQLError {
  return new GraphQLError(`The operation timed out after ${limitMs / 1000} s.`, {
    extensions: { code: 'TIMEOUT', http: { status: 504, spec: true } },
  })
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }
