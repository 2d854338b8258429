/** Callers whose results identify their owner. Each returns the description of a wrong result, or undefined. */
import { sql as drizzleSql } from 'drizzle-orm'
import type { Database } from '../../../src/db/database.ts'
import { inOrganization } from '../../../src/mirror/in-organization.ts'
import type { Random } from '../../../src/simulator/data/random.ts'

export interface Tenant {
  readonly slug: string
  readonly id: number
  readonly token: string
}

export interface Stage {
  readonly database: Database
  readonly url: string
  readonly tenants: readonly Tenant[]
  readonly random: Random
  /** Writes that were acknowledged. */
  readonly written: Set<string>
}

export interface Call {
  readonly stage: Stage
  readonly caller: string
  readonly nonce: string
  readonly signal: AbortSignal
}

export type CallKind = (call: Call) => Promise<string | undefined>

/** An error response of the API. */
export class AnsweredError extends Error {
  readonly answeredCode: string

  constructor(code: string) {
    super(code)
    this.answeredCode = code
  }
}

interface Own extends Record<string, unknown> {
  whose: string
  n: number
}

const right = (rows: readonly Own[], nonce: string, length: number) =>
  rows.length === length && rows.every(({ whose, n }, index) => whose === nonce && Number(n) === index + 1)
    ? undefined
    : `expected ${length} rows of ${nonce}, got ${JSON.stringify(rows.slice(0, 3))} (${rows.length})`

const sleepMs = ({ stage }: Call) => stage.random.below(8)

export const kinds: Readonly<Record<string, CallKind>> = {
  async read(call) {
    const { stage, nonce } = call
    const length = 1 + stage.random.below(50)
    const { sql } = stage.database.read(call)
    const rows = await sql<Own[]>`
      select ${nonce} as whose, n, pg_sleep(${sleepMs(call) / 1_000 / length}) from generate_series(1, ${length}::int) n`
    return right(rows, nonce, length)
  },

  async drizzle(call) {
    const { stage, nonce } = call
    const length = 1 + stage.random.below(5)
    const reader = stage.database.read(call)
    const rows = await reader
      .drizzle()
      .execute<Own>(drizzleSql`select ${nonce}::text as whose, n from generate_series(1, ${length}::int) n`)
    return right(rows, nonce, length)
  },

  /** Fails after its first rows. The driver must not add these rows to the result of the next caller. */
  async fails(call) {
    const { stage, nonce } = call
    const { sql } = stage.database.read(call)
    try {
      await sql`select ${nonce} as whose, 1 / (5 - n) from generate_series(1, 10) n`
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === '22012') return undefined
      throw error
    }
    return `${nonce}: a division by zero had an answer`
  },

  /** Several concurrent statements of one transaction. */
  async snapshot(call) {
    const { stage, nonce } = call
    return await stage.database.readSnapshot(call, async ({ sql, drizzle }) => {
      const [first, second, third] = await Promise.all([
        sql<Own[]>`select ${nonce} as whose, 1 as n, now() as at`,
        drizzle().execute<Own & { at: string }>(drizzleSql`select ${nonce}::text as whose, 1 as n, now() as at`),
        sql<Own[]>`select ${nonce} as whose, n, pg_sleep(${sleepMs(call) / 1_000}) from generate_series(1, 2) n`,
      ])
      const isOne = first[0]?.at === second[0]?.at
      if (!isOne) return `${nonce}: two transactions answered one snapshot`
      return right(first, nonce, 1) ?? right([...second], nonce, 1) ?? right(third, nonce, 2)
    })
  },

  async write({ stage, nonce }) {
    await stage.database.sql.begin(async (tx) => {
      await tx`insert into fuzz_written (nonce) values (${nonce})`
      await tx`select pg_sleep(${stage.random.below(4) / 1_000})`
    })
    stage.written.add(nonce)
    return undefined
  },

  async turn({ stage, nonce }) {
    const tenant = stage.random.pick(stage.tenants)
    const rows = await inOrganization(stage.database.sql, tenant.id, async (tx) => {
      await tx`insert into fuzz_written (nonce) values (${nonce})`
      return await tx<Own[]>`select ${nonce} as whose, n from generate_series(1, 3) n`
    })
    stage.written.add(nonce)
    return right(rows, nonce, 3)
  },

  async control({ stage, nonce }) {
    return right(await stage.database.control<Own[]>`select ${nonce} as whose, 1 as n`, nonce, 1)
  },

  /** Queries the API as one of two tenants. Each must see only its own users. */
  async api(call) {
    const tenant = call.stage.random.pick(call.stage.tenants)
    const first = 1 + call.stage.random.below(20)
    const query = `{ marker: __typename a: users(first: ${first}) { totalCount nodes { primaryEmail groups { nodes { name } } } } b: users(first: 3) { nodes { primaryEmail } } }`
    return foreignIn(await ask(call, tenant.token, query), tenant.slug, first)
  },

  async past(call) {
    const tenant = call.stage.random.pick(call.stage.tenants)
    const fields = Array.from({ length: 10 }, (_, i) => `x${i}: users(first: 2) { nodes { primaryEmail } }`).join(' ')
    const query = `query { a: users(first: 5) { totalCount nodes { primaryEmail groups { nodes { name } } } } ${fields} }`
    return foreignIn(await ask(call, tenant.token, query, { 'as-of': '2026-07-01T00:00:00Z' }), tenant.slug, 5)
  },

  async unknown(call) {
    const answer = await post(call, `egt_${call.nonce}`, '{ users(first: 1) { totalCount } }')
    if (answer.status === 401) return undefined
    if (answer.status === 503) throw new AnsweredError('SERVICE_UNAVAILABLE')
    return `an unknown token was answered with ${answer.status}: ${JSON.stringify(answer.body)}`
  },
}

interface Users {
  readonly totalCount?: number
  readonly nodes: readonly { readonly primaryEmail: string; readonly groups?: { nodes: readonly { name: string }[] } }[]
}

function foreignIn(data: Record<string, unknown>, slug: string, first: number): string | undefined {
  for (const [key, value] of Object.entries(data)) {
    if (key === 'marker') continue
    const { nodes, totalCount } = value as Users
    const names = nodes.flatMap(({ primaryEmail, groups }) => [
      primaryEmail.split('@')[1],
      ...(groups?.nodes.map(({ name }) => `${name}.example`) ?? []),
    ])
    if (!names.every((name) => name === `${slug}.example`)) return `${slug} was answered with ${names.join()}`
    if (key === 'a' && (nodes.length !== Math.min(first, usersEach) || totalCount !== usersEach)) {
      return `${slug} was answered with ${nodes.length} of ${totalCount} users, asking for ${first} of ${usersEach}`
    }
  }
  return undefined
}

export const usersEach = 30

interface Answer {
  readonly data?: Record<string, unknown> | null
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[]
}

async function post({ stage, signal }: Call, token: string, query: string, headers: Record<string, string> = {}) {
  const answer = await fetch(stage.url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
    signal,
  })
  return { status: answer.status, body: (await answer.json()) as Answer }
}

async function ask(call: Call, token: string, query: string, headers?: Record<string, string>) {
  const { status, body } = await post(call, token, query, headers)
  const [error] = body.errors ?? []
  if (error) throw new AnsweredError(error.extensions?.code ?? error.message)
  if (status !== 200 || !body.data) throw new AnsweredError(`status ${status}`)
  return body.data
}
