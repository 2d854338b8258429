/** The subgraphs that stand beside ours: people of an HR system, devices, and a chat service. */
import type { Fixture } from './fixture-subgraph.ts'

const numbered = (count: number) => Array.from({ length: count }, (_, index) => index)

/** Knows people by their primary address. Some of its names are ours too, and mean something else. */
export const people: Fixture = {
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
      staff: () => numbered(500).map(person),
    },
  },
  references: {
    User: ({ primaryEmail }) => {
      const [, number] = /^u(\d+)@acme\.example$/i.exec(String(primaryEmail)) ?? []
      return { person: number === undefined ? null : person(Number(number)) }
    },
  },
}

function person(number: number) {
  return {
    number,
    title: `Person ${number}`,
    account: { primaryEmail: `u${number}@acme.example` },
    group: { department: 'Sales' },
  }
}

/** Fails where it is asked for the devices of u3. */
export const devices: Fixture = {
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
        ['u0@acme.example', 'nobody@acme.example'].map((primaryEmail, n) => ({
          serial: `D${n}`,
          owner: { primaryEmail },
        })),
    },
    User: {
      devices: ({ primaryEmail }) => {
        if (String(primaryEmail) === 'u3@acme.example') throw new Error('the devices of u3 cannot be read')
        return [{ serial: `of ${String(primaryEmail)}` }]
      },
    },
  },
  references: {
    User: ({ primaryEmail }) => ({ primaryEmail }),
    Device: ({ serial }) => ({ serial }),
  },
}

/** Knows people by whatever address they write from. */
export const chat: Fixture = {
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
        { text: 'by the primary address', author: { address: 'u0@acme.example' } },
        { text: 'by an alias', author: { address: 'Info@Acme.example' } },
        { text: 'by a stranger', author: { address: 'stranger@elsewhere.example' } },
      ],
    },
  },
  references: { Identity: ({ address }) => ({ lastSaid: `hello from ${String(address)}` }) },
}
