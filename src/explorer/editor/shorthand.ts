/**
 * Variables of the query editor as a person types them. Where the operation declares a DateTime, `-7d` stands for a week
 * ago; where it declares an ID, `user:ADDRESS`, `group:ID` and `role:NAME` stand for the ID of that node.
 */
import { Kind, type OperationDefinitionNode, parse, type TypeNode } from 'graphql'
import { momentOf } from '../session/relative-time.ts'

export interface Expansion {
  /** In ms. */
  readonly now: number
  readonly ask: (query: string, variables: object) => Promise<{ found: { id: string } | null }>
}

type Variables = Readonly<Record<string, unknown>>

const lookUps: Readonly<Record<string, string>> = {
  user: 'query ($key: EmailAddress!) { found: user(primaryEmail: $key) { id } }',
  group: 'query ($key: String!) { found: group(groupId: $key) { id } }',
  role: 'query ($key: String!) { found: role(name: $key) { id } }',
}

/** Returns the variables with every shorthand replaced. Rejects if it names nothing. */
export async function expandVariables(query: string, variables: Variables, expansion: Expansion): Promise<Variables> {
  const types = typesOf(query)
  const entries = Object.entries(variables).map(async ([name, value]) => {
    return [name, await expand(value, types.get(name) ?? 'String', expansion)] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

async function expand(value: unknown, type: string, expansion: Expansion): Promise<unknown> {
  if (Array.isArray(value)) return await Promise.all(value.map((one) => expand(one, type, expansion)))
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(async ([key, one]) => [key, await expand(one, type, expansion)] as const)
    return Object.fromEntries(await Promise.all(entries))
  }
  if (typeof value !== 'string' || plain.has(type)) return value
  if (type === 'ID') return await idOf(value, expansion)
  // In other inputs, such as a filter, only the relative form is unmistakable.
  return /^-\d+[smhdw]$/.test(value) ? (momentOf(value, expansion.now) ?? value) : value
}

/** These types are passed on as they are. */
const plain = new Set(['String', 'EmailAddress', 'JSON', 'Int', 'Boolean', 'Float'])

async function idOf(value: string, { ask }: Expansion): Promise<string> {
  const [, kind = '', key = ''] = /^(user|group|role):(.+)$/.exec(value) ?? []
  const query = lookUps[kind]
  if (query === undefined) return value
  const { found } = await ask(query, { key })
  if (!found) throw new Error(`There is no ${kind} ${key}.`)
  return found.id
}

/** The named types of the variables that the operations declare. Empty if the text cannot be parsed. */
function typesOf(query: string): ReadonlyMap<string, string> {
  try {
    const operations = parse(query).definitions.filter(
      (one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION,
    )
    return new Map(
      operations.flatMap(({ variableDefinitions = [] }) =>
        variableDefinitions.map(({ variable, type }) => [variable.name.value, nameOf(type)] as const),
      ),
    )
  } catch {
    return new Map()
  }
}

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type)
}
