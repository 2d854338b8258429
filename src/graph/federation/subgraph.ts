import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  lexicographicSortSchema,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  printSchema,
} from 'graphql'

/**
 * The schema for federation composition: SDL with the directives of Federation 2. As the specification requires, it
 * leaves out the fields that a router queries.
 */

export interface SubgraphOptions {
  /** Whether `Query.node` and `Query.nodes` are part of the subgraph. Direct callers always have them. */
  readonly withNode: boolean
  /** The prefix of the type names, if any (type-prefix.ts). */
  readonly prefix?: string | undefined
}

/** v2.9 is also supported by composition tools other than Apollo's. */
const link = parse(
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@inaccessible"])`,
)
/** Types whose values are the same in every subgraph. */
const shareableTypes = new Set(['PageInfo'])
const routerTypes = new Set(['_Any', '_Entity', '_Service'])
const routerFields = new Set(['_entities', '_service'])
const nodeFields = new Set(['node', 'nodes'])
/** Types that keep their name when others get a prefix. Scalars keep theirs too. */
export const keptNames: ReadonlySet<string> = new Set([
  ...['User', 'Identity', 'Node', 'PageInfo'],
  ...['Query', 'Mutation', 'Subscription', ...routerTypes],
])
export const keptRootFields: ReadonlySet<string> = new Set([...nodeFields, ...routerFields])

export function subgraphText(schema: GraphQLSchema, options: SubgraphOptions): string {
  const { definitions } = parse(printSchema(lexicographicSortSchema(schema)))
  const kept = definitions.filter((one) => !('name' in one && one.name && routerTypes.has(one.name.value)))
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [...link.definitions, ...kept.map((one) => withDirectives(one, options))],
  }
  return `${print(document)}\n`
}

function withDirectives(definition: DefinitionNode, { withNode, prefix = '' }: SubgraphOptions): DefinitionNode {
  if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return definition
  const name = definition.name.value
  if (name === 'Query') return queryOf(definition, withNode)
  const known = Object.entries(entityKeys).find(([entity]) => [entity, `${prefix}${entity}`].includes(name))
  const keys: readonly string[] = known?.[1] ?? []
  const directives = [
    ...keys.map((fields) => directive('key', { fields })),
    ...(shareableTypes.has(name) ? [directive('shareable')] : []),
  ]
  return { ...definition, directives }
}

/**
 * Other Relay subgraphs have the same two fields, and an ID of this subgraph means nothing to them: the fields compose,
 * but are inaccessible.
 */
function queryOf(definition: ObjectTypeDefinitionNode, withNode: boolean): ObjectTypeDefinitionNode {
  const fields = (definition.fields ?? [])
    .filter(({ name }) => !routerFields.has(name.value) && (withNode || !nodeFields.has(name.value)))
    .map((field) =>
      nodeFields.has(field.name.value)
        ? { ...field, directives: [directive('shareable'), directive('inaccessible')] }
        : field,
    )
  return { ...definition, fields }
}

function directive(name: string, args: Readonly<Record<string, string>> = {}): ConstDirectiveNode {
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: name },
    arguments: Object.entries(args).map(([key, value]) => ({
      kind: Kind.ARGUMENT,
      name: { kind: Kind.NAME, value: key },
      value: { kind: Kind.STRING, value },
    })),
  }
}

/** The entities of the supergraph and their keys, the strongest key first. */
export const entityKeys = {
  User: ['id', 'primaryEmail', 'organization { slug } primaryEmail'],
  Group: ['id', 'organization { slug } groupId'],
  Role: ['id', 'organization { slug } name'],
  Organization: ['id', 'slug'],
  Identity: ['address'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type EntityName = keyof typeof entityKeys
