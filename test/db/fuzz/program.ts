/** The program over its own embedded Postgres, with two tenants whose users and groups contain the tenant's name. */
import { rm } from 'node:fs/promises'
import pino from 'pino'
import { createToken } from '../../../src/access/tokens.ts'
import { type Running, runProcess } from '../../../src/cli/serve.ts'
import { readConfig } from '../../../src/config/env.ts'
import { adders } from '../../graph/harness/fixture.ts'
import { dataFolder } from '../../support/postgres.ts'
import { type Stage, type Tenant, usersEach } from './callers.ts'

/** `onError` receives the lines that the program logs as errors. */
export async function startProgram(onError: (line: string) => void): Promise<{ running: Running } & AsyncDisposable> {
  const dataDir = await dataFolder('fuzz')
  const settings = {
    DATA_DIR: dataDir,
    PORT: '0',
    ADMIN_TOKEN: 'the-administrator-of-the-fuzz-run',
    ESSENTIALS_API_KEY: 'fuzz',
    ESSENTIALS_API_SECRET: 'fuzz',
    CALLER_REQUESTS_PER_MINUTE: '1000000',
  }
  const stopping = new AbortController()
  const up = Promise.withResolvers<Running>()
  const config = readConfig(settings, 'vendor')
  const logger = pino({ level: 'error' }, { write: onError })
  const run = runProcess(config, logger, { api: true, worker: false }, stopping.signal, up.resolve)
  run.catch(up.reject)
  const running = await up.promise
  return {
    running,
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await run
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export async function fillTenants(database: Stage['database']): Promise<Tenant[]> {
  const { sql, control } = database
  const add = adders(sql)
  await sql`create table fuzz_written (nonce text primary key)`
  await sql`update organizations set retired_at = clock_timestamp()`
  const tenants: Tenant[] = []
  for (const slug of ['acme', 'globex']) {
    const id = await add.organization(slug, { id: 1_000_000 + tenants.length, history_from: '2026-06-01T00:00:00Z' })
    const group = await add.group(id, `grp_${slug}`, slug)
    for (let n = 0; n < usersEach; n += 1) {
      await add.member(id, await add.user(id, `user${n}@${slug}.example`), group)
    }
    const token = await createToken(control, {
      name: `reader of ${slug}`,
      scopes: ['read'],
      organizations: [slug],
      expiresInSeconds: null,
    })
    tenants.push({ slug, id, token: token ?? '' })
  }
  return tenants
}
