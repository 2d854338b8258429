/** The slot of the allowance that each request takes, although the key may be rotated meanwhile. */
import type { Logger } from 'pino'
import type { Allowance, Caller, Priority, Slot } from '../allowance.ts'
import { AllowanceExhaustedError, AllowanceFailedError } from '../errors/allowance-errors.ts'
import type { RequestFacts } from '../errors/essentials-error.ts'
import { AbortedError } from '../errors/transport-errors.ts'
import { longestPauseMs } from './retry.ts'

/** The credentials, and the allowance of their key. */
export interface Access {
  readonly authorization: string
  /** Strings to remove from any text of the vendor that is passed on. */
  readonly secrets: readonly string[]
  readonly apiKey: string
  readonly allowance: Allowance
}

interface Wish {
  readonly priority: Priority
  readonly caller?: Caller | undefined
  readonly signal?: AbortSignal | undefined
  readonly maxWaitMs?: number | undefined
}

/** A slot of the present key. If the key is rotated during the wait, the slot of the former key is returned. */
export async function takeSlot(
  connection: { readonly access: Access },
  wish: Wish,
  waitedMs: number,
  facts: RequestFacts,
): Promise<{ readonly slot: Slot; readonly access: Access }> {
  for (;;) {
    const { apiKey, allowance } = connection.access
    const slot = await takeOf(allowance, wish, waitedMs, facts)
    const { access } = connection
    if (access.apiKey === apiKey) return { slot, access }
    await slot.release().catch(() => {})
  }
}

async function takeOf(
  allowance: Allowance,
  { priority, caller, signal, maxWaitMs }: Wish,
  waitedMs: number,
  facts: RequestFacts,
): Promise<Slot> {
  if (signal?.aborted) throw new AbortedError({ ...facts, cause: signal.reason })
  try {
    return await allowance.take({
      priority,
      ...(caller === undefined ? {} : { caller }),
      ...(signal === undefined ? {} : { signal }),
      ...(priority === 'background' && { maxPauseMs: longestPauseMs }),
      ...(maxWaitMs === undefined ? {} : { maxWaitMs: Math.max(0, maxWaitMs - waitedMs) }),
    })
  } catch (cause) {
    if (signal?.aborted) throw new AbortedError({ ...facts, cause })
    const { retryAt, problem } =
      cause instanceof Error ? (cause as Error & { retryAt?: unknown; problem?: unknown }) : {}
    if (typeof retryAt === 'string') {
      const limit = typeof problem === 'string' ? problem : undefined
      throw new AllowanceExhaustedError({ ...facts, cause }, retryAt, limit)
    }
    throw new AllowanceFailedError({ ...facts, cause }, 'take', false)
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
