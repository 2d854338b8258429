/**
 * Asks the database the questions of an operation: the whole answer as text, the parents of what JavaScript resolves,
 * or what is selected of objects that JavaScript names. Plans are cached by their place in the document and by the
 * shape of the variables.
 */
import {
  type ExecutionArgs,
  type ExecutionResult,
  type FieldNode,
  GraphQLError,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { type Compiled, compile, type Plan, type Question } from './compile.ts'
import { Given, type Run } from './given.ts'
import { unanswered } from './json-text.ts'
import type { Ref } from './read.ts'
import { type Fields, fieldsOf, type Operation, shapeOf } from './selection.ts'

/** What a plan is run with. */
export interface Runner extends Omit<Run, 'variables' | 'refs'> {
  /** Whether the caller may read the field. Otherwise its resolver refuses it. */
  permits(field: RootField): boolean
  /** Sends the statement, and returns the values of its only row. */
  send(text: string, params: readonly unknown[]): Promise<readonly (Buffer | null)[]>
  /** Caches an answer: [organization id, time, whether it was cached already, JSON]. */
  learn(key: string, row: Buffer): void
}

/** A selected field of Query, as resolvers see it. */
export type RootField = Pick<
  GraphQLResolveInfo,
  'fieldNodes' | 'fragments' | 'parentType' | 'returnType' | 'schema'
> & { readonly key: string; readonly isPlanned: boolean }

/** The statement failed, and with it all fields that it reads. */
export class StatementFailed extends Error {
  override readonly name = 'StatementFailed'
  readonly fields: readonly RootField[]

  constructor(cause: unknown, fields: readonly RootField[]) {
    super('The statement of a plan failed', { cause })
    this.fields = fields
  }
}

/** An answer whose text is known, in UTF-8. */
export interface TextResult extends ExecutionResult {
  readonly text: Buffer
  /** Yoga asks a result for its text, so the text is sent without being parsed. */
  readonly stringify: (result: ExecutionResult) => string
}

interface Prepared extends Operation {
  readonly variables: readonly (readonly [name: string, type: GraphQLInputType])[]
  readonly fragmentsByName: GraphQLResolveInfo['fragments']
}

/** The operation's identity is that of the document's text, as long as Yoga caches the document. */
const operations = new WeakMap<OperationDefinitionNode, Prepared>()
const numbers = new WeakMap<object, number>()
let lastNumber = 0

/** In characters of the statements. */
const room = 16 * 2 ** 20
/** Longer statements are not cached. A caller that evicts the whole cache spends this many requests of its limit. */
const requestsToEvictAll = 64
/** Per key. Choices have few results each; a caller that combines many loses plans of its own document. */
const mostVariants = 8
const plans = new LRUCache<string, Compiled[]>({
  maxSize: room,
  maxEntrySize: room / requestsToEvictAll,
  sizeCalculation: (variants, key) =>
    variants.reduce((sum, { plan }) => sum + (plan?.text.length ?? 0), key.length + 1_000),
})

/**
 * Returns the answer as text; undefined if a part of the operation is not planned, or if the statement cannot answer it
 * because an error must be reported. Rejects if the statement fails.
 */
export async function answerByPlan(args: ExecutionArgs, open: () => Runner): Promise<TextResult | undefined> {
  const asked = askedOf(args)
  if (!asked) return undefined
  const { prepared, variables, fields, selected } = asked
  if (fields.length === 0 || !fields.every(({ isPlanned }) => isPlanned)) return undefined
  const runner = open()
  if (!fields.every((field) => runner.permits(field))) return undefined
  const question = { ...prepared, isText: true, fields: selected }
  const found = await ask(question, numberOf(asked.operation), runOf(runner, variables), runner).catch(failed(fields))
  const text = found?.text
  if (text == null || text.includes(unanswered)) return undefined
  return textResult(found?.plan.reprints ? Buffer.from(JSON.stringify(JSON.parse(text.toString()))) : text)
}

/**
 * Reads everything that the operation selects on Query and that is planned, by the keys of the answer. It is the parent
 * of the fields of Query. Fields that the caller may not read are left out. Rejects if the statement fails.
 */
export async function readRoot(args: ExecutionArgs, open: () => Runner): Promise<object | undefined> {
  const asked = askedOf(args)
  const planned = asked?.fields.filter(({ isPlanned }) => isPlanned) ?? []
  if (!asked || planned.length === 0) return undefined
  const runner = open()
  const fields = planned.filter((field) => runner.permits(field))
  if (fields.length === 0) return undefined
  const question = { ...asked.prepared, isText: false, fields: nodesOf(fields) }
  const left = fields.length < planned.length ? fields.map(({ key }) => key).join() : ''
  const key = `${numberOf(asked.operation)} parts ${left}`
  const run = runOf(runner, asked.variables)
  return parsed(await ask(question, key, run, runner).catch(failed(fields))) as object
}

/** Reads what the field selects of the objects, in their order. An object that does not exist is null. */
export async function readRefs(
  info: GraphQLResolveInfo,
  refs: readonly Ref[],
  runner: Runner,
): Promise<(object | null)[]> {
  const { operation, schema, fragments, fieldNodes: nodes, variableValues: variables } = info
  const question = { ...preparedOf(schema, operation, () => fragments), isText: false, nodes }
  const key = `${nodes.map(numberOf).join('.')} of ${info.parentType.name}`
  return parsed(await ask(question, key, runOf(runner, variables, refs), runner)) as (object | null)[]
}

/** Only what plans read, because each value of a cached plan keeps the last run. */
function runOf(runner: Runner, variables: Run['variables'], refs: readonly Ref[] = []): Run {
  const { organizations, moment, lookupsLeft, tooManyLookups, recall } = runner
  return { variables, refs, organizations, moment, lookupsLeft, tooManyLookups, recall }
}

async function ask(question: Question & Prepared, key: string | number, run: Run, { send, learn }: Runner) {
  const bound = bind(question, `${key}`, run)
  if (!bound) return undefined
  const { plan, values } = bound
  const [text, ...toCache] = await send(plan.text, values)
  for (const [i, row] of toCache.entries()) {
    if (row !== null) learn((plan.cached[i] as Given<string>).of(run), row)
  }
  return { plan, text }
}

function parsed(found: { readonly text: Buffer | null | undefined } | undefined): unknown {
  if (found?.text) return JSON.parse(found.text.toString())
  throw new Error('The statement of a plan returned no text')
}

function failed(fields: readonly RootField[]) {
  return (error: unknown) => {
    throw new StatementFailed(error, fields)
  }
}

/** Undefined unless the arguments are a query with valid variables. */
function askedOf({ schema, document, operationName, variableValues }: ExecutionArgs) {
  const operation = getOperationAST(document, operationName)
  if (operation?.operation !== 'query') return undefined
  const prepared = preparedOf(schema, operation, () => {
    const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION)
    return Object.fromEntries(fragments.map((one) => [one.name.value, one]))
  })
  const { coerced: variables } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {})
  if (!variables) return undefined
  const type = schema.getQueryType() as GraphQLObjectType
  const selected = fieldsOf(type, operation.selectionSet.selections, prepared, variables)
  return { operation, prepared, variables, selected, fields: rootFields(type, selected, prepared) }
}

/** The selected fields of Query, apart from those of introspection. */
function rootFields(
  parentType: GraphQLObjectType,
  selected: Fields,
  { schema, fragmentsByName }: Prepared,
): RootField[] {
  return [...selected].flatMap(([key, fieldNodes]) => {
    const field = parentType.getFields()[fieldNodes[0]?.name.value ?? '']
    if (!field) return []
    const isPlanned = field.extensions.sql !== undefined
    return [{ key, fieldNodes, fragments: fragmentsByName, isPlanned, parentType, returnType: field.type, schema }]
  })
}

function nodesOf(fields: readonly RootField[]): Map<string, FieldNode[]> {
  return new Map(fields.map(({ key, fieldNodes }) => [key, [...fieldNodes]]))
}

/**
 * Undefined if the answer as text has a part that is not planned, or an argument is invalid. For the executor, a plan is
 * then made for this run only, with the error in the field's place.
 */
function bind(question: Question & Prepared, key: string, run: Run): { plan: Plan; values: unknown[] } | undefined {
  try {
    const plan = planOf(question, key, run)
    return plan && { plan, values: valuesOf(plan, run) }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    const { plan } = question.isText ? {} : compile(question, run)
    return plan && { plan, values: valuesOf(plan, run) }
  }
}

/** Throws bad input for a value that is invalid. */
function valuesOf({ derived, lookups, params }: Plan, run: Run): unknown[] {
  for (const value of derived) value.of(run)
  if (lookups.reduce((sum, count) => sum + count.of(run), 0) > run.lookupsLeft) throw run.tooManyLookups()
  return params.map((param) => (param instanceof Given ? param.of(run) : param) ?? null)
}

function planOf(question: Question & Prepared, place: string, run: Run): Plan | undefined {
  const shapes = question.variables.map(([name, type]) => shapeOf(type, run.variables[name]))
  const scope = `${numberOf(question.schema)} ${run.organizations !== null} ${run.moment !== undefined}`
  const key = `${place} ${scope} ${shapes.join('|')}`
  const variants = plans.get(key) ?? []
  const found = variants.find(({ choices }) => choices.every((choice) => holds(choice, run)))
  if (found) return found.plan
  const compiled = compile(question, run)
  if (!compiled.plan?.isFaulty) plans.set(key, [compiled, ...variants].slice(0, mostVariants))
  return compiled.plan
}

function holds(choice: { holds(run: Run): boolean }, run: Run): boolean {
  try {
    return choice.holds(run)
  } catch {
    return false
  }
}

function preparedOf(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragmentsOf: () => GraphQLResolveInfo['fragments'],
): Prepared {
  const known = operations.get(operation)
  if (known?.schema === schema) return known
  const fragmentsByName = fragmentsOf()
  const prepared = {
    schema,
    fragments: new Map(Object.entries(fragmentsByName)),
    fragmentsByName,
    variables: (operation.variableDefinitions ?? []).map(
      ({ variable, type }) => [variable.name.value, typeFromAST(schema, type as never) as GraphQLInputType] as const,
    ),
  }
  operations.set(operation, prepared)
  return prepared
}

function numberOf(node: object): number {
  const known = numbers.get(node)
  if (known !== undefined) return known
  lastNumber += 1
  numbers.set(node, lastNumber)
  return lastNumber
}

function textResult(text: Buffer): TextResult {
  return {
    text,
    stringify: ({ extensions }) =>
      extensions
        ? `${text.toString('utf8', 0, text.length - 1)},"extensions":${JSON.stringify(extensions)}}`
        : `${text}`,
  }
}
