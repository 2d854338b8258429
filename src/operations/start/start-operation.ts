import { z } from 'zod'
import type { Sql, Transaction } from '../../db/database.ts'
import type { WriteRequest } from '../../writes/commands/run-write.ts'
import type { WriteDeps } from '../../writes/deps.ts'
import type { InputIssue, WriteFailure } from '../../writes/failure.ts'
import { claimFor } from '../../writes/session/claim-idempotency-key.ts'
import { type AsGiven, type PlannedRequest, resultFields } from '../../writes/session/plan.ts'
import type { OperationKind } from '../operation.ts'
import { insertOperation, type NewItem } from './insert-operation.ts'

const operationStarted = z
  .object({
    /** Null in a dry run. */
    operationId: z.number().nullable(),
    ...resultFields,
  })
  .readonly()

export type OperationStarted = z.infer<typeof operationStarted>

/** The items and the plan of an operation that has not started. */
export interface Prepared {
  readonly items: readonly NewItem[]
  readonly plan: readonly PlannedRequest[]
  readonly notes: readonly string[]
  readonly given: AsGiven
}

/**
 * Validates, plans and inserts an operation, and returns it; the worker carries it out. `prepare` sends only read
 * requests.
 */
export async function startOperation<Input extends object>(
  deps: WriteDeps,
  kind: OperationKind,
  request: WriteRequest<Input>,
  prepare: () => Promise<Prepared | WriteFailure>,
): Promise<OperationStarted | WriteFailure> {
  const { organizationId, actor, idempotencyKey, dryRun } = request
  const insert = async (sql: Sql, prepared: Prepared, keep?: (answer: string, tx: Transaction) => Promise<void>) =>
    await sql.begin(async (tx) => {
      const { items, plan, notes, given } = prepared
      const operation = { organizationId, kind, createdBy: actor }
      const started = { operationId: await insertOperation(tx, deps.secrets, operation, items), plan, notes, given }
      await keep?.(JSON.stringify(started), tx)
      return started
    })

  if (dryRun || idempotencyKey == null) {
    const prepared = await prepare()
    if ('failure' in prepared) return prepared
    const { plan, notes, given } = prepared
    if (dryRun) return { operationId: null, plan, notes, given }
    return await insert(deps.sql, prepared)
  }
  const claim = await claimFor(deps, operationStarted, kind, { ...request, idempotencyKey })
  if (claim.claim === 'ANSWERED') return claim.answer
  try {
    const prepared = await prepare()
    if (!('failure' in prepared)) return await insert(deps.sql, prepared, claim.answer)
    await claim.leaveOpen()
    return prepared
  } catch (error) {
    await claim.leaveOpen().catch(() => {})
    throw error
  }
}

/** Reports an issue if the operation has a password but no key is configured to encrypt it with while it waits. */
export function checkSealable(
  password: string | null | undefined,
  path: readonly string[],
  { secrets }: WriteDeps,
): InputIssue[] {
  if (password == null || secrets) return []
  const message =
    'storing a password requires SECRET_KEY on the server: set it to 32 bytes in base64, such as the output of `openssl rand -base64 32`'
  return [{ path, message }]
}
