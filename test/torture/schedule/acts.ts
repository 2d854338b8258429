/** Carries out the actions of a schedule. */
import { beginPull } from '../../../src/mirror/pulls/pulls.ts'
import type { World } from '../world/simulation.ts'
import { declareAllGone, resolveLatest } from './decisions.ts'
import { type FaultPlace, faultRule, writeFaultRule } from './faults.ts'
import { hasProofOfLastDeletion, makeActive, showReplaced, spellOtherwise } from './odd-lists.ts'
import type { Action } from './schedule.ts'

export async function act(world: World, action: Action): Promise<void> {
  world.count(`action ${action.do}`)
  await perform(world, action)
  await world.bury()
  await world.writer.afterAction()
}

async function perform(world: World, action: Action): Promise<void> {
  const { writer } = world
  switch (action.do) {
    case 'edit':
      return world.edit(action)
    case 'drift':
      world.drift.push(action)
      return
    case 'step':
      return await world.step()
    case 'pull':
      await beginPull(world.sql, world.organizationId, 'REQUEST')
      return
    case 'finish':
      await world.finish()
      return
    case 'fault':
      world.simulator.faults.add(faultRule(action.fault, placeOf(world, action), { times: action.times }))
      return
    case 'writeFault':
      world.simulator.faults.add(writeFaultRule(action.fault, action.method, action.times))
      return
    case 'kill':
      return (await world.process()).life.arm(action.kill)
    case 'killedPull':
      world.edit({ edit: 'delete', who: action.who, what: 0 })
      ;(await world.process()).life.arm(action.kill)
      return await world.pullWhole()
    case 'refresh':
      return await (await world.process()).refresh(world.address(action.who))
    case 'holdRefresh': {
      const process = await world.process()
      return await world.hold({ at: action.at }, () => process.refresh(world.address(action.who)))
    }
    case 'holdStep':
      return await world.hold({ at: action.at }, () => world.step())
    case 'release':
      return await world.release()
    case 'relations':
      return await (await world.process()).run({ name: 'relations', organizationId: world.organizationId })
    case 'resolve':
      return await resolveLatest(world, action.accept)
    case 'spelling':
      return spellOtherwise(world, action)
    case 'staleList':
      world.edit({ edit: 'delete', who: action.who, what: 0 })
      await world.pullWhole()
      if (await hasProofOfLastDeletion(world)) world.vendor.setSwitches({ staleRows: 1 })
      return await world.pullWhole()
    case 'replacedList':
      return await showReplaced(world, action.who)
    case 'activity':
      return makeActive(world)
    case 'declareGone':
      return await declareAllGone(world)
    case 'loseQueue':
      ;(await world.process()).queue.waiting.clear()
      return
    case 'write':
      return await writer.write(action)
    case 'repeat':
      return await writer.repeat(action.which)
    case 'operate':
      return await writer.operations.start(action)
    case 'work':
      return await writer.operations.work()
    case 'retry':
      return await writer.operations.retry()
    case 'wait':
      return await world.pass(action.milliseconds)
  }
}

/** The API v1 gives its list two minutes, so a list that hangs would end no schedule. */
function placeOf({ api }: World, { fault, at }: Action & { do: 'fault' }): FaultPlace {
  return api === 'v1' && fault === 'hang' ? 'one user' : at
}
