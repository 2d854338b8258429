/**
 * Who intended to change what, and when. Intents explain why the vendor's final state differs from the result that a
 * write reported.
 */
import type { WriteFailure } from '../../../src/writes/failure.ts'
import type { World } from '../world/simulation.ts'
import type { VendorChange } from '../world/vendor-log.ts'
import type { ItemEnd } from '../writer/operation-runs.ts'
import type { Attempt } from '../writer/writer.ts'
import { accountEffect, type Effect, factIn, mayChange, sameFact } from './effects.ts'

export interface Intent {
  /** The write or the item. An intent does not explain its own result. */
  readonly of: object
  /** Places in the vendor's log. */
  readonly from: number
  readonly to: number
  readonly effects: readonly Effect[]
  /** Facts that its PUT may have lost, whether or not the write reported it. */
  readonly loses: readonly string[]
}

export class Intents {
  readonly all: readonly Intent[]
  readonly #world: World

  constructor(world: World, ends: readonly ItemEnd[]) {
    this.#world = world
    this.all = [
      ...world.writer.attempts
        .filter(({ outcome }) => outcome !== 'REFUSED')
        .map((attempt) => ({
          of: attempt.write,
          from: attempt.from,
          // The process died before it could record that the vendor had accepted the write. A later PUT may be built
          // from a copy that does not show it yet.
          to: attempt.outcome === 'KILLED' ? Number.POSITIVE_INFINITY : attempt.to,
          effects: attempt.write.effects,
          loses: this.#lossesOf(attempt),
        })),
      ...ends.map(({ run, item, state, failure }) => ({
        of: item,
        from: run.from,
        to: run.ended.get(item.primaryEmail) ?? Number.POSITIVE_INFINITY,
        effects: state === 'SUCCEEDED' ? item.effects : [...item.effects, ...undoEffects(item.effects)],
        loses: failure?.failure === 'NotAsWritten' ? failure.fields : [],
      })),
    ]
  }

  /** Whether other clients intended to undo the effect, or did, within this part of the log. */
  explain(
    effect: Effect,
    of: object,
    from: number,
    to = this.#world.log.place,
    how: 'SAME' | 'OTHER' = 'OTHER',
  ): boolean {
    const { key, fact } = effect
    const others = this.all.filter((intent) => intent.of !== of && intent.from < to && intent.to > from)
    const isMeant = others.some(({ effects }) => effects.some((one) => mayChange(one, effect, how)))
    const isLost = others.some(
      ({ effects, loses }) => effects.some((one) => one.key === key) && loses.some((lost) => sameFact(lost, fact)),
    )
    return isMeant || isLost || this.#world.log.of(key, from, to).some((change) => isConsoleChange(change, fact))
  }

  /** The changes by the API within this part of the log that made the effect true, if no other client intended it. */
  carriedOut(effect: Effect, of: object, from: number, to: number): VendorChange[] {
    const changes = this.#world.log.of(effect.key, from, to)
    const own = changes.filter(({ by, before, after }) => by === 'API' && !effect.holds(before) && effect.holds(after))
    return own.length > 0 && !this.explain(effect, of, from, to, 'SAME') ? own : []
  }

  #lossesOf({ write, outcome, answer }: Attempt): readonly string[] {
    if (outcome === 'PARTLY') return (answer as WriteFailure & { fields: readonly string[] }).fields
    const { aliasesInPut, groupsInPut } = this.#world.vendor.switches
    if (write.verb !== 'updateUser' || !['UNKNOWN', 'KILLED'].includes(outcome)) return []
    return [...(aliasesInPut === 'dropped' ? ['aliases'] : []), ...(groupsInPut === 'ignored' ? [] : ['groups'])]
  }
}

/** An operation that fails may delete an account that it created. */
function undoEffects(effects: readonly Effect[]): Effect[] {
  return effects.filter(({ isThere }) => isThere).map(({ key }) => accountEffect(key, false))
}

function isConsoleChange({ by, before, after }: VendorChange, fact: string): boolean {
  if (by === 'API') return false
  if (!before || !after || before.serial !== after.serial) return true
  return JSON.stringify(factIn(before, fact)) !== JSON.stringify(factIn(after, fact))
}
