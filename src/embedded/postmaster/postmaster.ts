import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Account, spawnedAs } from '../account.ts'
import type { Binaries } from '../binaries.ts'
import { EmbeddedPostgresFailed } from '../errors.ts'
import { until } from '../poll.ts'
import { CHILD_ENVIRONMENT, settingArguments } from '../postgres-config.ts'
import { lastLines, sizeOfLog, withLogOpen } from './bounded-log.ts'
import { readPostmasterFile } from './postmaster-file.ts'
import { shutDown } from './shut-down.ts'

/** Recovery may read up to max_wal_size again, which takes a while on a slow disk. */
const READY_LIMIT_MS = 120_000

export interface PostmasterPlan {
  binaries: Binaries
  account: Account
  data: string
  socketFolder: string
  logFile: string
  settings: Readonly<Record<string, string>>
}

/** A running Postgres. It does not keep this process alive. */
export interface Postmaster {
  process: ChildProcess
  port: number
}

/** Starts Postgres on a data folder, and waits until it accepts connections. */
export async function startPostmaster(plan: PostmasterPlan): Promise<Postmaster> {
  const outcome = await until(() => attempt(plan), READY_LIMIT_MS)
  if (outcome !== undefined) return outcome
  throw new EmbeddedPostgresFailed(
    `Processes of a killed Postgres still run on ${plan.data} after ${READY_LIMIT_MS / 1000} seconds. End them, then start again.`,
    { logFile: plan.logFile },
  )
}

/** Stops a Postgres that startPostmaster started, and waits until it has ended. */
export async function stopPostmaster({ process: child }: Postmaster): Promise<void> {
  if (hasEnded(child)) return
  child.ref()
  const ended = once(child, 'exit')
  const gone = await shutDown(
    (signal) => child.kill(signal),
    async (limit) => (await Promise.race([ended, until(() => hasEnded(child) || undefined, limit)])) !== undefined,
  )
  if (!gone) throw new EmbeddedPostgresFailed(`The embedded Postgres (pid ${child.pid}) cannot be stopped.`)
}

/** Undefined if another attempt makes sense: the processes of a killed Postgres need a moment to end. */
async function attempt(plan: PostmasterPlan): Promise<Postmaster | undefined> {
  const logSize = await sizeOfLog(plan.logFile)
  const child = await spawnPostgres(plan)
  const port = await until(async () => {
    if (hasEnded(child)) return 'ended'
    const file = await readPostmasterFile(plan.data)
    return file?.pid === child.pid && file?.ready ? file.port : undefined
  }, READY_LIMIT_MS)
  if (typeof port === 'number') return { process: child, port }
  const said = await lastLines(plan.logFile, logSize)
  if (port === 'ended' && said.some((line) => line.includes('pre-existing shared memory block'))) return undefined
  if (port === undefined) await stopPostmaster({ process: child, port: 0 })
  throw new EmbeddedPostgresFailed(
    port === 'ended'
      ? `The embedded Postgres on ${plan.data} ended during startup.`
      : `The embedded Postgres on ${plan.data} was not ready after ${READY_LIMIT_MS / 1000} seconds.`,
    { logFile: plan.logFile, lastLines: said },
  )
}

/**
 * In its own session (detached), so that Ctrl-C in a terminal reaches only our process, which stops Postgres last. From
 * "/", because the account may not be able to reach the current folder.
 */
async function spawnPostgres(plan: PostmasterPlan): Promise<ChildProcess> {
  const child = withLogOpen(plan.logFile, (log) =>
    spawn(plan.binaries.postgres, ['-D', plan.data, ...settingArguments(plan.settings, plan.socketFolder)], {
      ...spawnedAs(plan.account),
      cwd: '/',
      env: CHILD_ENVIRONMENT,
      detached: true,
      stdio: ['ignore', log, log],
    }),
  )
  try {
    await once(child, 'spawn')
  } catch (error) {
    throw new EmbeddedPostgresFailed(
      `${plan.binaries.postgres} cannot be run here. If this machine does not support it, set DATABASE_URL to Postgres 15 or later.`,
      { cause: error },
    )
  }
  child.unref()
  return child
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}
