/** The part of a schedule about writes: what callers do, and how the vendor reacts. */
import fc from 'fast-check'
import type { Switches } from '../../../src/simulator/options.ts'
import { checkpointNames, type Kill, writeCheckpointNames } from '../world/kill-points.ts'
import type { OperationAction } from '../writer/operation-runs.ts'
import type { OperationName, WriteVerb } from '../writer/write-plans.ts'
import type { WriteAction } from '../writer/writer.ts'
import { type FaultName, type WriteMethod, writeFaultNames, writeMethods } from './faults.ts'

export type WritingAction =
  /** A caller writes. If a kill loses the response to a write with a key, the caller retries. */
  | ({ readonly do: 'write' } & WriteAction)
  /** An earlier write with a key is retried. */
  | { readonly do: 'repeat'; readonly which: number }
  /** An operation starts. */
  | ({ readonly do: 'operate' } & OperationAction)
  /** Works on operations, or lets the shortest of their pauses pass. */
  | { readonly do: 'work' }
  /** Retries the failed items of operations. */
  | { readonly do: 'retry' }
  /** The vendor's time passes. */
  | { readonly do: 'wait'; readonly milliseconds: number }
  | { readonly do: 'writeFault'; readonly fault: FaultName; readonly method: WriteMethod; readonly times: number }

const number = fc.nat({ max: 997 })
const writeKill: fc.Arbitrary<Kill> = fc.record({
  checkpoint: fc.constantFrom(...writeCheckpointNames, ...checkpointNames.filter((name) => name === 'anywhere')),
  moment: fc.constantFrom('before' as const, 'after' as const),
  nth: fc.constantFrom(1, 1, 1, 2, 3),
})
const oneIn = <T>(times: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

const writeFault = fc.record({
  do: fc.constant('writeFault' as const),
  fault: fc.constantFrom(...writeFaultNames),
  method: fc.constantFrom(...writeMethods),
  times: fc.integer({ min: 1, max: 4 }),
})

/** What a connection does not offer is not drawn. */
export function writingActionOf(verbs: readonly WriteVerb[], operations: readonly OperationName[]) {
  return fc.oneof(
    {
      weight: 10,
      arbitrary: fc.record({
        do: fc.constant('write' as const),
        verb: fc.constantFrom(...verbs, 'createUser' as const, 'updateUser' as const),
        who: number,
        what: number,
        isKeyed: fc.boolean(),
        kill: oneIn(4, writeKill),
        hold: fc.constantFrom(...Array<undefined>(10).fill(undefined), 'arrival' as const, 'answer' as const),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat' as const), which: number }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('operate' as const),
        operation: fc.constantFrom(...operations),
        who: number,
        what: number,
        kill: oneIn(3, writeKill),
      }),
    },
    { weight: 6, arbitrary: fc.constant({ do: 'work' as const }) },
    { weight: 1, arbitrary: fc.constant({ do: 'retry' as const }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), milliseconds: fc.nat({ max: 6_000 }) }) },
    { weight: 2, arbitrary: writeFault },
  )
}

const lag = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 30, max: 5_000 }) },
  { weight: 2, arbitrary: fc.constant([0, 5_000] as const) },
)

/** How late, and in which words, a vendor answers over either API. */
const commonSwitches = {
  createLagMs: lag,
  deleteLagMs: lag,
  updateLagMs: lag,
  addressHeldMs: fc.constantFrom<Switches['addressHeldMs'][]>(0, 6_000, [0, 6_000]),
  writesToUnshown: fc.constantFrom('accepted' as const, 'refused' as const),
  // Rarer than in schedules without writes, because hardly any operation succeeds with the other values.
  goneAnswer: fc.constantFrom<Switches['goneAnswer'][]>(404, 404, 404, 404, 404, 410, 412, 400, 403, 'body'),
  duplicateCreate: fc.constantFrom(409 as const, 409 as const, 400 as const),
  domainsMustBeRegistered: fc.boolean(),
}

export const interfaceWriteSwitches: fc.Arbitrary<Partial<Switches>> = fc.record(commonSwitches)

export const writeSwitches: fc.Arbitrary<Partial<Switches>> = fc.record({
  ...commonSwitches,
  membershipLagMs: lag,
  createStatus: fc.constantFrom(201 as const, 202 as const),
  refusesBy: fc.constantFrom('status' as const, 'status' as const, 'body' as const),
  refusalWords: fc.constantFrom('plain' as const, 'misleading' as const),
  listEntries: fc.constantFrom<Switches['listEntries'][]>('strings', 'strings', 'strings', 'objects', 'unreadable'),
  userLimit: fc.constantFrom<Switches['userLimit'][]>(null, null, null, 6, 12),
  requiredOnCreate: fc.oneof(
    { weight: 5, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.subarray(['firstName', 'lastName', 'password'] as const) },
  ),
  systemFieldsInPut: fc.constantFrom('refused' as const, 'tolerated' as const),
  clearedStatus: fc.constantFrom('active' as const, 'null' as const, 'absent' as const),
  groupsInPut: fc.constantFrom('ignored' as const, 'replaced' as const, 'byId' as const),
  aliasesInPut: fc.constantFrom('replaced' as const, 'replaced' as const, 'replaced' as const, 'dropped' as const),
  unknownRoles: fc.constantFrom('taken' as const, 'refused' as const),
  repeatedMembership: fc.constantFrom('accepted' as const, 'refused' as const),
  writeAnswer: fc.constantFrom('key' as const, 'short' as const, 'whole' as const),
  addressMatch: fc.constantFrom('withoutCase' as const, 'withoutCase' as const, 'exact' as const),
})
