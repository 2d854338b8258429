/**
 * The simulator's faults by the names that schedules use. Faults that make the vendor lie about a write are left out,
 * because no client could report such a write correctly.
 */
import type { FaultRule } from '../../../src/simulator/faults.ts'

const kinds = {
  '429': { kind: 'status', status: 429 },
  '500': { kind: 'status', status: 500 },
  '503 with Retry-After': { kind: 'status', status: 503, headers: { 'retry-after': '0' } },
  '401': { kind: 'status', status: 401 },
  '403': { kind: 'status', status: 403 },
  // For a write, this response would claim success although nothing was done, and the next one the opposite.
  '200 without a list': { kind: 'status', status: 200, method: 'GET' },
  '200 that refuses': { kind: 'wrongShape', body: { success: false, error: 'try again later' }, method: 'GET' },
  hang: { kind: 'hang' },
  'cut before': { kind: 'cutBefore' },
  'cut after': { kind: 'cutAfter' },
  'cut midway': { kind: 'cutMidway' },
  'html 502': { kind: 'html' },
  'html 200': { kind: 'html', status: 200 },
  'truncated JSON': { kind: 'truncatedJson' },
  'wrong shape': { kind: 'wrongShape' },
  /** A list that suddenly shows an empty organization. */
  'empty list': { kind: 'wrongShape', body: { users: [] } },
  latency: { kind: 'latency', ms: 15 },
} as const satisfies Record<string, FaultRule>

export type FaultName = keyof typeof kinds
export const faultNames = Object.keys(kinds) as FaultName[]

const places = {
  anywhere: /./,
  users: /^\/users\?|^\/orgs\/[^/]+\/users$/,
  'later pages of users': /^\/users\?page=(?!1&)/,
  groups: /^\/groups\?/,
  'one user': /\/users\/./,
} as const

export type FaultPlace = keyof typeof places
export const faultPlaces = Object.keys(places) as FaultPlace[]
export const interfaceFaultPlaces = ['anywhere', 'users', 'one user'] as const satisfies FaultPlace[]

const writes = ['POST', 'PUT', 'DELETE'] as const
export type WriteMethod = (typeof writes)[number]
export const writeMethods: readonly WriteMethod[] = writes
/** The faults that can affect writes. */
export const writeFaultNames = faultNames.filter((name) => !('method' in kinds[name]))

export function writeFaultRule(name: FaultName, method: WriteMethod, times: number): FaultRule {
  return { ...kinds[name], method, times }
}

export function faultRule(name: FaultName, at: FaultPlace, how: { times?: number; probability?: number }): FaultRule {
  return { ...kinds[name], path: places[at], ...how }
}

/** The name of a rule that this module made. */
export function nameOfFault(rule: FaultRule): FaultName | 'hold' {
  return faultNames.find((name) => kindOf(kinds[name]) === kindOf(rule)) ?? 'hold'
}

function kindOf({
  path: _path,
  method: _method,
  times: _times,
  probability: _probability,
  ...kind
}: FaultRule): string {
  return JSON.stringify(Object.entries(kind).sort())
}
