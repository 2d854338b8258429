/**
 * The disruptions of the server, and the number of errors that they explain. A cancelled or terminated backend serves
 * at most one caller, so each strike explains at most one error. A restart explains all errors while it lasts.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type postgres from 'postgres'
import type { Random } from '../../../src/simulator/data/random.ts'
import type { FuzzReport } from './report.ts'

export interface Chaos {
  /** Cancels and terminates backends until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>
  /** Whether a restart explains an error of a call that ran in this span. */
  isRestart(from: number, to: number): boolean
}

export interface ChaosOptions {
  readonly admin: postgres.Sql
  readonly random: Random
  readonly report: FuzzReport
  /** The average time between two strikes. */
  readonly strikeMs: number
  /** The time between two restarts. Undefined disables restarts. */
  readonly restartMs?: number | undefined
}

/** The time in which the pools reconnect, and waiting callers get their results or fail. */
const aftermathMs = 3_000

export function openChaos({ admin, random, report, strikeMs, restartMs }: ChaosOptions): Chaos {
  const restarts: { from: number; to: number }[] = []
  const ours = `datname = current_database() and application_name like 'essentials-graph %' and application_name not like '%listen'`

  async function strike(): Promise<void> {
    const kind = random.chance(0.6) ? 'cancels' : 'terminates'
    // A terminated backend has ended before the next strike: on a busy machine it could otherwise end after the run.
    const verb = kind === 'cancels' ? 'pg_cancel_backend(pid)' : 'pg_terminate_backend(pid, 10000)'
    const rows = await admin.unsafe<{ struck: boolean }[]>(
      `select ${verb} as struck from (select pid from pg_stat_activity where ${ours} order by random() limit 1) one`,
    )
    if (rows[0]?.struck) report.struck[kind] += 1
  }

  async function restart(): Promise<void> {
    const [row] = await admin<{ folder: string }[]>`select current_setting('data_directory') as folder`
    const [pid] = (await readFile(join(row?.folder ?? '', 'postmaster.pid'), 'utf8')).split('\n')
    const span = { from: performance.now(), to: Number.POSITIVE_INFINITY }
    restarts.push(span)
    process.kill(Number(pid), 'SIGINT')
    report.struck.restarts += 1
    for (;;) {
      await pause(100)
      const up = await admin`select 1`.then(
        () => true,
        () => false,
      )
      if (up) break
    }
    span.to = performance.now() + aftermathMs
  }

  return {
    async run(signal) {
      let next = performance.now() + (restartMs ?? Number.POSITIVE_INFINITY)
      while (!signal.aborted) {
        await pause(strikeMs * 2 * random.next())
        if (performance.now() > next) {
          await restart()
          next = performance.now() + (restartMs ?? 0)
        } else await strike().catch(() => {})
      }
    },
    isRestart: (from, to) => restarts.some((span) => from <= span.to && to >= span.from),
  }
}
