import type { Call } from '../../vendor/http/classify-response.ts'
import type { JsonObject } from '../../vendor/wire/wire.ts'

/** A changing request, as it is or would be sent to the vendor. A password shows as `***`. */
export interface PlannedRequest {
  readonly method: string
  /** Relative to the base URL, percent-encoded. */
  readonly path: string
  readonly body: JsonObject | null
}

/**
 * The part of an answer that reveals nothing except what its caller sent. A caller without the right to read sees only
 * this. It is stored with the answer, because a replay may go to a caller that has lost that right.
 */
export interface AsGiven {
  readonly plan: readonly PlannedRequest[]
  readonly notes: readonly string[]
  /** For an update, the fields that the caller named. */
  readonly changed?: readonly string[]
}

export function planOf({ method, path, body }: Call<unknown>): PlannedRequest {
  return { method, path, body: body === undefined ? null : masked(body) }
}

function masked(body: JsonObject): JsonObject {
  return 'password' in body ? { ...body, password: '***' } : body
}
