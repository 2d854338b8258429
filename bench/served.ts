/** The API over a separate embedded Postgres with one organization and one user. */
import { rm } from 'node:fs/promises'
import pino from 'pino'
import { type Running, runProcess } from '../src/cli/serve.ts'
import { readConfig } from '../src/config/env.ts'
import { dataFolder } from '../test/support/postgres.ts'

export const token = 'a-token-of-the-benchmark'

export interface ServedBench extends AsyncDisposable {
  readonly url: string
  readonly sql: Running['context']['database']['sql']
}

export async function serveBench(): Promise<ServedBench> {
  const dataDir = await dataFolder('bench')
  const config = readConfig(
    { DATA_DIR: dataDir, PORT: '0', ADMIN_TOKEN: token, ESSENTIALS_API_KEY: 'bench', ESSENTIALS_API_SECRET: 'bench' },
    'vendor',
  )
  const stopping = new AbortController()
  const up = Promise.withResolvers<Running>()
  const run = runProcess(config, pino({ level: 'silent' }), { api: true, worker: false }, stopping.signal, up.resolve)
  run.catch(up.reject)
  const { context, server } = await up.promise
  return {
    url: server?.url ?? '',
    sql: context.database.sql,
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await run
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0
}
