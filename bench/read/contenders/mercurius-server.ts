/**
 * Mercurius with just-in-time compiled queries and a hand-written loader for each relation. Its schema is the part of
 * ours that the queries need.
 */
import fastify from 'fastify'
import mercurius, { type IResolvers, type MercuriusLoaders } from 'mercurius'
import { utc } from '../../../src/db/timestamps.ts'
import { globalIdOf } from '../queries/query.ts'
import { connectPostgres } from './server-process.ts'

const schema = `
  scalar EmailAddress
  scalar DateTime
  enum UserType { USER ALIAS }
  enum UserStatus { ACTIVE INACTIVE }
  enum UserOrderField { PRIMARY_EMAIL LAST_NAME }
  type Query {
    user(primaryEmail: EmailAddress!): User
    users(first: Int!, after: String!): UserConnection
    usersOfDomain(first: Int!, domain: String!, status: UserStatus!, orderBy: UserOrderField!): UserConnection
    usersByIds(ids: [ID!]!): [User]!
    group(groupId: String!): Group
  }
  type UserConnection { totalCount: Int nodes: [User!]! }
  type User {
    id: ID! primaryEmail: EmailAddress! displayName: String! firstName: String lastName: String
    type: UserType status: UserStatus mailboxSize: Int createdAt: DateTime updatedAt: DateTime
    organization: Organization! aliases: [Alias!] roles: [Role!] groups(first: Int!): GroupConnection
  }
  type Organization { slug: String! name: String! }
  type Alias { id: ID! address: EmailAddress! }
  type Role { id: ID! name: String! }
  type GroupConnection { totalCount: Int! nodes: [Group!]! }
  type Group { id: ID! groupId: String! name: String! memberCount: Int members(first: Int!): UserConnection }
`

interface Row {
  readonly id: string
}

interface UserRow extends Row {
  readonly organizationId: string
  readonly primaryEmail: string
  readonly firstName: string | null
  readonly lastName: string | null
}

interface DomainPage {
  readonly first: number
  readonly domain: string
  readonly status: string
  readonly orderBy: 'PRIMARY_EMAIL' | 'LAST_NAME'
}

const sql = connectPostgres()

const userColumns = sql.unsafe(`u.id, u.organization_id as "organizationId", u.primary_email as "primaryEmail",
  u.first_name as "firstName", u.last_name as "lastName", u.type, u.status, u.mailbox_size as "mailboxSize",
  ${utc('u.created_at')} as "createdAt", ${utc('u.updated_at')} as "updatedAt"`)
const groupColumns = sql`g.id, g.group_id as "groupId", g.name, g.member_count as "memberCount"`

const resolvers: IResolvers = {
  Query: {
    user: async (_root, { primaryEmail }: { primaryEmail: string }) => {
      const [user] = await sql`
        select ${userColumns} from users u where u.address_key = ${primaryEmail.toLowerCase()} and u.deleted_at is null`
      return user ?? null
    },
    users: async (_root, { first, after }: { first: number; after: string }) => ({
      nodes: await sql`
        select ${userColumns} from users u, organizations o
        where u.organization_id = o.id and u.address_key > ${after} and u.deleted_at is null
        order by u.address_key limit ${first}`,
    }),
    usersOfDomain: async (_root, { first, domain, status, orderBy }: DomainPage) => {
      const order = orderBy === 'LAST_NAME' ? sql`lower(coalesce(u.last_name, ''))` : sql`u.address_key`
      const matching = sql`
        from users u, organizations o
        where u.organization_id = o.id and u.domain = ${domain} and u.status = ${status} and u.deleted_at is null`
      const [nodes, [counted]] = await Promise.all([
        sql`select ${userColumns} ${matching} order by ${order}, u.id limit ${first}`,
        sql`select count(*)::int as count ${matching}`,
      ])
      return { nodes, totalCount: counted?.count }
    },
    usersByIds: async (_root, { ids }: { ids: readonly string[] }) => {
      const rows = await sql<UserRow[]>`
        select ${userColumns} from users u where u.id = any(${array(ids.map(keyOf))}::bigint[])`
      const byId = new Map(rows.map((row) => [row.id, row]))
      return ids.map((id) => byId.get(keyOf(id)) ?? null)
    },
    group: async (_root, { groupId }: { groupId: string }) => {
      const [group] = await sql`
        select ${groupColumns} from groups g, organizations o
        where g.organization_id = o.id and g.group_id = ${groupId} and g.deleted_at is null`
      return group ?? null
    },
  },
  User: {
    id: ({ id }: Row) => globalIdOf('User', id),
    displayName: ({ firstName, lastName, primaryEmail }: UserRow) =>
      [firstName, lastName].filter((name) => name?.trim()).join(' ') || primaryEmail,
  },
  Alias: { id: ({ id }: Row) => globalIdOf('Alias', id) },
  Role: { id: ({ id }: Row) => globalIdOf('Role', id) },
  Group: { id: ({ id }: Row) => globalIdOf('Group', id) },
}

interface Batched<Parent> {
  readonly obj: Parent
  readonly params: { readonly first: number }
}

/** The rows of each parent, by `parentId`. */
async function loaded<Child extends { readonly parentId: string }>(
  parents: readonly Batched<Row>[],
  load: (ids: string) => PromiseLike<readonly Child[]>,
): Promise<Child[][]> {
  const rows = Map.groupBy(await load(array(parents.map(({ obj }) => obj.id))), ({ parentId }) => parentId)
  return parents.map(({ obj }) => rows.get(obj.id) ?? [])
}

type ChildRow = Row & { readonly parentId: string }

const uncached = { cache: false } as const

const loaders: MercuriusLoaders = {
  User: {
    organization: {
      opts: uncached,
      loader: async (parents: Batched<UserRow>[]) => {
        const rows = await sql<{ id: string }[]>`
          select id, slug, name from organizations
          where id = any(${array(parents.map(({ obj }) => obj.organizationId))}::bigint[])`
        const byId = new Map(rows.map((row) => [row.id, row]))
        return parents.map(({ obj }) => byId.get(obj.organizationId))
      },
    },
    aliases: {
      opts: uncached,
      loader: (parents: Batched<UserRow>[]) =>
        loaded(
          parents,
          (ids) => sql<ChildRow[]>`
            select user_id as "parentId", id, address from aliases
            where user_id = any(${ids}::bigint[]) and valid_to is null order by user_id, address_key, id`,
        ),
    },
    roles: {
      opts: uncached,
      loader: (parents: Batched<UserRow>[]) =>
        loaded(
          parents,
          (ids) => sql<ChildRow[]>`
            select x.user_id as "parentId", r.id, r.name from role_grants x join roles r on r.id = x.role_id
            where x.user_id = any(${ids}::bigint[]) and x.valid_to is null order by x.user_id, r.name`,
        ),
    },
    groups: {
      opts: uncached,
      loader: async (parents: Batched<UserRow>[]) => {
        const lists = await loaded(
          parents,
          (ids) => sql<ChildRow[]>`
            select m.user_id as "parentId", ${groupColumns} from memberships m join groups g on g.id = m.group_id
            where m.user_id = any(${ids}::bigint[]) and m.valid_to is null order by m.user_id, m.group_id`,
        )
        return lists.map((all, i) => ({ totalCount: all.length, nodes: all.slice(0, parents[i]?.params.first) }))
      },
    },
  },
  Group: {
    members: {
      opts: uncached,
      loader: async (parents: Batched<Row>[]) => {
        const first = Math.max(...parents.map(({ params }) => params.first))
        const lists = await loaded(
          parents,
          (ids) => sql<ChildRow[]>`
            select m.group_id as "parentId", ${userColumns} from unnest(${ids}::bigint[]) as g (id)
            cross join lateral (
              select * from memberships m where m.group_id = g.id and m.valid_to is null
              order by m.user_id limit ${first}
            ) m join users u on u.id = m.user_id order by m.group_id, m.user_id`,
        )
        return lists.map((all, i) => ({ nodes: all.slice(0, parents[i]?.params.first) }))
      },
    },
  },
}

function keyOf(id: string): string {
  return Buffer.from(id, 'base64').toString().split(':')[1] ?? ''
}

function array(ids: readonly string[]): string {
  return `{${ids.join(',')}}`
}

const app = fastify({ keepAliveTimeout: 600_000 })
await app.register(mercurius, { schema, resolvers, loaders, jit: 1 })
const url = await app.listen({ port: 0, host: '127.0.0.1' })
process.stdout.write(`listening on ${url}/graphql\n`)
