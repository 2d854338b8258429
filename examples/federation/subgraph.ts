/** A small subgraph of a few lines, served by HTTP: what a team that knows the identity graph by its keys alone would run. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildSchema, type GraphQLFieldResolver, isObjectType, isUnionType } from 'graphql'
import { createYoga } from 'graphql-yoga'

type Resolver = GraphQLFieldResolver<Record<string, unknown>, object, Record<string, unknown>, unknown>
type Row = Record<string, unknown>

export interface Subgraph extends AsyncDisposable {
  readonly name: string
  readonly url: string
  /** As it is composed. */
  readonly sdl: string
  /** The `authorization` and `as-of` headers of the requests so far. */
  readonly headers: { authorization: string | null; asOf: string | null }[]
  requests: number
}

export interface Definition {
  readonly name: string
  readonly sdl: string
  readonly resolvers?: Readonly<Record<string, Readonly<Record<string, Resolver>>>>
  /** The thing of the type that the reference names; undefined for none. */
  readonly references?: Readonly<Record<string, (reference: Row) => Row | undefined>>
}

const federation = `
  directive @link(url: String!, import: [String]) repeatable on SCHEMA
  directive @key(fields: String!) repeatable on OBJECT
  directive @shareable repeatable on OBJECT | FIELD_DEFINITION
  directive @external on OBJECT | FIELD_DEFINITION
  scalar _Any
  type _Service { sdl: String! }
`
export const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external"])\n'

export async function startSubgraph({ name, sdl, resolvers = {}, references = {} }: Definition): Promise<Subgraph> {
  const entities = Object.keys(references)
  const schema = buildSchema(
    `${federation}${sdl}
    union _Entity = ${entities.join(' | ')}
    extend type Query { _entities(representations: [_Any!]!): [_Entity]! _service: _Service! }`,
    { assumeValidSDL: true },
  )
  for (const [typeName, fields] of Object.entries(resolvers)) {
    const type = schema.getType(typeName)
    for (const [field, resolve] of Object.entries(fields)) {
      const found = isObjectType(type) ? type.getFields()[field] : undefined
      if (!found) throw new Error(`${name} has no ${typeName}.${field}`)
      found.resolve = resolve as typeof found.resolve & {}
    }
  }
  const entity = schema.getType('_Entity')
  if (isUnionType(entity)) entity.resolveType = (row: Row) => String(row.__typename)
  const asked = schema.getQueryType()?.getFields()._entities
  if (asked) {
    asked.resolve = (_root, { representations }: { representations: Row[] }) =>
      representations.map((one) => {
        const found = references[String(one.__typename)]?.(one)
        return found ? { ...one, ...found } : null
      })
  }
  const headers: Subgraph['headers'] = []
  const yoga = createYoga({ schema, logging: false, maskedErrors: false })
  const server = createServer((request, response) => {
    headers.push({
      authorization: request.headers.authorization ?? null,
      asOf: typeof request.headers['as-of'] === 'string' ? request.headers['as-of'] : null,
    })
    void yoga(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    name,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    sdl: link + sdl,
    headers,
    get requests() {
      return headers.length
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
