import { type DocumentNode, type ExecutionArgs, GraphQLError, getOperationAST } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { keepPlaces } from './places.ts'
import { validationErrors } from './validation.ts'
import { variableErrors } from './variables.ts'

/**
 * Describes a caller's mistakes without quoting the request: values may be passwords, and so may mistyped or misplaced
 * names. Messages that quote nothing need no masking.
 */

/**
 * Must come after the plugins that set how documents are parsed. `namesSchema`: whether callers may see the schema's
 * names.
 */
export function callerErrors<Context extends object>({
  namesSchema,
}: {
  namesSchema: boolean
}): Plugin<Context, Context> {
  const errorsOf = ({ schema, document, operationName, variableValues }: ExecutionArgs) => {
    const operation = getOperationAST(document, operationName)
    return operation ? variableErrors(schema, operation, variableValues ?? {}, namesSchema) : []
  }
  return {
    onParse({ parseFn, setParseFn }) {
      setParseFn((source, options) => {
        try {
          return keepPlaces(parseFn(source, options) as DocumentNode)
        } catch (error) {
          throw error instanceof GraphQLError && error.source ? syntaxError(error) : error
        }
      })
    },
    onValidate({ setValidationFn }) {
      setValidationFn((schema, document, rules) => validationErrors(schema, document, rules, namesSchema))
    },
    onExecute({ args, setResultAndStopExecution }) {
      const errors = errorsOf(args)
      if (errors.length > 0) setResultAndStopExecution({ errors })
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const errors = errorsOf(args)
      if (errors.length > 0) setResultAndStopExecution({ errors })
    },
  }
}

/**
 * The message for a mistake that a library found and described. It contains none of the library's words except names of
 * the schema.
 */
export function plainMessage({ message, extensions }: GraphQLError): string {
  if (extensions.code === 'OPERATION_RESOLUTION_FAILURE') {
    return 'The document has no such operation: `operationName` must name one of its operations, and may be omitted if there is only one'
  }
  if (extensions.code === 'BAD_REQUEST') return requests.find(([start]) => message.startsWith(start))?.[1] ?? badRequest
  const [, argument, rest = ''] = /^Argument "(\w+)" (of required type|of non-null type)?/.exec(message) ?? []
  if (argument === undefined) return 'The operation is not valid'
  return rest === ''
    ? `Argument \`${argument}\` is not valid`
    : `Argument \`${argument}\` is required, and must not be null`
}

const badRequest =
  'The request is not well-formed: expected a JSON object with `query` or `documentId`, and optionally `variables`, `operationName` and `extensions`'

/** Yoga's messages about a request by their beginnings, each with our message. */
const requests: readonly (readonly [start: string, message: string])[] = [
  ['POST body sent invalid JSON', 'The body is not valid JSON'],
  ['POST body is expected', 'The body must be a JSON object'],
  ['Expected params', 'The body must be a JSON object'],
  ['Must provide query string', '`query` is missing: send the document as a string, or `documentId`'],
  ['Expected "query"', '`query` must be a string'],
  ['Expected "variables"', '`variables` must be an object'],
  ['Expected "extensions"', '`extensions` must be an object'],
  ['Batching', 'Batching is not supported: the body must be a JSON object, not a list'],
]

/** Parser errors in our own words: graphql-js quotes the token at which it stopped, which may be a password. */

const token = '(?:"[!?$&(){}[\\]:=@|.]{1,3}"|<EOF>|Name|Int|Float|String|BlockString|Comment)'
/**
 * The expected text comes from the grammar. So do the kinds of tokens, and the plain words before a colon or a
 * quotation mark.
 */
const quotesNothing = new RegExp(
  `^Syntax Error: ((?:Expected (?:"[^"]{1,12}"|[A-Za-z]+), found |Unexpected )${token}|[A-Z][A-Za-z ,]*)`,
)

/** The error without the caller's text. */
function syntaxError({ message, source, positions }: GraphQLError): GraphQLError {
  const [, reason = 'The document is not valid GraphQL'] = quotesNothing.exec(message) ?? []
  return new GraphQLError(`Syntax error: ${reason.trim()}`, {
    source: source ?? null,
    positions: positions ?? null,
    extensions: { code: 'GRAPHQL_PARSE_FAILED' },
  })
}
