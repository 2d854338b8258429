/** What a document may be, found out before it is validated: validating is what a malicious one makes dear. */
import { type DocumentNode, GraphQLError, Kind, type SelectionSetNode } from 'graphql'

export interface DocumentLimits {
  /** Words and signs. */
  readonly tokens: number
  /** Fields within fields. */
  readonly depth: number
  /** Fields under another name, all together. */
  readonly aliases: number
  /** At one place. */
  readonly directives: number
  /** Of one field under one name, in one selection. */
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

/** Throws what is too much, in plain words. */
export function checkDocument(document: DocumentNode, limits: DocumentLimits): void {
  check('definitions', document.definitions.length, limits)
  let aliases = 0
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  )
  /** How deep each fragment goes; one that is being measured counts as 0, for circles are refused by validation. */
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
  depth: 'levels of fields within fields',
  aliases: 'fields under another name',
  directives: 'directives at one place',
  repetitions: 'repetitions of one field in one selection',
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
  /** The limit's name. */
  readonly limit: string
  /** Undefined where the limit is the validator's own. */
  readonly max?: number
  /** What was asked for; undefined where counting stopped at the limit. */
  readonly actual?: number
}

/**
 * The error for an operation that is well-formed, but exceeds a limit: 400, but 200 for a client that accepts `application/json` alone (GraphQL
 * over HTTP).
 */
export function limitExceeded(exceeded: ExceededLimit, message: string): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: 'LIMIT_EXCEEDED', ...exceeded, http: { status: 400, spec: true } },
  })
}
