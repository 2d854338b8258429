import type { Call } from '../essentials/judge.ts'
import type { JsonObject } from '../essentials/wire.ts'

/** A request that changes something at the vendor, as it is or would be sent. A password shows as `***`. */
export interface PlannedRequest {
  readonly method: string
  /** Below the base URL, percent-encoded. */
  readonly path: string
  readonly body: JsonObject | null
}

/**
 * The part of an answer that tells nothing but what its caller sent: all that a caller without the right to read is shown. It is kept with
 * the answer, since a replay may go to a caller who has lost that right.
 */
export interface AsGiven {
  readonly plan: readonly PlannedRequest[]
  readonly notes: readonly string[]
  /** Of an update: the fields that the caller named. */
  readonly changed?: readonly string[]
}

export function planOf({ method, path, body }: Call<unknown>): PlannedRequest {
  return { method, path, body: body === undefined ? null : masked(body) }
}

function masked(body: JsonObject): JsonObject {
  return 'password' in body ? { ...body, password: '***' } : body
}
