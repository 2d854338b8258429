/**
 * Decides what a caller may read of an error. The caller's own mistakes are returned, each with a code. Internal errors
 * are replaced by a plain sentence and an id; the log has the full error under that id.
 */
import { randomUUID } from 'node:crypto'
import { type ExecutionResult, GraphQLError, type GraphQLFormattedError, Kind } from 'graphql'
import type { Logger } from 'pino'
import { isOwnAbort } from '../../graph/core/user-input-error.ts'
import { plainMessage } from '../caller-errors/caller-errors.ts'
import { locationsOf, mostErrors, tooManyErrors, unshown } from '../caller-errors/places.ts'
import type { Exchange } from '../http/exchange.ts'
import { isCancelledStatement, isUnavailable } from './database-errors.ts'
import { describeError } from './describe-error.ts'

/**
 * The result with every error masked, and with no more errors than a response may hold. Without data, the error also
 * decides the HTTP status (GraphQL over HTTP).
 */
export function maskErrors(
  result: ExecutionResult,
  exchange: Exchange,
  logger: Logger,
): ExecutionResult & { stringify?: (result: ExecutionResult) => string } {
  if (!result.errors?.length) return result
  const whole = !('data' in result)
  // A check that stopped at its hundredth error has already reported that.
  const stopped = result.errors.filter(({ extensions }) => extensions.code === tooManyErrors)
  const found = result.errors.filter((error) => !stopped.includes(error))
  const errors = found.slice(0, mostErrors).map((error) => maskError(error, whole, exchange, logger))
  const left = found.slice(mostErrors).reduce((sum, error) => sum + countOf(error), 0)
  errors.push(...(left > 0 ? [unshown(left)] : stopped))
  noteErrors(errors, exchange)
  // Yoga would rebuild each error from its nodes, whose locations are known only here.
  return { ...result, errors, stringify: (answer) => JSON.stringify({ ...answer, errors: errors.map(toJson) }) }
}

/** For the metrics and the request's log line. The codes are ours: callers cannot choose them. */
function noteErrors(errors: readonly GraphQLError[], exchange: Exchange): void {
  for (const { extensions } of errors) exchange.observer?.error(String(extensions.code))
  exchange.errorCodes = [
    ...new Set([...(exchange.errorCodes ?? []), ...errors.map((one) => String(one.extensions.code))]),
  ]
}

/** One error may represent several. */
function countOf({ extensions: { notShown } }: GraphQLError): number {
  return typeof notShown === 'number' ? notShown : 1
}

function toJson(error: GraphQLError): GraphQLFormattedError {
  const { http: _http, ...extensions } = error.extensions
  const locations = locationsOf(error)
  return {
    message: error.message,
    ...(locations ? { locations } : {}),
    ...(error.path ? { path: error.path } : {}),
    extensions,
  }
}

function maskError(error: GraphQLError, whole: boolean, exchange: Exchange, logger: Logger): GraphQLError {
  if (isCallersMistake(error)) return inOwnWords(error)
  // Not an internal error, and no one reads it. The exchange's own log line records that the caller left.
  if (isOwnAbort(error, exchange.controller.signal)) return aborted(error)
  const errorId = randomUUID()
  const { code, status, message } = verdict(error)
  const line = {
    id: exchange.id,
    errorId,
    code,
    operation: exchange.operation,
    field: error.path?.filter((key) => typeof key === 'string').join('.'),
    error: describeError(error.originalError ?? error),
  }
  if (status === 500) logger.error(line, 'internal error')
  else logger.warn(line, message)
  return new GraphQLError(message, {
    ...whereabouts(error),
    extensions: { code, errorId, ...(whole ? { http: { status } } : {}) },
  })
}

function aborted(error: GraphQLError): GraphQLError {
  return new GraphQLError('The operation was aborted', { ...whereabouts(error), extensions: { code: 'ABORTED' } })
}

/** The public code, status and message of an internal error. */
export function verdict(error: unknown): { code: string; status: number; message: string } {
  if (isUnavailable(error)) {
    return {
      code: 'SERVICE_UNAVAILABLE',
      status: 503,
      message: 'The database cannot be reached. Try again in a moment.',
    }
  }
  if (isCancelledStatement(error)) return { code: 'TIMEOUT', status: 504, message: 'The database query timed out.' }
  return { code: 'INTERNAL_SERVER_ERROR', status: 500, message: 'Internal error' }
}

/**
 * Errors thrown on purpose, with a code, and mistakes in the caller's document, variables or cursors. An error that a
 * scalar throws while parsing a caller's value counts, and has no path. An error that it throws while serializing one
 * of our values has a path, and does not count.
 */
function isCallersMistake(error: GraphQLError): boolean {
  const root = rootOf(error)
  const thrownOnPurpose =
    root instanceof GraphQLError &&
    root.extensions.code !== undefined &&
    root.extensions.code !== 'INTERNAL_SERVER_ERROR'
  if (error.path === undefined) return thrownOnPurpose || error.source !== undefined || error.nodes !== undefined
  // When GraphQL coerces an argument, it reports the argument's own node. An error that a resolver throws is reported
  // at its field.
  return root instanceof GraphQLError && (thrownOnPurpose || error.nodes?.[0]?.kind !== Kind.FIELD)
}

function rootOf(error: GraphQLError): unknown {
  let root: unknown = error
  while (root instanceof GraphQLError && root.originalError) root = root.originalError
  return root
}

/**
 * Codes of errors in a library's words, which may quote the request. All other codes belong to our own errors, which
 * quote nothing.
 */
const describedByLibraries: readonly unknown[] = [undefined, 'BAD_REQUEST', 'OPERATION_RESOLUTION_FAILURE']

function inOwnWords(error: GraphQLError): GraphQLError {
  const { originalError, code, ...extensions } = error.extensions
  if (!describedByLibraries.includes(code)) return error
  // The parser's error, which quotes the body. Without JSON there is no GraphQL request to answer with 200, whichever
  // media type is accepted.
  const http = originalError === undefined ? {} : { http: { status: 400 } }
  return new GraphQLError(plainMessage(error), {
    ...whereabouts(error),
    extensions: { code: code ?? 'BAD_USER_INPUT', ...extensions, ...http },
  })
}

function whereabouts(error: GraphQLError) {
  return {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
  }
}
