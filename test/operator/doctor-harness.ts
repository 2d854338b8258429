/** A doctor with a database, a vendor and a worker. The test's own connections are those of a running server. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll } from 'vitest'
import { diagnosed } from '../../src/cli/commands.ts'
import type { Check } from '../../src/cli/doctor/check.ts'
import { runDoctor } from '../../src/cli/doctor/run-doctor.ts'
import { readConfig } from '../../src/config/env.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { workerName } from '../../src/db/sessions.ts'
import { openClientDirectory } from '../../src/organizations/client-directory.ts'
import { openSharedPools } from '../../src/vendor/client.ts'
import { startVendor, type Vendor } from '../simulator/vendor.ts'
import { testDatabase } from '../support/database.ts'

const secretKey = Buffer.alloc(32, 7).toString('base64')
export let database: Awaited<ReturnType<typeof testDatabase>>
let worker: Database
export let vendor: Vendor
export let folder: string
export let environment: Record<string, string>

/** Opens all of it for the tests of the calling file. */
export function doctorForTests(): void {
  beforeAll(async () => {
    database = await testDatabase()
    worker = await openWorker()
    vendor = await startVendor({}, { clock: Date.now })
    folder = await mkdtemp(join(tmpdir(), 'doctor-'))
    const { connection } = database
    if (!('host' in connection)) throw new Error('The tests connect by host and port')
    const where = new URLSearchParams({ host: connection.host, port: String(connection.port), user: connection.user })
    environment = {
      DATABASE_URL: `postgres:///${connection.database}?${where}`,
      ESSENTIALS_API_KEY: 'key',
      ESSENTIALS_API_SECRET: 'secret',
      ESSENTIALS_BASE_URL: vendor.simulator.url,
      SECRET_KEY: secretKey,
      ADMIN_TOKEN: 'a-token-of-the-tests',
    }
    await serve()
  })
  afterAll(async () => {
    await rm(folder, { recursive: true })
    await vendor[Symbol.asyncDispose]()
    await worker.close()
    await database[Symbol.asyncDispose]()
  })
}

/** Sessions as those of a process with a worker. */
async function openWorker(): Promise<Database> {
  const opened = openDatabase(database.connection, { connections: 2, name: workerName })
  await opened.sql`select 1`
  return opened
}

export const stopWorker = () => worker.close()
export async function startWorker(): Promise<void> {
  worker = await openWorker()
}

/** As a server does at its start. */
async function serve(): Promise<void> {
  const { sql, control } = database
  const pools = openSharedPools()
  const options = {
    sql,
    control,
    logger: pino({ level: 'silent' }),
    pullIntervalSeconds: 300,
    runsOperations: false,
    pools,
  }
  await openClientDirectory(readConfig(environment, 'vendor').organizations, options)
  await pools.close()
}

export interface Visit {
  readonly code: number
  readonly status: string
  readonly checks: readonly Check[]
  readonly output: string
}

/** Variables that are undefined are not set. */
export async function visit(
  changes: Record<string, string | undefined> = {},
  { args = [], now }: { readonly args?: readonly string[]; readonly now?: () => number } = {},
): Promise<Visit> {
  let output = ''
  const terminal = { stdout: { write: (text: string) => (output += text) } }
  const code = await runDoctor(['--json', ...args], diagnosed({ ...environment, ...changes }), terminal, now)
  return { code, output, ...(JSON.parse(output) as { status: string; checks: Check[] }) }
}

export function found({ checks }: Visit, status: Check['status']): string[] {
  return checks.flatMap((one) =>
    one.status === status ? [[one.check, one.organization, one.message].filter((part) => part).join(': ')] : [],
  )
}
