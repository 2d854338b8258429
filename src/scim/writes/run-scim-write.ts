/** Runs the writes of a request: with an audit entry, within the limits of its caller, and no longer than it waits. */
import type { WriteFailure } from '../../writes/failure.ts'
import { ScimError } from '../protocol/scim-error.ts'
import { longestMsOf, type ScimCall } from '../scim-call.ts'

/** Fires when the caller no longer waits. What was sent to the vendor by then is still completed. */
export interface Patience {
  readonly signal: AbortSignal
  /** How long one write may wait for the allowance, and for another write. */
  readonly longestWaitMs: number
}

/** Left to a write after it has waited for the allowance. */
const shareOfWaiting = 0.8

/**
 * Runs `work`, and answers with 503 if it takes too long. A request that was sent to the vendor is then still completed:
 * the client repeats its request, which finds what is left to do.
 */
export async function runScimWrite<T>(
  call: ScimCall,
  action: string,
  work: (patience: Patience) => Promise<T>,
): Promise<T> {
  const { deps, viewer, slug, request } = call
  const longestMs = longestMsOf(deps)
  const leave = deps.enterWrite(viewer)
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(tooLate()), longestMs)
  const signal = AbortSignal.any([request.signal, late.signal])
  const run = async () => {
    try {
      const conclude = await deps.audit.beginWrite({ viewer, action: `scim.${action}`, organization: slug })
      try {
        const done = await work({ signal, longestWaitMs: longestMs * shareOfWaiting })
        await conclude('DONE')
        return done
      } catch (error) {
        await conclude(outcomeOf(error))
        throw error
      }
    } finally {
      clearTimeout(timer)
      leave()
    }
  }
  const running = run()
  const waited = new Promise<never>((_, reject) => {
    late.signal.addEventListener('abort', () => reject(late.signal.reason), { once: true })
  })
  waited.catch(() => {})
  running.catch((error: unknown) => {
    if (late.signal.aborted && !(error instanceof ScimError)) deps.logger.warn({ err: error }, 'a late write failed')
  })
  try {
    return await Promise.race([running, waited])
  } catch (error) {
    if (!(error instanceof StillBusy) || !(await isShortOfAllowance(call))) throw error
    // Identity providers count a 503 as a failure of the service, and slow down on a 429.
    throw new ScimError(429, `The vendor's allowance is used up. ${error.message}`, { headers: error.headers })
  }
}

/** Whether a request of a caller has waited for the allowance within the last minute. */
async function isShortOfAllowance({ sql, organizationId }: ScimCall): Promise<boolean> {
  const rows = await sql`
    select from organizations o join allowance_waits w on w.key = o.allowance_key
    where o.id = ${organizationId} and w.priority = 'INTERACTIVE' and w.until > clock_timestamp()`
  return rows.length > 0
}

/** What was asked for is still under way. */
class StillBusy extends ScimError {
  constructor(detail: string, retryAfter: number) {
    super(503, detail, { retryAfter })
  }
}

function tooLate(): ScimError {
  return new StillBusy('The vendor takes too long; repeat the request, which continues where this one stopped', 30)
}

function outcomeOf(error: unknown): string {
  return error instanceof ScimError ? `${error.status}${error.type ? ` ${error.type}` : ''}` : 'INTERNAL_SERVER_ERROR'
}

/** The parts of a request that every write of a client has. */
export function requestOf({ organizationId, viewer }: ScimCall, { signal, longestWaitMs }: Patience) {
  return { organizationId, actor: viewer, dryRun: false, signal, longestWaitMs }
}

/** Converts the failure of a write. */
export function errorOfFailure(failure: WriteFailure): ScimError {
  const { message } = failure
  switch (failure.failure) {
    case 'InvalidInput':
    case 'DomainNotRegistered':
      return new ScimError(400, message, { type: 'invalidValue' })
    case 'NotFound':
      return new ScimError(404, message)
    case 'AlreadyExists':
    case 'IdempotencyKeyReused':
      return new ScimError(409, message, { type: 'uniqueness' })
    case 'Conflict':
      return new StillBusy(message, 5)
    case 'BudgetExhausted':
      return new ScimError(429, message, { retryAfter: secondsUntil(failure.retryAt) })
    case 'NotAsWritten':
      return new ScimError(500, message)
    case 'VendorFailure':
      return failure.outcomeUnknown ? new ScimError(500, message) : new ScimError(503, message, { retryAfter: 60 })
  }
}

function secondsUntil(moment: string): number {
  return Math.min(3_600, Math.max(1, Math.ceil((Date.parse(moment) - Date.now()) / 1_000)))
}

/** Returns the result of a write. Throws its failure as a SCIM error. */
export function succeeded<Done extends object>(answer: Done | WriteFailure): Done {
  if ('failure' in answer) throw errorOfFailure(answer)
  return answer
}
