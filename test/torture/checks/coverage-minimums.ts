import { editNames, interfaceEditNames } from '../schedule/edits.ts'
import { faultNames } from '../schedule/faults.ts'
import type { Api } from '../world/api.ts'
import { checkpointNames, writeCheckpointNames } from '../world/kill-points.ts'
import { interfaceOperations, interfaceVerbs, operationNames, writeVerbs } from '../writer/write-plans.ts'

/**
 * Minimums for the number of times each event happens in this many schedules: an event that never happens proves
 * nothing. The shares are about a third of the expected values, so that no correct run of a hundred schedules falls
 * short of them.
 */
export function floorsOf(schedules: number, api: Api = 'v2'): ReadonlyMap<string, number> {
  const floor = (share: number) => Math.floor(schedules * share)
  if (api === 'v1') return interfaceFloors(floor)
  return new Map([
    ...faultNames.map((name) => [`fault ${name}`, floor(0.04)] as const),
    ['fault hold', floor(0.3)],
    ...checkpointNames.map((name) => [`kill ${name}`, floor(name.startsWith('page') ? 0.01 : 0.03)] as const),
    ...editNames.map((name) => [`edit ${name}`, floor(0.1)] as const),
    ['edits between two pages', floor(0.2)],
    ['createdAt spelled otherwise', floor(0.3)],
    ['pull of a stale list', floor(0.03)],
    ['pull of case twins', floor(0.02)],
    ['pull of a list with replaced accounts', floor(0.03)],
    ['pull of a list with the last activity', floor(0.05)],
    ['vendor: page ignored', floor(0.06)],
    ['vendor: last page repeated', floor(0.06)],
    ['vendor: unreadable entries', floor(0.08)],
    ['vendor: objects as entries', floor(0.08)],
    ['vendor: odd answers about the gone', floor(0.2)],
    ['vendor: encoded bodies', floor(0.2)],
    ['redirected', floor(1)],
    ['declared gone: DONE', floor(0.05)],
    // Two of five schedules write.
    ...writeCheckpointNames.map((name) => [`kill ${name}`, floor(0.005)] as const),
    ...writeVerbs.flatMap((verb) => [
      [`write ${verb} SETTLED`, floor(0.03)] as const,
      [`write ${verb} KILLED`, floor(0.005)] as const,
    ]),
    ['write repeated', floor(0.1)],
    ['write reported REFUSED', floor(0.1)],
    ['write reported UNSETTLED', floor(0.03)],
    ['write reported UNKNOWN', floor(0.03)],
    ['write reported PARTLY', floor(0.02)],
    ...operationNames.flatMap((name) => [
      [`item of ${name} SUCCEEDED`, floor(0.01)] as const,
      [`item of ${name} FAILED`, floor(0.005)] as const,
    ]),
    ['item waits NOT_SHOWN', floor(0.3)],
    ['fault at a write', floor(0.1)],
    ['late answers', floor(0.3)],
    ['addresses held', floor(0.005)],
    ['aliases lost by a PUT', floor(0.005)],
    ['memberships lost by a PUT', floor(0.01)],
    ['create answered 202', floor(0.1)],
    ['write to a user that is not shown', floor(0.003)],
    ['refused by a body', floor(0.02)],
    ['misleading words', floor(0.01)],
    ['user limit reached', floor(0.01)],
    ...['decomposed', 'title', 'primaryToo', 'further'].map((name) => [`switch ${name}`, floor(0.2)] as const),
  ])
}

function interfaceFloors(floor: (share: number) => number): ReadonlyMap<string, number> {
  return new Map([
    ...faultNames.map((name) => [`fault ${name}`, floor(0.04)] as const),
    ['fault hold', floor(0.2)],
    ...checkpointNames.map((name) => [`kill ${name}`, floor(name.startsWith('page') ? 0.01 : 0.03)] as const),
    ...writeCheckpointNames.map((name) => [`kill ${name}`, floor(0.005)] as const),
    ...interfaceVerbs.map((verb) => [`write ${verb} SETTLED`, floor(verb === 'reinstateUser' ? 0.005 : 0.03)] as const),
    ...(['createUser', 'updateUser', 'deleteUser'] as const).map(
      (verb) => [`write ${verb} KILLED`, floor(0.005)] as const,
    ),
    ['pull of a stale list', floor(0.03)],
    ['pull of a list with replaced accounts', floor(0.03)],
    ['write repeated', floor(0.1)],
    ['write reported REFUSED', floor(0.1)],
    ['write reported UNSETTLED', floor(0.02)],
    ['write reported UNKNOWN', floor(0.02)],
    ...interfaceOperations.flatMap((name) => [
      [`item of ${name} SUCCEEDED`, floor(0.01)] as const,
      [`item of ${name} FAILED`, floor(0.005)] as const,
    ]),
    ['item waits NOT_SHOWN', floor(0.3)],
    ['fault at a write', floor(0.1)],
    ['late answers', floor(0.3)],
    ...['replace', 'merge'].map((mode) => [`PUT mode ${mode}`, floor(0.1)] as const),
    ['exempt from the directory sync', floor(0.02)],
    ...interfaceEditNames.map((name) => [`edit ${name}`, floor(0.1)] as const),
    ['declared gone: DONE', floor(0.05)],
  ])
}
