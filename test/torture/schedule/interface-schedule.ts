/**
 * Schedules over the API v1, whose switches are fewer: it neither pages its list nor knows groups and timestamps. In two
 * of five, callers write and start operations, at a vendor that shows writes late.
 */
import fc from 'fast-check'
import type { InterfaceSwitches } from '../../../src/simulator/v1/interface-switches.ts'
import { interfaceOperations, interfaceVerbs } from '../writer/write-plans.ts'
import {
  type Action,
  actionOf,
  common,
  contentEncoding,
  errorBody,
  goneAnswer,
  redirects,
  type Schedule,
} from './schedule.ts'
import { interfaceWriteSwitches, writingActionOf } from './write-schedule.ts'

const reading = {
  usersEnvelope: fc.constantFrom('object' as const, 'array' as const),
  booleans: fc.constantFrom('booleans' as const, 'integers' as const, 'digits' as const, 'words' as const),
  senderNames: fc.constantFrom('present' as const, 'deprecated' as const, 'both' as const),
}

const writing: fc.Arbitrary<Partial<InterfaceSwitches>> = fc.record({
  ...reading,
  domainsEnvelope: fc.constantFrom('object' as const, 'array' as const, 'single' as const),
  putMode: fc.constantFrom('replace' as const, 'merge' as const),
  uidInPut: fc.constantFrom('accepted' as const, 'refused' as const),
  passwordInPost: fc.constantFrom('ignored' as const, 'ignored' as const, 'honored' as const),
  syncFrequency: fc.constantFrom<InterfaceSwitches['syncFrequency'][]>(0, null, 1, 6),
})

const switches = fc.record({ goneAnswer, contentEncoding, redirects, errorBody })

const readOnly: fc.Arbitrary<Schedule> = fc.record({
  ...common,
  api: fc.constant('v1' as const),
  groups: fc.constant(0),
  switches,
  interfaceSwitches: fc.record(reading),
  actions: fc.array(actionOf('v1'), { minLength: 5, maxLength: 60, size: 'max' }),
})

/** Fewer users and actions, because each write is read several times. */
const withWriter: fc.Arbitrary<Schedule> = fc.record({
  ...common,
  users: fc.integer({ min: 1, max: 12 }),
  api: fc.constant('v1' as const),
  groups: fc.constant(0),
  switches: fc.tuple(switches, interfaceWriteSwitches).map(([one, other]) => ({ ...one, ...other })),
  interfaceSwitches: writing,
  hasWriter: fc.constant(true),
  actions: fc.array(
    fc.oneof(
      { weight: 1, arbitrary: actionOf('v1') },
      { weight: 2, arbitrary: writingActionOf(interfaceVerbs, interfaceOperations) as fc.Arbitrary<Action> },
    ),
    { minLength: 5, maxLength: 45, size: 'max' },
  ),
})

export const interfaceSchedule = fc.oneof({ weight: 3, arbitrary: readOnly }, { weight: 2, arbitrary: withWriter })
