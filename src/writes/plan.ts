import type { Call } from '../essentials/judge.ts'
import type { JsonObject } from '../essentials/wire.ts'

/** A request that changes something at the vendor, as it is or would be sent. A password shows as `***`. */
export interface PlannedRequest {
  readonly method: string
  /** Below the base URL, percent-encoded. */
  readonly path: string
  readonly body: JsonObject | null
}

export function planOf({ method, path, body }: Call<unknown>): PlannedRequest {
  return { method, path, body: body === undefined ? null : masked(body) }
}

function masked(body: JsonObject): JsonObject {
  return 'password' in body ? { ...body, password: '***' } : body
}
