/**
 * The actions of a run. fast-check draws them, and they are small enough to shrink. The same schedule always does the
 * same.
 */
import fc from 'fast-check'
import { everySection, type Switches } from '../../../src/simulator/options.ts'
import type { InterfaceSwitches } from '../../../src/simulator/v1/interface-switches.ts'
import { capabilitiesOfV2 } from '../../../src/vendor/client.ts'
import { interfaceCapabilities } from '../../../src/vendor/v1/client.ts'
import type { Api } from '../world/api.ts'
import { checkpointNames, type Kill } from '../world/kill-points.ts'
import { operationNames, writeVerbs } from '../writer/write-plans.ts'
import { type Edit, type EditName, editNames, interfaceEditNames } from './edits.ts'
import { type FaultName, type FaultPlace, faultNames, faultPlaces, interfaceFaultPlaces } from './faults.ts'
import { listSpellings, readSpellings } from './spellings.ts'
import { type WritingAction, writeSwitches, writingActionOf } from './write-schedule.ts'

export type Action =
  | ({ readonly do: 'edit' } & Edit)
  /** Edits immediately before the vendor builds this page of users or groups. */
  | { readonly do: 'drift'; readonly list: 'users' | 'groups'; readonly page: number; readonly edits: readonly Edit[] }
  /** Runs one job of the sync. */
  | { readonly do: 'step' }
  /** Requests a pull. */
  | { readonly do: 'pull' }
  /** Runs jobs until no pull is running. */
  | { readonly do: 'finish' }
  | { readonly do: 'fault'; readonly fault: FaultName; readonly at: FaultPlace; readonly times: number }
  | { readonly do: 'kill'; readonly kill: Kill }
  /** Deletes a user, and kills the process during the pull that would detect it. */
  | { readonly do: 'killedPull'; readonly who: number; readonly kill: Kill }
  /** A caller refreshes one user. */
  | { readonly do: 'refresh'; readonly who: number }
  /** A refresh or a job whose request hangs at the vendor until `release`, before or after it was processed. */
  | { readonly do: 'holdRefresh'; readonly who: number; readonly at: 'arrival' | 'answer' }
  | { readonly do: 'holdStep'; readonly at: 'arrival' | 'answer' }
  | { readonly do: 'release' }
  /** Reads the requested relations. */
  | { readonly do: 'relations' }
  /** An administrator decides about the latest quarantined pull. */
  | { readonly do: 'resolve'; readonly accept: boolean }
  /** The vendor spells createdAt differently from now on. */
  | {
      readonly do: 'spelling'
      readonly list: (typeof listSpellings)[number]
      readonly read: (typeof readSpellings)[number]
    }
  /** Deletes a user. Once the mirror has proof of that, lists show the user again. */
  | { readonly do: 'staleList'; readonly who: number }
  /** Replaces a user. Once the mirror has read the new account, lists show the previous one again. */
  | { readonly do: 'replacedList'; readonly who: number }
  /** All users are active, which a list may show as their creation time. */
  | { readonly do: 'activity' }
  /** An administrator who has looked at the vendor declares the deferred users gone. */
  | { readonly do: 'declareGone' }
  /** The queue's store loses all of its data. */
  | { readonly do: 'loseQueue' }
  | WritingAction

export interface Schedule {
  /** Defaults to v2. */
  readonly api?: Api
  readonly seed: number
  readonly users: number
  readonly groups: number
  readonly switches: Partial<Switches>
  /** Of the API v1. */
  readonly interfaceSwitches?: Partial<InterfaceSwitches>
  /** Whether callers write, at a vendor that shows writes late. */
  readonly hasWriter?: boolean
  readonly actions: readonly Action[]
}

const number = fc.nat({ max: 997 })
const editOf = (names: readonly EditName[]): fc.Arbitrary<Edit> =>
  fc.record({ edit: fc.constantFrom(...names), who: number, what: number })
const kill: fc.Arbitrary<Kill> = fc.oneof(
  fc.record({
    checkpoint: fc.constantFrom(...checkpointNames),
    moment: fc.constantFrom('before' as const, 'after' as const),
    nth: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({
    checkpoint: fc.constant('anywhere' as const),
    moment: fc.constantFrom('before' as const, 'after' as const),
    nth: fc.integer({ min: 1, max: 120 }),
  }),
)
/** The points at which deletions are decided. A pull reaches them late, and not always. */
const lateKill: fc.Arbitrary<Kill> = fc.record({
  checkpoint: fc.constantFrom('listing concluded', 'candidate chosen', 'candidate settled', 'pull completed'),
  moment: fc.constantFrom('before' as const, 'after' as const),
  nth: fc.constant(1),
})
const at = fc.constantFrom('arrival' as const, 'answer' as const)

/** What a connection does not offer is not drawn. */
export function actionOf(api: Api): fc.Arbitrary<Action> {
  const { pagedList, timestamps } = api === 'v1' ? interfaceCapabilities : capabilitiesOfV2
  const edit = editOf(api === 'v1' ? interfaceEditNames : editNames)
  return fc.oneof(
    { weight: 10, arbitrary: edit.map((one) => ({ do: 'edit' as const, ...one })) },
    {
      weight: pagedList ? 4 : 0,
      arbitrary: fc.record({
        do: fc.constant('drift' as const),
        list: fc.constantFrom('users' as const, 'users' as const, 'groups' as const),
        page: fc.integer({ min: 2, max: 5 }),
        edits: fc.array(edit, { minLength: 1, maxLength: 6 }),
      }),
    },
    { weight: 12, arbitrary: fc.constant({ do: 'step' as const }) },
    { weight: 4, arbitrary: fc.constant({ do: 'pull' as const }) },
    { weight: 4, arbitrary: fc.constant({ do: 'finish' as const }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('fault' as const),
        fault: fc.constantFrom(...faultNames),
        at: fc.constantFrom(...(api === 'v1' ? interfaceFaultPlaces : faultPlaces)),
        times: fc.integer({ min: 1, max: 5 }),
      }),
    },
    { weight: 4, arbitrary: kill.map((one) => ({ do: 'kill' as const, kill: one })) },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('killedPull' as const), who: number, kill: fc.oneof(kill, lateKill) }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('refresh' as const), who: number }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('holdRefresh' as const), who: number, at }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('holdStep' as const), at }) },
    { weight: 3, arbitrary: fc.constant({ do: 'release' as const }) },
    { weight: 1, arbitrary: fc.constant({ do: 'relations' as const }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('resolve' as const), accept: fc.boolean() }) },
    { weight: 1, arbitrary: fc.constant({ do: 'declareGone' as const }) },
    { weight: 1, arbitrary: fc.constant({ do: 'loseQueue' as const }) },
    {
      weight: timestamps ? 2 : 0,
      arbitrary: fc.record({
        do: fc.constant('spelling' as const),
        list: fc.constantFrom(...listSpellings),
        read: fc.constantFrom(...readSpellings),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('staleList' as const), who: number }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('replacedList' as const), who: number }) },
    { weight: timestamps ? 1 : 0, arbitrary: fc.constant({ do: 'activity' as const }) },
  )
}

export const goneAnswer = fc.constantFrom<Switches['goneAnswer'][]>(404, 404, 404, 410, 412, 400, 403, 'body')
export const contentEncoding = fc.constantFrom<Switches['contentEncoding'][]>(
  'none',
  'none',
  'none',
  'gzip',
  'br',
  'deflate',
  'raw deflate',
  'UTF-8',
)
export const redirects = fc.constantFrom<Switches['redirects'][]>(0, 0, 0, 0, 301, 302, 307, 308)
export const errorBody = fc.constantFrom('message', 'error', 'errors', 'text', 'html', 'empty')
const switches: fc.Arbitrary<Partial<Switches>> = fc.record({
  listCarries: fc.oneof(
    { weight: 3, arbitrary: fc.constant(everySection) },
    { weight: 2, arbitrary: fc.constant(['status', 'profile'] as const) },
    { weight: 2, arbitrary: fc.subarray([...everySection]) },
  ),
  userGroups: fc.constantFrom('ids' as const, 'names' as const),
  total: fc.oneof(
    { weight: 4, arbitrary: fc.constant('right' as const) },
    { weight: 2, arbitrary: fc.constant('absent' as const) },
    { weight: 1, arbitrary: fc.constant('page' as const) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 5 }) },
  ),
  pageIgnoredBy: fc.oneof(
    { weight: 4, arbitrary: fc.constant([] as const) },
    { weight: 1, arbitrary: fc.subarray(['users', 'groups'] as const, { minLength: 1 }) },
  ),
  beyondTheEnd: fc.constantFrom('empty' as const, 'empty' as const, 'last' as const, 'first' as const),
  emptyPage: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) },
  ),
  listEntries: fc.constantFrom('strings' as const, 'strings' as const, 'objects' as const, 'unreadable' as const),
  goneAnswer,
  contentEncoding,
  redirects,
  numbers: fc.constantFrom('numbers' as const, 'strings' as const),
  groupsTotal: fc.constantFrom('right' as const, 'absent' as const),
  pageOrder: fc.constantFrom('insertion', 'email', 'updatedAt', 'shuffled', 'unstable'),
  maximumPageSize: fc.integer({ min: 4, max: 16 }),
  membershipTouchesUser: fc.boolean(),
  addressCase: fc.constantFrom('kept' as const, 'lowered' as const),
  memberCount: fc.constantFrom('right' as const, 'absent' as const),
  addressForm: fc.constantFrom('kept' as const, 'decomposed' as const),
  roleNames: fc.constantFrom('documented' as const, 'title' as const),
  aliasesHold: fc.constantFrom('othersOnly' as const, 'primaryToo' as const),
  words: fc.constantFrom('documented' as const, 'further' as const),
  errorBody,
})

export const common = {
  seed: fc.nat(),
  users: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 20, max: 45 })),
  groups: fc.integer({ min: 0, max: 6 }),
}

const readOnly: fc.Arbitrary<Schedule> = fc.record({
  ...common,
  switches,
  actions: fc.array(actionOf('v2'), { minLength: 5, maxLength: 60, size: 'max' }),
})

/** Fewer users and actions, because each write is read several times. */
const writing: fc.Arbitrary<Schedule> = fc.record({
  ...common,
  users: fc.integer({ min: 1, max: 12 }),
  switches: fc.tuple(switches, writeSwitches).map(([one, other]) => ({ ...one, ...other })),
  hasWriter: fc.constant(true),
  actions: fc.array(
    fc.oneof(
      { weight: 1, arbitrary: actionOf('v2') },
      { weight: 2, arbitrary: writingActionOf(writeVerbs, operationNames) as fc.Arbitrary<Action> },
    ),
    { minLength: 5, maxLength: 45, size: 'max' },
  ),
})

const drawn = fc.oneof({ weight: 3, arbitrary: readOnly }, { weight: 2, arbitrary: writing })

/**
 * Excludes vendors at which no client could get a complete list. A list of groups that moves between all requests is
 * known to be complete only if it is a single page, and its last page differs when it is requested again. Without a
 * total, an empty page ends the list. A repeated first page and a total that is too large look like a vendor that does
 * not page.
 * Of two accounts whose addresses differ only in letter case, the second stays on the first page, where no drift skips
 * it, so that the other one is never mistaken for it. Their list has `createdAt`: without it, they cannot be
 * distinguished before the user is read.
 */
export const schedule = fc.tuple(drawn, fc.boolean()).map(([one, hasTwins]) => {
  const { pageOrder, total } = one.switches
  const switches = {
    ...one.switches,
    ...(pageOrder === 'unstable' && { maximumPageSize: 13, beyondTheEnd: 'empty' as const }),
    ...(total !== 'right' && { emptyPage: 0 }),
    ...(typeof total === 'number' && { beyondTheEnd: 'empty' as const }),
    ...(pageOrder === 'insertion' && hasTwins && one.switches.listCarries?.includes('timestamps') && { caseTwins: -1 }),
  }
  return { ...one, switches }
})
