/** What stands beside the identity graph: people of an HR system, devices, and a chat service. They know it by the keys of its entities alone. */
import type { Definition } from './subgraph.ts'

export interface Known {
  /** Primary addresses. */
  readonly addresses: readonly string[]
  /** Another address of the first of them. */
  readonly alias: string
}

export function subgraphsKnowing(known: Known): Definition[] {
  return [people(known), devices(known), chat(known)]
}

/** Knows people by their primary address. Some of its names are those of the identity graph too, and mean something else. */
function people({ addresses }: Known): Definition {
  const person = (number: number) => ({
    number,
    title: `Person ${number}`,
    account: { primaryEmail: addresses[number] },
    group: { department: 'Sales' },
  })
  const numbers = new Map(addresses.map((address, number) => [address.toLowerCase(), number]))
  return {
    name: 'people',
    sdl: `
      type Query { person(number: Int!): Person users(filter: StringFilter): [Person!]! staff: [Person!]! }
      type Person { number: Int! title: String! account: User group: Group! }
      type User @key(fields: "primaryEmail") { primaryEmail: EmailAddress! person: Person }
      type Group { department: String! }
      type NotFound { what: String! }
      input StringFilter { matches: String }
      scalar EmailAddress
    `,
    resolvers: {
      Query: {
        person: (_root, { number }) => person(Number(number)),
        users: () => [person(0), person(1)],
        staff: () => addresses.map((_, number) => person(number)),
      },
    },
    references: {
      User: ({ primaryEmail }) => {
        const number = numbers.get(String(primaryEmail).toLowerCase())
        return { person: number === undefined ? null : person(number) }
      },
    },
  }
}

/** Cannot say which devices the fourth has. */
function devices({ addresses }: Known): Definition {
  return {
    name: 'devices',
    sdl: `
      type Query { devices: [Device!]! }
      type Device @key(fields: "serial") { serial: String! owner: User }
      type User @key(fields: "primaryEmail") { primaryEmail: EmailAddress! devices: [Device!] }
      scalar EmailAddress
    `,
    resolvers: {
      Query: {
        devices: () =>
          [addresses[0], 'missing@elsewhere.example'].map((primaryEmail, n) => ({
            serial: `D${n}`,
            owner: { primaryEmail },
          })),
      },
      User: {
        devices: ({ primaryEmail }) => {
          if (primaryEmail === addresses[3]) throw new Error(`the devices of ${String(primaryEmail)} cannot be read`)
          return [{ serial: `of ${String(primaryEmail)}` }]
        },
      },
    },
    references: {
      User: ({ primaryEmail }) => ({ primaryEmail }),
      Device: ({ serial }) => ({ serial }),
    },
  }
}

/** Knows people by whatever address they write from. */
function chat({ addresses, alias }: Known): Definition {
  return {
    name: 'chat',
    sdl: `
      type Query { messages: [Message!]! }
      type Message { text: String! author: Identity }
      type Identity @key(fields: "address") { address: EmailAddress! lastSaid: String }
      scalar EmailAddress
    `,
    resolvers: {
      Query: {
        messages: () => [
          { text: 'by the primary address', author: { address: addresses[0] } },
          { text: 'by an alias', author: { address: alias } },
          { text: 'by a stranger', author: { address: 'stranger@elsewhere.example' } },
        ],
      },
    },
    references: { Identity: ({ address }) => ({ lastSaid: `hello from ${String(address)}` }) },
  }
}
