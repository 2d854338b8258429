/**
 * What a caller may read of an error. A caller's own mistakes pass, each with a code; whatever went wrong inside is replaced by a
 * plain sentence and an id, under which the log has it in full.
 */
import { randomUUID } from 'node:crypto'
import { PothosValidationError } from '@pothos/core'
import { type ExecutionResult, GraphQLError, Kind } from 'graphql'
import type { Logger } from 'pino'
import { describeError } from './describe-error.ts'
import type { Exchange } from './exchange.ts'
import { isCancelledStatement, isUnavailable } from './unavailable.ts'

/**
 * The result with every error masked. Without data, the error decides the HTTP status too (GraphQL over HTTP). `hide` takes the
 * request's secrets out of a text.
 */
export function maskErrors(
  result: ExecutionResult,
  exchange: Exchange,
  hide: (text: string) => string,
  logger: Logger,
): ExecutionResult {
  if (!result.errors?.length) return result
  const whole = !('data' in result)
  return {
    ...result,
    errors: result.errors.map((error) => withoutSecrets(maskError(error, whole, exchange, logger), hide)),
  }
}

/**
 * Yoga adds the parser's own error to that of a body which is no JSON, and that one quotes the body. It must stay, without its words:
 * Yoga takes the status from its being there.
 */
function withoutSecrets(error: GraphQLError, hide: (text: string) => string): GraphQLError {
  const { extensions } = error
  if ('originalError' in extensions) extensions.originalError = {}
  const message = hide(error.message)
  return message === error.message ? error : new GraphQLError(message, { ...whereabouts(error), extensions })
}

function maskError(error: GraphQLError, whole: boolean, exchange: Exchange, logger: Logger): GraphQLError {
  if (isCallersMistake(error)) return withCode(error)
  const errorId = randomUUID()
  const { code, status, message } = verdict(error)
  const line = {
    id: exchange.id,
    errorId,
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

/** What is told of something that went wrong inside, and with which status. */
export function verdict(error: unknown): { code: string; status: number; message: string } {
  if (isUnavailable(error)) {
    return {
      code: 'SERVICE_UNAVAILABLE',
      status: 503,
      message: 'The database cannot be reached. Try again in a moment.',
    }
  }
  if (isCancelledStatement(error))
    return { code: 'TIMEOUT', status: 504, message: 'The database took too long to answer.' }
  return { code: 'INTERNAL_SERVER_ERROR', status: 500, message: 'Internal error' }
}

/**
 * Thrown on purpose, with a code; or found in the caller's document, variables or cursors. What a scalar throws as it reads a
 * caller's value counts, and has no path; what it throws as it writes one of ours has one, and does not count.
 */
function isCallersMistake(error: GraphQLError): boolean {
  const root = rootOf(error)
  if (root instanceof PothosValidationError) return true
  const thrownOnPurpose =
    root instanceof GraphQLError &&
    root.extensions.code !== undefined &&
    root.extensions.code !== 'INTERNAL_SERVER_ERROR'
  if (error.path === undefined) return thrownOnPurpose || error.source !== undefined || error.nodes !== undefined
  // Coercing an argument, GraphQL names the argument's own node; anything that a resolver throws stands at its field.
  return root instanceof GraphQLError && (thrownOnPurpose || error.nodes?.[0]?.kind !== Kind.FIELD)
}

function rootOf(error: GraphQLError): unknown {
  let root: unknown = error
  while (root instanceof GraphQLError && root.originalError) root = root.originalError
  return root
}

/** Validation guesses what the caller meant, and would tell the schema to who may not see it, name by name. */
function withCode(error: GraphQLError): GraphQLError {
  const message = error.message.replace(/ Did you mean [\s\S]*\?$/, '')
  if (error.extensions.code !== undefined && message === error.message) return error
  return new GraphQLError(message, {
    ...whereabouts(error),
    extensions: { code: 'BAD_USER_INPUT', ...error.extensions },
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
