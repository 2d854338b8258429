import { GraphQLError } from 'graphql'
import type { ListSize } from './cost.ts'

/** The longest string that any argument takes, in UTF-16 code units. */
const longestText = 1_000

/**
 * The error for what a caller got wrong, to be thrown wherever it shows: its message reaches the caller as it stands, at the field's path.
 * What is nobody's mistake in asking (a database that is away, a bug of ours) is no bad input, and stays the error that it is.
 */
export function badInput(message: string, facts: Record<string, unknown> = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', ...facts } })
}

/** The string, once it is known that Postgres can take it. `name` says in the error where it stood. */
export function checkedText(name: string, text: string): string {
  if (text.length > longestText) {
    throw badInput(`${name} is ${text.length} characters long; ${longestText} is the most`)
  }
  if (text.includes('\0')) throw badInput(`${name} contains the character NUL, which no text here can`)
  return text
}

/** The number, once it is known to lie within what this argument allows. `unit` says in the error what is counted. */
export function checkedCount(name: string, count: number, least: number, most: number, unit: string): number {
  if (count < least || count > most) throw badInput(`${name} is ${count}; it may be ${least} to ${most} ${unit}`)
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
