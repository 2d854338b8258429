import { z } from 'zod'
import type { Call } from '../../vendor/http/classify-response.ts'
import { isObject } from '../../vendor/wire/rows.ts'
import type { JsonObject } from '../../vendor/wire/wire.ts'

/** A changing request, as it is or would be sent to the vendor. A password shows as `***`. */
export type PlannedRequest = z.infer<typeof plannedRequest>

const plannedRequest = z
  .object({
    method: z.string(),
    /** Relative to the base URL, percent-encoded. */
    path: z.string(),
    body: z.record(z.string(), z.unknown()).readonly().nullable(),
  })
  .readonly()

const plan = z.array(plannedRequest).readonly()
const notes = z.array(z.string()).readonly()

/**
 * The part of an answer that reveals nothing except what its caller sent. A caller without the right to read sees only
 * this. It is stored with the answer, because a replay may go to a caller that has lost that right.
 */
export type AsGiven = z.infer<typeof asGiven>

const asGiven = z
  .object({
    plan,
    notes,
    /** For an update, the fields that the caller named. */
    changed: z.array(z.string()).readonly().exactOptional(),
  })
  .readonly()

/** The fields of each result that is stored for replay. */
export const resultFields = {
  plan,
  notes,
  /** Results that were stored before this field existed show nothing that was read. */
  given: asGiven.default({ plan: [], notes: [] }),
}

/**
 * Whether the vendor shows what was written. Results that were stored before this field existed had been verified.
 */
export const storedSettled = z.boolean().default(true)

export function planOf({ method, path, body }: Call<unknown>): PlannedRequest {
  return { method, path, body: isObject(body) ? masked(body) : null }
}

function masked(body: JsonObject): JsonObject {
  return 'password' in body ? { ...body, password: '***' } : body
}
