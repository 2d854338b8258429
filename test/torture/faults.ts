/** The simulator's faults, as schedules name them. Those that only writes can meet are not among them. */
import type { FaultRule } from '../../src/simulator/faults.ts'

const kinds = {
  '429': { kind: 'status', status: 429 },
  '500': { kind: 'status', status: 500 },
  '503 with Retry-After': { kind: 'status', status: 503, headers: { 'retry-after': '0' } },
  '401': { kind: 'status', status: 401 },
  '403': { kind: 'status', status: 403 },
  '200 without a list': { kind: 'status', status: 200 },
  '200 that refuses': { kind: 'wrongShape', body: { success: false, error: 'try again later' } },
  hang: { kind: 'hang' },
  'cut before': { kind: 'cutBefore' },
  'cut after': { kind: 'cutAfter' },
  'cut midway': { kind: 'cutMidway' },
  'html 502': { kind: 'html' },
  'html 200': { kind: 'html', status: 200 },
  'truncated JSON': { kind: 'truncatedJson' },
  'wrong shape': { kind: 'wrongShape' },
  /** An organization that suddenly has nobody, as a list would show it. */
  'empty list': { kind: 'wrongShape', body: { users: [] } },
  latency: { kind: 'latency', ms: 15 },
} as const satisfies Record<string, FaultRule>

export type FaultName = keyof typeof kinds
export const faultNames = Object.keys(kinds) as FaultName[]

const places = {
  anywhere: /./,
  users: /^\/users\?/,
  'later pages of users': /^\/users\?page=(?!1&)/,
  groups: /^\/groups\?/,
  'one user': /^\/users\/./,
} as const

export type FaultPlace = keyof typeof places
export const faultPlaces = Object.keys(places) as FaultPlace[]

export function faultRule(name: FaultName, at: FaultPlace, how: { times?: number; probability?: number }): FaultRule {
  return { ...kinds[name], path: places[at], ...how }
}

/** The name of a rule that was made here. */
export function nameOfFault(rule: FaultRule): FaultName | 'hold' {
  const { path: _path, times: _times, probability: _probability, ...kind } = rule
  const text = JSON.stringify(kind)
  return faultNames.find((name) => sameKeys(kinds[name], text)) ?? 'hold'
}

function sameKeys(kind: object, text: string): boolean {
  const sorted = (value: object) => JSON.stringify(Object.entries(value).sort())
  return sorted(kind) === sorted(JSON.parse(text) as object)
}
