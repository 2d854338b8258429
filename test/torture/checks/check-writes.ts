/**
 * W1: a write that was reported as done was carried out, and its effect lasts unless another client changed it later.
 * W2: a write that was reported as not carried out was not carried out.
 */
import type { WriteFailure } from '../../../src/writes/failure.ts'
import type { World } from '../world/simulation.ts'
import type { Attempt } from '../writer/writer.ts'
import type { Intents } from './intents.ts'

export function checkWrites(world: World, intents: Intents): string[] {
  return [...Map.groupBy(world.writer.attempts, ({ write }) => write).values()].flatMap((attempts) => [
    ...attempts.flatMap((attempt) => checkSuccess(world, intents, attempt, attempts[0] as Attempt)),
    ...attempts.flatMap((attempt) => checkRefusal(intents, attempt, attempt.from)),
    ...checkLastRefusal(intents, attempts),
  ])
}

/** A retry may return the result of the first attempt. */
function checkSuccess({ log }: World, intents: Intents, attempt: Attempt, first: Attempt): string[] {
  if (attempt.outcome !== 'SETTLED' && attempt.outcome !== 'UNSETTLED') return []
  const { write, to } = attempt
  return write.effects.flatMap((effect) => {
    const { key, fact } = effect
    // Another write whose outcome was still unknown may have undone the effect before the vendor showed it.
    if (!log.states(key, first.from, to).some((state) => effect.holds(state))) {
      if (intents.explain(effect, write, first.from, to)) return []
      return [`W1: ${told(attempt)}: ${fact} of ${key} never had this value`]
    }
    if (effect.holds(log.find(key)) || intents.explain(effect, write, first.from)) return []
    return [
      `W1: ${told(attempt)}: ${fact} of ${key} does not have this value at the end, although no other client changed it`,
    ]
  })
}

function checkRefusal(intents: Intents, attempt: Attempt, from: number): string[] {
  if (attempt.outcome !== 'REFUSED') return []
  const done = attempt.write.effects.filter(
    (effect) => intents.carriedOut(effect, attempt.write, from, attempt.to).length > 0,
  )
  return done.map(({ key, fact }) => `W2: ${told(attempt)}: ${fact} of ${key} was carried out anyway`)
}

const judging: readonly WriteFailure['failure'][] = ['AlreadyExists', 'VendorFailure', 'NotFound', 'InvalidInput']

/** A retry recognizes what an earlier attempt may have done. */
function checkLastRefusal(intents: Intents, attempts: readonly Attempt[]): string[] {
  const [first, last] = [attempts[0], attempts.at(-1)]
  if (!first || !last || first === last || last.outcome !== 'REFUSED') return []
  if (!judging.includes((last.answer as WriteFailure).failure)) return []
  const earlier = attempts.slice(0, -1)
  if (earlier.some(({ outcome }) => outcome === 'REFUSED' || outcome === 'PARTLY')) return []
  return checkRefusal(intents, last, first.from)
}

function told({ write: { verb, input, idempotencyKey }, outcome, answer }: Attempt): string {
  const said = answer instanceof Error ? answer.message : JSON.stringify(answer)
  return `${verb} ${JSON.stringify(input)} ${idempotencyKey ?? ''} reported ${outcome} ${said}`
}
