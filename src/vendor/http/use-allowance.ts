/** The use of the allowance by one call. */
import type { Logger } from 'pino'
import type { Allowance, Slot, TakeOptions } from '../allowance.ts'
import { AllowanceExhaustedError, AllowanceFailedError } from '../errors/allowance-errors.ts'
import type { RequestCounts, RequestFacts } from '../errors/essentials-error.ts'
import { AbortedError } from '../errors/transport-errors.ts'
import type { Call } from './classify-response.ts'
import type { Access, CallOptions, Connection } from './connection.ts'
import { longestPauseMs } from './retry.ts'

/** A slot of the present credentials. If they are rotated during the wait, the slot of the former ones is returned. */
export async function takeSlot<T>(
  connection: Connection,
  call: Call<T>,
  options: CallOptions,
  waitedMs: number,
  counts: RequestCounts,
): Promise<{ readonly slot: Slot; readonly access: Access }> {
  const facts = { ...describe(connection.organization, call), sent: false, counts }
  for (;;) {
    const { allowance } = connection.access
    const slot = await takeOf(allowance, { ...options, area: call.area }, waitedMs, facts)
    const { access } = connection
    if (access.allowance === allowance) return { slot, access }
    await slot.release().catch(() => {})
  }
}

async function takeOf(
  allowance: Allowance,
  { priority, caller, signal, maxWaitMs, area, verifies }: CallOptions & Pick<TakeOptions, 'area'>,
  waitedMs: number,
  facts: RequestFacts,
): Promise<Slot> {
  if (signal?.aborted) throw new AbortedError({ ...facts, cause: signal.reason })
  try {
    return await allowance.take({
      priority,
      ...(caller === undefined ? {} : { caller }),
      ...(area === undefined ? {} : { area }),
      ...(verifies && { verifies }),
      ...(signal === undefined ? {} : { signal }),
      ...(priority === 'background' && { maxPauseMs: longestPauseMs }),
      ...(maxWaitMs === undefined ? {} : { maxWaitMs: Math.max(0, maxWaitMs - waitedMs) }),
    })
  } catch (cause) {
    if (signal?.aborted) throw new AbortedError({ ...facts, cause })
    const { retryAt, problem, limit } =
      cause instanceof Error ? (cause as Error & { retryAt?: unknown; problem?: unknown; limit?: unknown }) : {}
    if (typeof retryAt === 'string') {
      const described = typeof problem === 'string' ? problem : undefined
      throw new AllowanceExhaustedError({ ...facts, cause }, retryAt, described, limit === 'REFUSED')
    }
    throw new AllowanceFailedError({ ...facts, cause }, 'take', false)
  }
}

export async function prepare(slot: Slot, { beforeSending }: CallOptions): Promise<void> {
  try {
    await beforeSending?.()
  } catch (error) {
    // If this fails too, the slot's lease expires.
    await slot.release().catch(() => {})
    throw error
  }
}

/** A failed pause must not discard the response. If the allowance is unavailable, taking the next slot fails. */
export async function pause(allowance: Allowance, milliseconds: number, log: Logger): Promise<void> {
  try {
    await allowance.pause(milliseconds)
  } catch (error) {
    log.warn({ err: error, pauseMs: milliseconds }, 'cannot pause the API key')
  }
}

export function describe<T>(organization: string, { method, endpoint, path }: Call<T>) {
  return { organization, method, endpoint, path, write: method !== 'GET' }
}
