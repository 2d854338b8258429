/** A write in a separate process, killed at a moment that the vendor determines. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { FaultRule } from '../../../src/simulator/faults.ts'
import { startFlags } from '../../support/program.ts'
import type { ApiHarness, Json } from './api-harness.ts'

/**
 * Kills the process while its request is in progress at the vendor. `hang`: the vendor never carries it out. `hang`
 * with `acts`: it has. Returns the output of the process.
 */
export async function writeAndDie(
  acme: ApiHarness,
  verb: string,
  request: { readonly actor: string; readonly input: Json; readonly idempotencyKey?: string },
  at: { readonly method: string; readonly path: string; readonly acts: boolean; readonly after?: number },
): Promise<string> {
  const { method, path, acts, after = 0 } = at
  const rule: FaultRule = { kind: 'hang', method, path, acts, after, times: 1 }
  const fault = acme.simulator.faults.add(rule)
  const { connection } = acme.database
  const argument = JSON.stringify({ connection, baseUrl: acme.simulator.url, verb, request })
  const child = spawn(process.execPath, [...startFlags, new URL('child.ts', import.meta.url).pathname, argument], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const exited = once(child, 'exit')
  const early = exited.then(() => {
    throw new Error(`the process ended before it was killed: ${said}`)
  })
  await Promise.race([fault.struck(), early])
  early.catch(() => {})
  child.kill('SIGKILL')
  await exited
  fault.remove()
  return said
}

/** Expires the leases, as if their time had passed without renewal. */
export async function passLeases({ database: { sql } }: Pick<ApiHarness, 'database'>): Promise<void> {
  await sql`update user_locks set held_until = '-infinity'`
  await sql`update idempotency_keys set held_until = '-infinity'`
}
