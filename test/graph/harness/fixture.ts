/** A graph over rows inserted directly into the mirror's tables, queried with the context that the server gives. */
import { type ExecutionResult, execute, parse, specifiedRules, validate } from 'graphql'
import { addressKey } from '../../../src/addresses/address-key.ts'
import { domainOf } from '../../../src/addresses/spellings.ts'
import type { Sql } from '../../../src/db/database.ts'
import { onlyWhatHasAPast } from '../../../src/graph/as-of/as-of.ts'
import type { Viewer } from '../../../src/graph/context.ts'
import { executeOperation } from '../../../src/graph/execute.ts'
import { buildSchema } from '../../../src/graph/schema.ts'
import { openMemory } from '../../../src/mirror/count-cache.ts'
import { testDatabase } from '../../support/database.ts'
import { contextOf, reader } from './context.ts'

export const schema = buildSchema()

/** The time at which rows were observed, unless a test sets another time. */
export const observedAt = '2026-06-01T00:00:00.123456Z'

type Row = Record<string, unknown>

export interface Graph extends AsyncDisposable {
  readonly sql: Sql
  /** The SQL statements of the last query. */
  readonly statements: string[]
  /** Executes a query. The viewer defaults to one that can read every organization. */
  ask(question: string, variables?: Row, viewer?: Viewer): Promise<ExecutionResult>
  /**
   * Returns a function that executes one document, whose plan is then cached, and the text of its answers: by its plan
   * if there is one, or by resolvers.
   */
  asking(question: string): (variables?: Row, viewer?: Viewer, by?: 'plan' | 'resolvers') => Promise<string>
  /** The data of the response. Throws if the response has errors. */
  data(question: string, variables?: Row): Promise<Row>
  add: Adders
}

export async function graph(): Promise<Graph> {
  const statements: string[] = []
  const database = await testDatabase({ onStatement: (statement) => void statements.push(statement) })
  const memory = openMemory()
  const ask = async (question: string, variables: Row = {}, viewer: Viewer = reader) => {
    const document = parse(question)
    const mistakes = validate(schema, document, [...specifiedRules, onlyWhatHasAPast({ byHeader: false })])
    if (mistakes.length > 0) return { errors: mistakes }
    // The driver reads the catalog when it opens a connection. Those statements do not belong to the query.
    await database.sql`select 1`
    statements.length = 0
    const args = { schema, document, variableValues: variables, contextValue: contextOf(database, viewer, memory) }
    return plain((await executeOperation(args, execute)) as ExecutionResult)
  }
  return {
    sql: database.sql,
    statements,
    ask,
    asking(question) {
      const document = parse(question)
      return async (variables = {}, viewer = reader, by = 'plan') => {
        const args = { schema, document, variableValues: variables, contextValue: contextOf(database, viewer, memory) }
        statements.length = 0
        const answer = await executeOperation(args, execute, { resolvesAll: by === 'resolvers' })
        const { text } = answer as { text?: Buffer }
        return text?.toString() ?? JSON.stringify(answer)
      }
    },
    async data(question, variables) {
      const { data, errors } = await ask(question, variables)
      if (errors) throw new AggregateError(errors, errors.map((error) => error.message).join('; '))
      return data as Row
    },
    add: adders(database.sql),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

/** The errors of a response, reduced to what a caller sees. */
export function errorsOf(answer: ExecutionResult): { message: string; code: unknown; path: unknown }[] {
  return (answer.errors ?? []).map(({ message, extensions, path }) => ({ message, code: extensions?.code, path }))
}

export type Adders = ReturnType<typeof adders>

export function adders(sql: Sql) {
  let last = 0
  const insert = async (table: string, row: Row): Promise<number> => {
    const full: Row = table === 'memberships' || table === 'role_grants' ? row : { id: ++last, ...row }
    const columns = Object.keys(full)
    await sql.unsafe(
      `insert into "${table}" (${columns.map((name) => `"${name}"`).join(', ')}) values (${columns.map((_, i) => `$${i + 1}`).join(', ')})`,
      Object.values(full),
    )
    return Number(full.id ?? 0)
  }
  return {
    organization: (slug: string, row: Row = {}) => insert('organizations', { slug, name: slug.toUpperCase(), ...row }),
    /** A live user whose relations have been read. */
    user: (organization: number, email: string, row: Row = {}) =>
      insert('users', {
        organization_id: organization,
        primary_email: email,
        address_key: addressKey(email),
        domain: domainOf(email),
        type: 'USER',
        status: 'ACTIVE',
        profile_known: 0,
        profile_at: observedAt,
        roles_at: observedAt,
        aliases_at: observedAt,
        groups_at: observedAt,
        valid_from: observedAt,
        version_from: observedAt,
        ...row,
      }),
    alias: (organization: number, user: number, address: string, row: Row = {}) =>
      insert('aliases', {
        organization_id: organization,
        user_id: user,
        address,
        address_key: addressKey(address),
        domain: domainOf(address),
        valid_from: observedAt,
        ...row,
      }),
    group: (organization: number, groupId: string, name: string, row: Row = {}) =>
      insert('groups', {
        organization_id: organization,
        group_id: groupId,
        name,
        profile_at: observedAt,
        valid_from: observedAt,
        version_from: observedAt,
        ...row,
      }),
    role: (organization: number, name: string) =>
      insert('roles', {
        organization_id: organization,
        name,
        valid_from: observedAt,
        privileged: name !== 'USER',
      }),
    member: (organization: number, user: number, group: number, row: Row = {}) =>
      insert('memberships', {
        organization_id: organization,
        user_id: user,
        group_id: group,
        happened_by: observedAt,
        valid_from: observedAt,
        ...row,
      }),
    grant: (organization: number, user: number, role: number, row: Row = {}) =>
      insert('role_grants', {
        organization_id: organization,
        user_id: user,
        role_id: role,
        valid_from: observedAt,
        ...row,
      }),
  }
}

/** The answer as a client parses it. */
export function plain(answer: ExecutionResult & { readonly text?: Buffer }): ExecutionResult {
  if (answer.text !== undefined) return JSON.parse(answer.text.toString())
  return answer.data === undefined ? answer : { ...answer, data: JSON.parse(JSON.stringify(answer.data)) }
}
