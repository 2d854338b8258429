/** Limits of a document, checked before validation: validation is what a malicious document makes expensive. */
import { type DocumentNode, GraphQLError, Kind, type SelectionSetNode } from 'graphql'

export interface DocumentLimits {
  /** Lexical tokens. */
  readonly tokens: number
  /** Levels of nested fields. */
  readonly depth: number
  /** Aliased fields in the whole document. */
  readonly aliases: number
  /** Directives at one location. */
  readonly directives: number
  /** Occurrences of one response name in one selection set. */
  readonly repetitions: number
  /** Operations and fragments. */
  readonly definitions: number
}

export const usualDocumentLimits: DocumentLimits = {
  tokens: 3_000,
  depth: 15,
  aliases: 60,
  directives: 4,
  repetitions: 8,
  definitions: 60,
}

/** Throws an error that names the exceeded limit. */
export function checkDocument(document: DocumentNode, limits: DocumentLimits): void {
  check('definitions', document.definitions.length, limits)
  let aliases = 0
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  )
  /** The depth of each fragment. A fragment that is being measured counts as 0; validation rejects cycles. */
  const depths = new Map<string, number>()

  const depthOf = ({ selections }: SelectionSetNode, level: number): number => {
    check('depth', level, limits)
    const names = new Map<string, number>()
    let depth = 0
    for (const selection of selections) {
      check('directives', selection.directives?.length ?? 0, limits)
      if (selection.kind === Kind.FIELD) {
        if (selection.alias) check('aliases', ++aliases, limits)
        const name = (selection.alias ?? selection.name).value
        const times = (names.get(name) ?? 0) + 1
        names.set(name, times)
        check('repetitions', times, limits)
      }
      if (selection.kind === Kind.FRAGMENT_SPREAD) depth = Math.max(depth, depthOfFragment(selection.name.value, level))
      else if (selection.selectionSet) {
        const deeper = selection.kind === Kind.FIELD ? 1 : 0
        depth = Math.max(depth, deeper + depthOf(selection.selectionSet, level + deeper))
      }
    }
    check('depth', level + depth, limits)
    return depth
  }

  const depthOfFragment = (name: string, level: number): number => {
    const fragment = fragments.get(name)
    let depth = depths.get(name)
    if (depth === undefined) {
      depths.set(name, 0)
      depth = fragment ? depthOf(fragment.selectionSet, level) : 0
      depths.set(name, depth)
    }
    return depth
  }

  for (const definition of document.definitions) {
    if (!('selectionSet' in definition)) continue
    check('directives', definition.directives?.length ?? 0, limits)
    if (definition.kind === Kind.OPERATION_DEFINITION) depthOf(definition.selectionSet, 1)
    else if (definition.kind === Kind.FRAGMENT_DEFINITION) depthOfFragment(definition.name.value, 1)
  }
}

const words: Record<Exclude<keyof DocumentLimits, 'tokens'>, string> = {
  depth: 'levels of nested fields',
  aliases: 'aliases',
  directives: 'directives at one location',
  repetitions: 'occurrences of one field in a selection set',
  definitions: 'operations and fragments',
}

function check(limit: keyof typeof words, value: number, limits: DocumentLimits): void {
  if (value <= limits[limit]) return
  throw limitExceeded(
    { limit, max: limits[limit], actual: value },
    `The document has ${value} ${words[limit]}; the limit is ${limits[limit]}.`,
  )
}

export interface ExceededLimit {
  /** The name of the limit. */
  readonly limit: string
  /** Undefined if the validator defines the limit. */
  readonly max?: number
  /** The requested amount; undefined if counting stopped at the limit. */
  readonly actual?: number
}

/**
 * The error for a well-formed operation that exceeds a limit: status 400, or 200 for a client that accepts only
 * `application/json` (GraphQL over HTTP).
 */
export function limitExceeded(exceeded: ExceededLimit, message: string): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: 'LIMIT_EXCEEDED', ...exceeded, http: { status: 400, spec: true } },
  })
}
