/**
 * W3: a successful item left the accounts that it should: one, or none. A failed item that left two accounts, or none,
 * reported so. No deletion removed the only account of a person.
 */
import { isDeepStrictEqual } from 'node:util'
import type { World } from '../world/simulation.ts'
import type { AccountState } from '../world/vendor-log.ts'
import type { ItemEnd } from '../writer/operation-runs.ts'
import type { OperationName } from '../writer/write-plans.ts'
import { type Effect, factIn } from './effects.ts'
import type { Intents } from './intents.ts'
import { keyOf } from './truth.ts'

/** The place in the vendor's log at which the item ended. */
function endOf({ run, item }: ItemEnd): number {
  return run.ended.get(item.primaryEmail) ?? Number.POSITIVE_INFINITY
}

export function checkOperations(world: World, intents: Intents, ends: readonly ItemEnd[]): string[] {
  return ends.flatMap((end) => [
    ...(end.state === 'SUCCEEDED' ? checkSuccess(world, intents, end) : []),
    ...(end.state === 'FAILED' ? checkFailure(world, intents, end) : []),
    ...(end.run.plan.operation === 'changeEmail' ? checkDeletions(world, end) : []),
    ...(end.run.plan.operation === 'changeEmail' && end.state === 'SUCCEEDED'
      ? checkSuccessor(world, intents, end)
      : []),
    ...(end.state === 'SUCCEEDED' ? checkKept(world, intents, end) : []),
  ])
}

function checkSuccess({ log }: World, intents: Intents, end: ItemEnd): string[] {
  const { run, item } = end
  return item.effects.flatMap((effect) => {
    const { key, fact } = effect
    if (!log.states(key, run.from, endOf(end)).some((state) => effect.holds(state)))
      return [`W3: ${told(end)}: ${fact} of ${key} never had this value`]
    if (effect.holds(log.find(key)) || intents.explain(effect, item, run.from)) return []
    return [
      `W3: ${told(end)}: ${fact} of ${key} does not have this value at the end, although no other client changed it`,
    ]
  })
}

function checkFailure({ log }: World, intents: Intents, end: ItemEnd): string[] {
  const { run, item, failure } = end
  const message = failure?.message ?? ''
  if (run.plan.operation === 'changeEmail') {
    const [from, to] = item.effects as readonly [Effect, Effect]
    const isExplained = [from, to].some((effect) =>
      (['SAME', 'OTHER'] as const).some((how) => intents.explain(effect, item, run.from, log.place, how)),
    )
    const [hasOld, hasNew] = [log.find(from.key) !== undefined, log.find(to.key) !== undefined]
    if (hasOld !== hasNew || isExplained) return []
    const says = hasOld
      ? /still exists\.|There is an account|Both accounts may exist|could not be read/
      : /is gone\.|could not be read/
    return says.test(message)
      ? []
      : [`W3: ${told(end)}: there are ${hasOld ? 'two accounts' : 'none'}, but the failure does not report it`]
  }
  const isUnknown = failure?.failure === 'VendorFailure' && failure.outcomeUnknown
  if (isUnknown || failure?.failure === 'NotAsWritten') return []
  // An account that the console changed meanwhile cannot be recognized as the item's own.
  const isChanged = (key: string) =>
    log.of(key, run.from, endOf(end)).some(({ by, before, after }) => by === 'CONSOLE' && before && after)
  return item.effects
    .filter((effect) => effect.fact === 'account' && effect.holds(log.find(effect.key)) && !isChanged(effect.key))
    .filter((effect) => intents.carriedOut(effect, item, run.from, endOf(end)).length > 0)
    .map(({ key }) => `W3: ${told(end)}: the account ${key} was created or deleted anyway`)
}

/** At each deletion by the API, the person's other account exists and has everything that the deleted account had. */
function checkDeletions(world: World, end: ItemEnd): string[] {
  const { run, item } = end
  const { log } = world
  const [from, to] = item.effects.map(({ key }) => key) as [string, string]
  return log.changes.slice(run.from, endOf(end)).flatMap(({ by, key, before, after }, i) => {
    if (by === 'CONSOLE' || !before || after || (key !== from && key !== to)) return []
    const other = key === from ? to : from
    const at = run.from + i
    const isDisturbed = [from, to].some((one) => log.of(one, run.from, at).some((change) => change.by === 'CONSOLE'))
    const isOthers = world.writer.attempts.some(
      ({ write, from: began, to: ended }) =>
        began <= at && ended > run.from && write.effects.some((effect) => [from, to].includes(effect.key)),
    )
    if (isDisturbed || isOthers || otherRuns(world, end, at)) return []
    const state = log.states(other, run.from, at).at(-1)
    if (!state) return [`W3: ${told(end)}: ${key} was deleted, the only account of the person`]
    if (key !== from) return []
    const lacks = lostIn(before, state, ['aliases', 'primaryEmail', 'createdAt', 'updatedAt'])
    return lacks.length === 0 ? [] : [`W3: ${told(end)}: ${key} was deleted while ${to} differed in ${lacks}`]
  })
}

/** After a successful email change, the new account has everything that the old account had when it was deleted. */
function checkSuccessor({ log }: World, intents: Intents, end: ItemEnd): string[] {
  const { run, item } = end
  const [from, to] = item.effects.map(({ key }) => key) as [string, string]
  const old = log.of(from, run.from, endOf(end)).findLast(({ before, after }) => before && !after)?.before
  const successor = log.states(to, run.from, endOf(end)).at(-1)
  if (!old || !successor) return []
  const lost = lostIn(old, successor, ['aliases', 'primaryEmail', 'createdAt', 'updatedAt'])
  const held = successor.profile.aliases.map(keyOf)
  const isLost = (alias: string) => keyOf(alias) !== from && keyOf(alias) !== to && !held.includes(keyOf(alias))
  const facts = old.profile.aliases.some(isLost) ? [...lost, 'aliases'] : lost
  const unexplained = facts.filter(
    (fact) => ![from, to].some((key) => intents.explain({ key, fact, holds: () => true }, item, run.from, endOf(end))),
  )
  return unexplained.length === 0 ? [] : [`W3: ${told(end)}: ${unexplained} of ${from} is not what ${to} has`]
}

function otherRuns({ writer }: World, { run, item }: ItemEnd, at: number): boolean {
  const keys = item.effects.map(({ key }) => key)
  return writer.operations.all.some(
    (other) =>
      other !== run &&
      other.from <= at &&
      other.plan.items.some(
        ({ primaryEmail, effects }) =>
          (other.ended.get(primaryEmail) ?? at) > run.from - 1 && effects.some(({ key }) => keys.includes(key)),
      ),
  )
}

const changedBy: Partial<Record<OperationName, readonly string[]>> = {
  deactivate: ['status', 'updatedAt', 'groups'],
  functional: ['roles', 'updatedAt'],
}

/** The PUT that makes an account inactive or a functional one keeps all other fields, or the loss is reported. */
function checkKept(world: World, intents: Intents, end: ItemEnd): string[] {
  const { run, item } = end
  const changed = changedBy[run.plan.operation]
  if (!changed) return []
  const key = keyOf(item.primaryEmail)
  return world.log.of(key, run.from, endOf(end)).flatMap(({ by, before, after }) => {
    if (by === 'CONSOLE' || !before || !after) return []
    const lost = lostIn(before, after, changed)
    const unexplained = lost.filter(
      (fact) => !intents.explain({ key, fact, holds: () => true }, item, run.from, endOf(end)),
    )
    return unexplained.length === 0 ? [] : [`W3: ${told(end)}: ${unexplained} of ${key} was lost without a report`]
  })
}

/** The facts of `before` that `after` lacks. The kind of an account is its role. */
function lostIn(before: AccountState, after: AccountState, except: readonly string[]): string[] {
  const facts = [...Object.keys(before.profile), 'groups'].filter(
    (fact) => fact !== 'accountKind' && !except.includes(fact),
  )
  return facts.filter((fact) => !isDeepStrictEqual(factIn(before, fact) ?? null, factIn(after, fact) ?? null))
}

function told({ run, item, state, failure }: ItemEnd): string {
  return `${run.plan.operation} of ${item.primaryEmail} ended ${state} ${failure ? JSON.stringify(failure) : ''}`
}
