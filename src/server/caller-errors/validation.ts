/**
 * Validation errors in our own words: graphql-js quotes literals and the names that the caller typed, which may be a
 * misplaced value. Our messages name parts of the schema, and leave the rest to the error's location.
 */
import { distance } from 'fastest-levenshtein'
import {
  type ASTNode,
  type ASTVisitor,
  DirectiveLocation,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInputType,
  Kind,
  specifiedRules,
  type ValidationContext,
  type ValidationRule,
  validate,
} from 'graphql'
import { limitExceeded } from '../limits/document-limits.ts'
import { expectationOf, notNull, unknownField } from './expectation.ts'
import { mostErrors, unshown } from './places.ts'

/** `namesSchema`: whether the caller may see the schema's names. */
export function validationErrors(
  schema: GraphQLSchema,
  document: DocumentNode,
  rules: readonly ValidationRule[] = specifiedRules,
  namesSchema = true,
): readonly GraphQLError[] {
  const quiet = rules.map((rule) => quotingNothing(rule, namesSchema))
  const errors = validate(schema, document, quiet, { maxErrors: mostErrors, hideSuggestions: true })
  // graphql-js gives up on documents whose fields or fragments need too many comparisons.
  if (errors.some(({ message }) => message === 'Validation aborted.')) {
    const message = 'The document is too expensive to validate: too many fields or fragments overlap.'
    return [limitExceeded({ limit: 'comparisons' }, message)]
  }
  return errors.length > mostErrors ? [...errors.slice(0, mostErrors), unshown()] : errors
}

function quotingNothing(rule: ValidationRule, namesSchema: boolean): ValidationRule {
  return (context: ValidationContext): ASTVisitor => {
    let visited: ASTNode | null = null
    const reportError = (error: GraphQLError) => {
      const message = messages[rule.name]
      const own = !message && error.extensions.code !== undefined
      const nodes = error.nodes ?? visited
      const extensions = { code: 'GRAPHQL_VALIDATION_FAILED', ...(own ? error.extensions : {}) }
      const text = own ? error.message : textOf(message, error, { context, visited, namesSchema })
      context.reportError(new GraphQLError(text, { nodes, extensions }))
    }
    const visitor = rule(Object.create(context, { reportError: { value: reportError } }) as ValidationContext)
    // An error that a scalar throws for a literal is reported without the literal's node.
    return Object.fromEntries(
      Object.entries(visitor).map(([kind, visit]) => [
        kind,
        typeof visit !== 'function'
          ? visit
          : (node: ASTNode, ...rest: unknown[]) => {
              visited = node
              return (visit as (...given: unknown[]) => unknown)(node, ...rest)
            },
      ]),
    )
  }
}

interface Reported {
  readonly context: ValidationContext
  /** The node that the rule is visiting. */
  readonly visited: ASTNode | null
  readonly namesSchema: boolean
}

type Message = string | ((error: GraphQLError, reported: Reported) => string)

function textOf(message: Message = 'The document is not valid', error: GraphQLError, reported: Reported): string {
  return typeof message === 'string' ? message : message(error, reported)
}

/** By the name of the rule. */
const messages: Readonly<Record<string, Message>> = {
  ExecutableDefinitionsRule: 'A document holds operations and fragments only; this definition is neither',
  UniqueOperationNamesRule: 'Two operations have the same name; each must have its own',
  LoneAnonymousOperationRule: 'An operation without a name must be the only one of its document',
  SingleFieldSubscriptionsRule:
    'A subscription must select exactly one field, which must not be an introspection field',
  KnownTypeNamesRule: ({ nodes }, { context, namesSchema }) => {
    const names = Object.keys(context.getSchema().getTypeMap()).filter((name) => !name.startsWith('__'))
    return `Unknown type${namesSchema ? similarTo(nodes?.[0], names) : ''}`
  },
  FragmentsOnCompositeTypesRule: 'A fragment must be on an object type, an interface or a union',
  VariablesAreInputTypesRule: 'The type of a variable must be an input type: a scalar, an enum or an input object',
  ScalarLeafsRule: ({ nodes }, { context }) =>
    nodes?.[0]?.kind === Kind.SELECTION_SET
      ? `${fieldOf(context)} has no fields to select: its type is \`${context.getType()}\``
      : `${fieldOf(context)} is of the type \`${context.getType()}\`: at least one of its fields must be selected`,
  FieldsOnCorrectTypeRule: ({ nodes }, { context, namesSchema }) => {
    const type = context.getParentType()
    const names = namesSchema && type && 'getFields' in type ? Object.keys(type.getFields()) : []
    return `Unknown field on type \`${type?.name}\`${expectedOf(nodes?.[0], names)}`
  },
  UniqueFragmentNamesRule: 'Two fragments have the same name; each must have its own',
  KnownFragmentNamesRule: 'Unknown fragment: it must be defined in the same document',
  NoUnusedFragmentsRule: 'A fragment is defined but never used',
  PossibleFragmentSpreadsRule: (_error, { context }) =>
    `This fragment can never apply here: no object is of its type and of \`${context.getParentType()}\``,
  NoFragmentCyclesRule: 'A fragment must not contain itself',
  UniqueVariableNamesRule: 'Two variables of the operation have the same name; each must have its own',
  NoUndefinedVariablesRule: 'A variable is used that the operation does not define',
  NoUnusedVariablesRule: 'A variable is defined but never used',
  KnownDirectivesRule: ({ nodes }, { context, namesSchema }) => {
    if (!namesSchema) return 'Unknown directive, or one that is not allowed here'
    const known = context
      .getSchema()
      .getDirectives()
      .filter(({ locations }) => locations.some((location) => executableLocations.has(location)))
    const found = known.find(({ name }) => name === nameIn(nodes?.[0]))
    if (found) return `The directive \`@${found.name}\` is not allowed here; allowed on: ${found.locations.join(', ')}`
    return `Unknown directive${expectedOf(
      nodes?.[0],
      known.map(({ name }) => name),
    )}`
  },
  UniqueDirectivesPerLocationRule: 'This directive can be used only once per location',
  KnownArgumentNamesRule: ({ nodes }, { context, namesSchema }) => {
    const args = (context.getDirective() ?? context.getFieldDef())?.args ?? []
    const names = args.map(({ name }) => name)
    const expected = names.length === 0 ? '; it takes none' : expectedOf(nodes?.[0], names)
    return `Unknown argument of ${fieldOf(context)}${namesSchema ? expected : ''}`
  },
  UniqueArgumentNamesRule: 'An argument is given twice',
  ValuesOfCorrectTypeRule: wrongValue,
  ProvidedRequiredArgumentsRule: ({ message }, { context }) => {
    const args = (context.getDirective() ?? context.getFieldDef())?.args ?? []
    const [, name] = /argument "(\w+)" of type/.exec(message) ?? []
    const missing = args.find((one) => one.name === name)
    return missing
      ? `${fieldOf(context)} requires the argument \`${missing.name}\` of the type \`${missing.type}\``
      : 'A required argument is missing'
  },
  VariablesInAllowedPositionRule: 'A variable is used where a value of another type is expected',
  OverlappingFieldsCanBeMergedRule:
    'Fields of one name conflict: they select different fields, or have different arguments. Give each its own alias',
  UniqueInputFieldNamesRule: 'A field is given twice in one input object',
  MaxIntrospectionDepthRule: 'Introspection is nested too deep',
  NoSchemaIntrospectionCustomRule: 'Introspection is disabled',
}

/** Where a document may have a directive. The other locations are in schemas. */
const executableLocations: ReadonlySet<string> = new Set([
  DirectiveLocation.QUERY,
  DirectiveLocation.MUTATION,
  DirectiveLocation.SUBSCRIPTION,
  DirectiveLocation.FIELD,
  DirectiveLocation.FRAGMENT_DEFINITION,
  DirectiveLocation.FRAGMENT_SPREAD,
  DirectiveLocation.INLINE_FRAGMENT,
  DirectiveLocation.VARIABLE_DEFINITION,
])

/** Longer names are not compared with the schema's. */
const longestName = 64
const mostNames = 40

/** The names of the schema that are similar, else all of them. Follows a message. Quotes nothing. */
function expectedOf(node: ASTNode | undefined, names: readonly string[]): string {
  if (names.length === 0) return ''
  const shown = names.slice(0, mostNames)
  const all = `; expected one of: ${shown.join(', ')}${shown.length < names.length ? ', …' : ''}`
  return similarTo(node, names) || all
}

/** The names of the schema that are similar, if any. Follows a message. Quotes nothing. */
function similarTo(node: ASTNode | undefined, names: readonly string[]): string {
  const given = nameIn(node)
  if (given.length > longestName) return ''
  const near = names
    .map((name) => ({ name, far: distance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, far }) => far <= name.length / 2)
    .toSorted((a, b) => a.far - b.far)
    .slice(0, 3)
  return near.length === 0 ? '' : `; similar: ${near.map(({ name }) => `\`${name}\``).join(', ')}`
}

function nameIn(node: ASTNode | undefined): string {
  return node && 'name' in node && node.name?.kind === Kind.NAME ? node.name.value : ''
}

/** TypeInfo is at the position of the rule: at the value, within its argument and its input object. */
function wrongValue(error: GraphQLError, { context, visited, namesSchema }: Reported): string {
  const argument = context.getArgument()
  const where = argument ? `Argument \`${argument.name}\`: a value` : 'A default value'
  const type = context.getInputType()
  const node = error.nodes?.[0] ?? visited
  if (node?.kind === Kind.OBJECT_FIELD) {
    const parent = getNamedType(context.getParentInputType())
    return isInputObjectType(parent)
      ? `${where} has a field ${unknownField(parent, namesSchema)}`
      : `${where} has an unknown field`
  }
  if (!isInputType(type)) return `${where} is not valid here`
  const named = getNamedType(type)
  if (node?.kind === Kind.OBJECT && isInputObjectType(named)) {
    const [, name = ''] = /^Field "\w+\.(\w+)" of required type/.exec(error.message) ?? []
    const missing = named.getFields()[name]
    if (missing) return `${where} lacks the field \`${name}\` of \`${named.name}\`: its type is \`${missing.type}\``
    if (named.isOneOf) return `${where} must have exactly one field, which must not be null`
  }
  if (node?.kind === Kind.NULL) return `${where} ${notNull(type)}`
  if (node?.kind === Kind.STRING && isEnumType(named)) {
    return `${where} ${expectationOf(named, namesSchema)}; enum values are written without quotation marks`
  }
  return `${where} ${expectationOf(named === type || node?.kind !== Kind.LIST ? named : type, namesSchema, error.originalError ?? error)}`
}

function fieldOf(context: ValidationContext): string {
  const directive = context.getDirective()
  return directive
    ? `the directive \`@${directive.name}\``
    : `\`${context.getParentType()?.name}.${context.getFieldDef()?.name}\``
}
