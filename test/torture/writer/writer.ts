/**
 * Callers that write through the real services during everything else. Each attempt is recorded with its result and the
 * part of the vendor's log that it spans, for the checks at the end.
 */

import type { WriteService } from '../../../src/operations/write-service.ts'
import type { WriteRequest } from '../../../src/writes/commands/run-write.ts'
import type { WriteFailure } from '../../../src/writes/failure.ts'
import type { WriteMethod } from '../schedule/faults.ts'
import type { Kill } from '../world/kill-points.ts'
import type { World } from '../world/simulation.ts'
import { OperationRuns } from './operation-runs.ts'
import { type PlannedWrite, planWrite, type WriteChoice, type WriteVerb } from './write-plans.ts'

/** SETTLED and UNSETTLED are successes. REFUSED: not carried out. PARTLY: carried out in part. */
export type Outcome = 'SETTLED' | 'UNSETTLED' | 'PARTLY' | 'REFUSED' | 'UNKNOWN' | 'KILLED'

export interface Attempt {
  readonly write: PlannedWrite
  /** Places in the vendor's log. */
  readonly from: number
  to: number
  outcome: Outcome
  /** The result, or the error. */
  answer: unknown
}

export type WriteAction = WriteChoice & {
  readonly isKeyed: boolean
  readonly kill?: Kill | undefined
  /** The request hangs until it is released. */
  readonly hold?: 'arrival' | 'answer' | undefined
}

const methods: Readonly<Record<WriteVerb, WriteMethod>> = {
  createUser: 'POST',
  updateUser: 'PUT',
  addUserToGroup: 'POST',
  removeUserFromGroup: 'DELETE',
  deleteUser: 'DELETE',
  updateSenderLists: 'POST',
  reinstateUser: 'PUT',
}

export class Writer {
  readonly attempts: Attempt[] = []
  readonly operations: OperationRuns
  readonly #world: World
  #serial = 0
  /** Attempts whose requests may still be carried out. */
  #held = new Set<Attempt>()

  constructor(world: World) {
    this.#world = world
    this.operations = new OperationRuns(world, () => ++this.#serial)
  }

  async write({ isKeyed, kill, hold, ...choice }: WriteAction): Promise<void> {
    const write = planWrite(this.#world.vendor, ++this.#serial, choice, isKeyed, this.#world.api)
    if (!write) return
    if (hold) {
      const attempting = () => this.#attempt(write, true)
      return await this.#world.hold({ at: hold, method: methods[write.verb] }, attempting)
    }
    if (kill) (await this.#world.process()).life.arm(kill)
    await this.#attempt(write)
    await this.#world.bury()
    // A caller that lost the response retries.
    if (kill && isKeyed && this.attempts.at(-1)?.outcome === 'KILLED') await this.#attempt(write)
  }

  /** A caller retries a write with a key. */
  async repeat(which: number): Promise<void> {
    const keyed = this.attempts.map(({ write }) => write).filter(({ idempotencyKey }) => idempotencyKey !== undefined)
    const write = keyed[which % keyed.length]
    if (!write) return
    this.#world.count('write repeated')
    await this.#attempt(write)
  }

  /** Lets the leases of a killed process expire. */
  async endLeases(): Promise<void> {
    const { sql, organizationId } = this.#world
    if (!this.#world.schedule.hasWriter) return
    await sql`update user_locks set held_until = '-infinity' where organization_id = ${organizationId}`
    await sql`update idempotency_keys set held_until = '-infinity' where answer is null`
    await sql`update operation_items set held_until = least(held_until, clock_timestamp()) where holder is not null`
  }

  async afterAction(): Promise<void> {
    await this.operations.note()
  }

  async #attempt(write: PlannedWrite, isHeld = false): Promise<void> {
    const world = this.#world
    const process = await world.process()
    const attempt: Attempt = {
      write,
      from: world.log.place,
      to: Number.POSITIVE_INFINITY,
      outcome: 'KILLED',
      answer: undefined,
    }
    this.attempts.push(attempt)
    try {
      attempt.answer = await call(process.writes, write, world.organizationId)
      attempt.outcome = outcomeOf(attempt.answer as object)
    } catch (error) {
      attempt.answer = error
      if (process.life.alive) world.fail(`${write.verb} failed`, error)
    }
    world.count(`write ${write.verb} ${attempt.outcome}`)
    world.count(`write reported ${attempt.outcome}`)
    // A request that still hangs at the vendor may be carried out later.
    if (isHeld && world.isHolding) this.#held.add(attempt)
    else attempt.to = world.log.place
  }

  /** All held requests have ended by now. */
  closeHeld(): void {
    for (const attempt of this.#held) attempt.to = this.#world.log.place
    this.#held.clear()
  }
}

function call(writes: WriteService, { verb, input, idempotencyKey }: PlannedWrite, organizationId: number) {
  const request = { organizationId, actor: 'torture', input, idempotencyKey, dryRun: false }
  return (writes[verb] as (request: WriteRequest<object>) => Promise<object>)(request)
}

function outcomeOf(answer: object): Outcome {
  if ('settled' in answer) return answer.settled === true ? 'SETTLED' : 'UNSETTLED'
  const failure = answer as WriteFailure
  if (failure.failure === 'NotAsWritten') return 'PARTLY'
  return failure.failure === 'VendorFailure' && failure.outcomeUnknown ? 'UNKNOWN' : 'REFUSED'
}
