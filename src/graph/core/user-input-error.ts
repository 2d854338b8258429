import { GraphQLError } from 'graphql'
import type { ListSize } from './cost.ts'

/** The maximum length of any string argument, in UTF-16 code units. */
const longestText = 1_000

/**
 * Creates the error for invalid input of the caller. It is thrown where the problem is detected; its message reaches
 * the caller unchanged, at the path of the field. The message must not quote any value of the caller's, which could be
 * a misplaced password: it may name only parts of the schema, limits, and what is expected. Failures that the caller
 * did not cause (an unavailable database, a bug) are not bad input and keep their own error.
 */
export function userInputError(message: string, facts: Record<string, unknown> = {}): GraphQLError {
  return withoutStack(() => new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', ...facts } }))
}

/**
 * Creates an error without its stack, which is never read and costs more than the rest of the error: one request can
 * contain thousands of mistakes.
 */
export function withoutStack(make: () => GraphQLError): GraphQLError {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return make()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/**
 * Creates the error for an invalid input value. `name`: the name of the input; undefined if the code that catches the
 * error adds it.
 */
export function badValue(name: string | undefined, predicate: string): GraphQLError {
  return userInputError(name === undefined ? predicate : `\`${name}\` ${predicate}`)
}

/** Returns the string after checking that Postgres can store it. */
export function checkedText(name: string | undefined, text: string): string {
  if (text.length > longestText) throw badValue(name, `exceeds the limit of ${longestText} characters`)
  if (text.includes('\0')) throw badValue(name, 'must not contain the character NUL')
  return text
}

/** Returns the number after checking its range. `unit` names what is counted, for the error message. */
function checkedCount(name: string, count: number, least: number, most: number, unit: string): number {
  if (count < least || count > most) throw badValue(name, `must be between ${least} and ${most} ${unit}`)
  return count
}

/** Returns the size that the arguments request, or the default. Throws bad input if the size is out of range. */
export function checkedSize<Name extends string>(
  size: ListSize<Name>,
  args: { readonly [Argument in Name]?: number | null | undefined },
  unit: string,
): number {
  const name = size.arguments.find((one) => args[one] != null) ?? size.arguments[0]
  return checkedCount(name, args[name] ?? size.default, size.least, size.most, unit)
}

/**
 * Returns true if the error only reports that the operation's own signal was aborted: the caller disconnected, the
 * operation timed out, or the server is shutting down. A client that honours a signal may wrap the signal's reason, so
 * causes are searched too.
 */
export function isOwnAbort(error: unknown, signal: AbortSignal, depth = 0): boolean {
  if (!signal.aborted || !(error instanceof Error) || depth > 8) return false
  if (error === signal.reason) return true
  const inner = [error.cause, 'originalError' in error ? error.originalError : undefined]
  return inner.some((one) => isOwnAbort(one, signal, depth + 1))
}
