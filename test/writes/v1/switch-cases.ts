/**
 * Every point that the public sources on the API v1 leave open: each position of each switch of the simulator. Pulls,
 * writes and operations are tested at each of them.
 */
import { defaultSwitches, type Switches } from '../../../src/simulator/options.ts'
import {
  defaultInterfaceSwitches,
  type InterfaceSwitches,
  interfaceSwitchesSchema,
} from '../../../src/simulator/v1/interface-switches.ts'

export interface Case {
  readonly name: string
  readonly interfaceSwitches?: Partial<InterfaceSwitches>
  readonly switches?: Partial<Switches>
}

/** The positions of one switch, from its schema: a new position is tested without a change here. */
function positionsOf<Name extends keyof InterfaceSwitches>(name: Name, positions: readonly InterfaceSwitches[Name][]) {
  return positions.map(
    (position): Case => ({ name: `${name} ${String(position)}`, interfaceSwitches: { [name]: position } }),
  )
}

const { shape } = interfaceSwitchesSchema
const positions: readonly Case[] = [
  ...positionsOf('usersEnvelope', shape.usersEnvelope.options),
  ...positionsOf('booleans', shape.booleans.options),
  ...positionsOf('senderNames', shape.senderNames.options),
  ...positionsOf('uidInPut', shape.uidInPut.options),
  ...positionsOf('passwordInPost', shape.passwordInPost.options),
  ...positionsOf('domainsEnvelope', shape.domainsEnvelope.options),
  ...([400, 403, 404, 'body'] as const).map(
    (goneAnswer): Case => ({
      name: `unknown user ${goneAnswer}`,
      switches: { goneAnswer },
    }),
  ),
  ...(['message', 'error', 'errors', 'text', 'html', 'empty'] as const).map(
    (errorBody): Case => ({
      name: `error body ${errorBody}`,
      switches: { errorBody },
    }),
  ),
  ...positionsOf('syncFrequency', [0, null, 6]),
  ...positionsOf('stacks', [1, 2]),
  { name: 'a slow vendor', switches: { latencyMs: [20, 40] } },
  { name: 'lag after writes', switches: { createLagMs: 3_000, updateLagMs: 3_000, deleteLagMs: 3_000 } },
  { name: 'unshown users refused', switches: { createLagMs: 3_000, writesToUnshown: 'refused' } },
  { name: 'duplicates refused with 400', switches: { duplicateCreate: 400 } },
]

/** For pulls, writes and operations. The usual positions of all switches are one case. */
export const cases: readonly Case[] = [{ name: 'the usual vendor' }, ...positions.filter(isUnusual)]

function isUnusual({ switches = {}, interfaceSwitches = {} }: Case): boolean {
  const usual = { ...defaultSwitches, ...defaultInterfaceSwitches }
  const set = Object.entries({ ...switches, ...interfaceSwitches })
  return set.some(([name, position]) => usual[name as keyof typeof usual] !== position)
}

const sections = ['alias_emails', 'safe_list_senders', 'block_list_senders', 'type'] as const

/** Only for pulls: rows of the list that lack a field. */
export const listCases: readonly Case[] = sections.map((field) => ({
  name: `rows without ${field}`,
  interfaceSwitches: { rowsLack: [field] },
}))
