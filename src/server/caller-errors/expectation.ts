/** Describes what an input must be, in words that follow its name: "must be an integer". */
import {
  GraphQLError,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLNonNull,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql'

const builtIn: Readonly<Record<string, string>> = {
  Int: 'must be an integer from -2147483648 to 2147483647',
  Float: 'must be a number',
  String: 'must be a string',
  Boolean: 'must be true or false',
  ID: 'must be a string or an integer',
}

/** `cause`: the error that a custom scalar threw. An error with a code is our own and quotes nothing. */
export function expectationOf(type: GraphQLInputType, namesValues: boolean, cause?: unknown): string {
  if (isNonNullType(type)) return expectationOf(type.ofType as GraphQLInputType, namesValues, cause)
  if (isListType(type)) return `must be a list of \`${type.ofType}\``
  if (isInputObjectType(type)) return `must be an object of the type \`${type.name}\``
  if (isEnumType(type)) {
    if (!namesValues) return `must be a value of the enum \`${type.name}\``
    return `must be one of: ${type
      .getValues()
      .map(({ name }) => name)
      .join(', ')}`
  }
  if (cause instanceof GraphQLError && cause.extensions.code === 'BAD_USER_INPUT') return cause.message
  return builtIn[type.name] ?? `must be a valid \`${type.name}\``
}

export function notNull(type: GraphQLInputType): string {
  return `must not be null: its type is \`${isNonNullType(type) ? type : new GraphQLNonNull(type)}\``
}

/** Follows "has a field". */
export function unknownField(type: GraphQLInputObjectType, namesFields: boolean): string {
  const names = namesFields ? `; expected: ${Object.keys(type.getFields()).join(', ')}` : ''
  return `that \`${type.name}\` does not define${names}`
}

export function missingFields(type: GraphQLInputObjectType, isGiven: (name: string) => boolean): string[] {
  return Object.values(type.getFields())
    .filter((field) => isRequiredInputField(field) && !isGiven(field.name))
    .map(({ name }) => name)
}
