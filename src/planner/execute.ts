/**
 * Answers an operation from its plan: one statement, whose text is the answer. Plans are cached by document and by the
 * shape of the variables.
 */
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getOperationAST,
  getVariableValues,
  Kind,
  typeFromAST,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { type Compiled, compile, type Plan } from './compile.ts'
import { Given, type Run } from './given.ts'
import { unanswered } from './json-text.ts'
import { fieldsOf, type Operation, shapeOf } from './selection.ts'

/** What a plan is run with. */
export interface Runner extends Omit<Run, 'variables'> {
  /** The number of objects that the operation may still look up. */
  readonly lookupsLeft: number
  /** Whether the caller may read the field. Otherwise its resolver refuses it. */
  permits(field: RootField): boolean
  /** Sends the statement, and returns the values of its only row. */
  send(text: string, params: readonly unknown[]): Promise<readonly (string | null)[]>
  /** Caches an answer: [organization id, time, whether it was cached already, JSON]. */
  learn(key: string, row: string): void
}

/** A selected field of Query, as resolvers see it. */
export type RootField = Pick<
  GraphQLResolveInfo,
  'fieldNodes' | 'fragments' | 'parentType' | 'returnType' | 'schema'
> & { readonly key: string; readonly isPlanned: boolean }

/** The statement failed, and with it all fields of the operation. */
export class StatementFailed extends Error {
  override readonly name = 'StatementFailed'
  readonly fields: readonly RootField[]

  constructor(cause: unknown, fields: readonly RootField[]) {
    super('The statement of a plan failed', { cause })
    this.fields = fields
  }
}

/** An answer whose text is known. */
export interface TextResult extends ExecutionResult {
  readonly text: string
  /** Yoga asks a result for its text, so the text is sent without being parsed. */
  readonly stringify: (result: ExecutionResult) => string
}

interface Prepared extends Operation {
  readonly number: number
  readonly variables: readonly (readonly [name: string, type: GraphQLInputType])[]
  readonly fragmentsByName: GraphQLResolveInfo['fragments']
}

/** The parsed document's identity is that of its text, as long as Yoga caches the document. */
const operations = new WeakMap<DocumentNode, Map<string, Prepared | undefined>>()
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
 * Returns the answer as text; undefined if the operation is not planned, or if the statement cannot answer it because
 * an error must be reported. Rejects if the statement fails.
 */
export async function answerByPlan(args: ExecutionArgs, open: () => Runner): Promise<TextResult | undefined> {
  const prepared = preparedOf(args)
  if (!prepared) return undefined
  const { schema, variableValues } = args
  const { coerced } = getVariableValues(schema, prepared.operation.variableDefinitions ?? [], variableValues ?? {})
  if (!coerced) return undefined
  const fields = rootFields(prepared, coerced)
  if (fields.length === 0 || !fields.every(({ isPlanned }) => isPlanned)) return undefined
  const runner = open()
  if (!fields.every((field) => runner.permits(field))) return undefined
  const run: Run = { ...runner, variables: coerced }
  const bound = boundPlan(prepared, run)
  if (!bound) return undefined
  const { plan, values } = bound
  if (plan.lookups.reduce((sum, count) => sum + count.of(run), 0) > runner.lookupsLeft) return undefined
  const [text, ...toCache] = await runner.send(plan.text, values).catch((error: unknown) => {
    throw new StatementFailed(error, fields)
  })
  if (typeof text !== 'string' || text.includes(unanswered)) return undefined
  for (const [i, row] of toCache.entries()) {
    if (row !== null) runner.learn((plan.cached[i] as Given<string>).of(run), row)
  }
  return textResult(plan.reprints ? JSON.stringify(JSON.parse(text)) : text)
}

/** The fields that the operation selects on Query, apart from those of introspection. */
function rootFields(prepared: Prepared, variables: Readonly<Record<string, unknown>>): RootField[] {
  const { schema, operation, fragmentsByName } = prepared
  const parentType = schema.getQueryType() as GraphQLObjectType
  const fields = fieldsOf(parentType, operation.selectionSet.selections, prepared, variables)
  return [...fields].flatMap(([key, fieldNodes]) => {
    const field = parentType.getFields()[fieldNodes[0]?.name.value ?? '']
    if (!field) return []
    const isPlanned = field.extensions.sql !== undefined
    return [{ key, fieldNodes, fragments: fragmentsByName, isPlanned, parentType, returnType: field.type, schema }]
  })
}

/** Undefined if the operation is not planned, or if an argument is invalid: resolvers report that at its path. */
function boundPlan(prepared: Prepared, run: Run): { plan: Plan; values: unknown[] } | undefined {
  try {
    const plan = planOf(prepared, run)
    if (!plan) return undefined
    for (const value of plan.derived) value.of(run)
    const values = plan.params.map((param) => (param instanceof Given ? param.of(run) : param) ?? null)
    return { plan, values }
  } catch (error) {
    if (error instanceof GraphQLError) return undefined
    throw error
  }
}

function planOf(prepared: Prepared, run: Run): Plan | undefined {
  const shapes = prepared.variables.map(([name, type]) => shapeOf(type, run.variables[name]))
  const key = `${prepared.number} ${run.organizations !== null} ${run.moment !== undefined} ${shapes.join('|')}`
  const variants = plans.get(key) ?? []
  const found = variants.find(({ choices }) => choices.every((choice) => holds(choice, run)))
  if (found) return found.plan
  const compiled = compile(prepared, run)
  plans.set(key, [compiled, ...variants].slice(0, mostVariants))
  return compiled.plan
}

function holds(choice: { holds(run: Run): boolean }, run: Run): boolean {
  try {
    return choice.holds(run)
  } catch {
    return false
  }
}

function preparedOf({ schema, document, operationName }: ExecutionArgs): Prepared | undefined {
  const byName = operations.get(document) ?? new Map<string, Prepared | undefined>()
  operations.set(document, byName)
  const name = operationName ?? ''
  const known = byName.get(name)
  if (known?.schema === schema || (known === undefined && byName.has(name))) return known
  const prepared = prepare(schema, document, operationName)
  byName.set(name, prepared)
  return prepared
}

function prepare(
  schema: ExecutionArgs['schema'],
  document: DocumentNode,
  operationName: string | null | undefined,
): Prepared | undefined {
  const operation = getOperationAST(document, operationName)
  if (operation?.operation !== 'query') return undefined
  lastNumber += 1
  const fragments = document.definitions.flatMap((one) =>
    one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
  )
  const variables = (operation.variableDefinitions ?? []).map(
    ({ variable, type }) => [variable.name.value, typeFromAST(schema, type as never) as GraphQLInputType] as const,
  )
  return {
    schema,
    operation,
    fragments: new Map(fragments),
    fragmentsByName: Object.fromEntries(fragments),
    number: lastNumber,
    variables,
  }
}

function textResult(text: string): TextResult {
  return {
    text,
    stringify: ({ extensions }) =>
      extensions ? `${text.slice(0, -1)},"extensions":${JSON.stringify(extensions)}}` : text,
  }
}
