import { z } from 'zod'
import { parseStored, parseStoredText } from '../../db/stored-json.ts'
import type { WriteDeps } from '../deps.ts'
import { invalidInput, type WriteFailure, writeFailure } from '../failure.ts'
import { type ClaimedKey, claimKey } from './idempotency.ts'

/** A write request with an idempotency key. */
export interface KeyedRequest {
  readonly organizationId: number
  readonly actor: string
  readonly input: object
  readonly idempotencyKey: string
  readonly signal?: AbortSignal | undefined
}

/**
 * Claims the request's idempotency key, or returns the answer without any work. `verb` distinguishes the kinds of
 * writes. `done`: the form of the verb's result.
 */
export async function claimFor<Done>(
  { control, leases, secrets }: WriteDeps,
  done: z.ZodType<Done>,
  verb: string,
  { organizationId, actor, input, idempotencyKey, signal }: KeyedRequest,
): Promise<ClaimedKey | { readonly claim: 'ANSWERED'; readonly answer: Done | WriteFailure }> {
  if (!secrets) {
    const message =
      'Idempotency keys require SECRET_KEY on the server: set it to 32 bytes in base64, such as the output of `openssl rand -base64 32`'
    return { claim: 'ANSWERED', answer: invalidInput({ path: ['idempotencyKey'], message }) }
  }
  const asked = { caller: actor, key: idempotencyKey, input: { verb, organizationId, ...input } }
  const claim = await claimKey(control, secrets, asked, { signal, leases })
  if (claim.claim === 'OTHER_INPUT') {
    const message = 'The idempotency key was already used with a different input'
    return { claim: 'ANSWERED', answer: { failure: 'IdempotencyKeyReused', message } }
  }
  if (claim.claim === 'MINE') return claim
  // A stored answer for this key and input always comes from this verb.
  const place = { column: 'idempotency_keys.answer' }
  const stored = parseStoredText(z.looseObject({}), claim.answer, place)
  return { claim: 'ANSWERED', answer: parseStored('failure' in stored ? writeFailure : done, stored, place) }
}
