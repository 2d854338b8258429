/**
 * Queries about past moments during writes: organizations, writers that stay open as long as a test needs, and a
 * caller.
 */
import { type ExecutionResult, execute, parse } from 'graphql'
import type { Database, Transaction } from '../../src/db/database.ts'
import { isoOf } from '../../src/db/timestamps.ts'
import { executeOperation } from '../../src/graph/execute.ts'
import { buildSchema } from '../../src/graph/schema.ts'
import { openMemory } from '../../src/mirror/count-cache.ts'
import type { AnswerKind, ObservedUser } from '../../src/mirror/observation.ts'
import { putOrganizations } from '../../src/mirror/sync-organizations.ts'
import { applyUsers } from '../../src/mirror/users/apply-users.ts'
import { contextOf, reader } from '../graph/harness/context.ts'
import { plain } from '../graph/harness/fixture.ts'

const schema = buildSchema()

/** Returns their ids, in order. */
export async function organizations({ sql }: Database, ...slugs: string[]): Promise<number[]> {
  const rows = slugs.map((slug) => ({ slug, name: slug, allowanceKey: 'key', pullIntervalSeconds: 300 }))
  const ids = await putOrganizations(sql, rows)
  return slugs.map((slug) => ids.get(slug) as number)
}

export async function clock({ control }: Pick<Database, 'control'>): Promise<string> {
  const [row] = await control<{ now: string }[]>`select clock_timestamp() as now`
  return isoOf(row?.now ?? '')
}

/** Applies a response that is sent and arrives now. The transaction commits after `before`. */
export async function observe(
  database: Database,
  organizationId: number,
  kind: AnswerKind,
  users: readonly ObservedUser[],
  before: (tx: Transaction) => Promise<unknown> = async () => {},
): Promise<void> {
  const at = await clock(database)
  await database.sql.begin(async (tx) => {
    await applyUsers(tx, organizationId, { sentAt: at, arrivedAt: at, origin: 'PULL' }, kind, users)
    await before(tx)
  })
}

/** A process with its own cache that answers queries. */
export function answering(database: Database) {
  const memory = openMemory()
  return async (question: string, moment: string, signal?: AbortSignal): Promise<ExecutionResult> => {
    const document = parse(`query ($moment: DateTime!) @asOf(time: $moment) ${question}`)
    const contextValue = contextOf(database, reader, memory, signal)
    const answer = await executeOperation({ schema, document, variableValues: { moment }, contextValue }, execute)
    const { data, errors } = plain(answer as ExecutionResult)
    return errors ? { errors } : { data: data ?? null }
  }
}
