import { GraphQLError } from 'graphql'
import type { ListSize } from './cost.ts'

/** The longest string that any argument takes, in UTF-16 code units. */
const longestText = 1_000

/**
 * The error for what a caller got wrong, to be thrown wherever it shows: its message reaches the caller as it stands, at the field's path.
 * So it must quote no value of the caller's, which may be a password in the wrong place: only names of the schema, limits, and what would be right.
 * What is nobody's mistake in asking (a database that is away, a bug of ours) is no bad input, and stays the error that it is.
 */
export function badInput(message: string, facts: Record<string, unknown> = {}): GraphQLError {
  const { stackTraceLimit } = Error
  // Nobody reads its stack, which costs more than all the rest of it, and a request can hold thousands of mistakes.
  Error.stackTraceLimit = 0
  try {
    return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', ...facts } })
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** The error for an input that is not what it must be. `name`: of the input; undefined where whoever catches the error says it. */
export function badValue(name: string | undefined, predicate: string): GraphQLError {
  return badInput(name === undefined ? predicate : `\`${name}\` ${predicate}`)
}

/** The string, once it is known that Postgres can take it. */
export function checkedText(name: string | undefined, text: string): string {
  if (text.length > longestText) throw badValue(name, `exceeds the limit of ${longestText} characters`)
  if (text.includes('\0')) throw badValue(name, 'must not contain the character NUL')
  return text
}

/** The number, once it is known to lie within what this argument allows. `unit` says in the error what is counted. */
function checkedCount(name: string, count: number, least: number, most: number, unit: string): number {
  if (count < least || count > most) throw badValue(name, `must be between ${least} and ${most} ${unit}`)
  return count
}

/** The size that the arguments ask for, or the default; throws bad input where it is out of range. */
export function checkedSize<Name extends string>(
  size: ListSize<Name>,
  args: { readonly [Argument in Name]?: number | null | undefined },
  unit: string,
): number {
  const name = size.arguments.find((one) => args[one] != null) ?? size.arguments[0]
  return checkedCount(name, args[name] ?? size.default, size.least, size.most, unit)
}
