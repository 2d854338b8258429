import { setTimeout as sleep } from 'node:timers/promises'
import type { Sql } from '../../db/database.ts'

interface PullRow {
  state: string
  error: string | null
  rows: number
  expected: number | null
  requests: number
  isEarlier: boolean
}

/**
 * Draws the progress of the latest pull on the terminal until it ends. Returns its error, if any. If it ended before the
 * start of this demo, the next one may be long in coming, so it says only that the mirror is kept.
 */
export async function showProgress(sql: Sql, startedAt: string, signal: AbortSignal): Promise<string | null> {
  const live = process.stdout.isTTY
  for (;;) {
    const pull = await latestPull(sql, startedAt)
    if (pull?.isEarlier) {
      process.stdout.write('The mirror of an earlier demo is kept. The next pull updates it.\n')
      return null
    }
    const line = pull ? describe(pull, process.stdout.columns ?? 80) : 'Waiting for the first pull to start'
    const over = pull !== undefined && pull.state !== 'RUNNING'
    if (live) process.stdout.write(`\r\x1b[K${line}${over ? '\n' : ''}`)
    else if (over) process.stdout.write(`${line}\n`)
    if (over || signal.aborted) return pull?.error ?? null
    await sleep(100, undefined, { signal }).catch(() => {})
  }
}

async function latestPull(sql: Sql, startedAt: string): Promise<PullRow | undefined> {
  const [row] = await sql<PullRow[]>`
    select state, error, requests, coalesce(finished_at < ${startedAt}, false) as "isEarlier",
      (select coalesce(sum(rows), 0)::int from pull_pages where pull_id = p.id and kind = 'USERS') as rows,
      (select total from pull_pages where pull_id = p.id and kind = 'USERS' order by page desc limit 1) as expected
    from pulls p order by id desc limit 1`
  return row
}

/**
 * On one line of the terminal, so that it can be redrawn: the bar takes the remaining width, and an error ends the
 * line.
 */
function describe({ state, rows, expected, requests, error }: PullRow, columns: number): string {
  const before = `Pull ${state.toLowerCase().padEnd(8)} `
  const counted = expected === null ? `${rows} users` : `${rows} of ${expected} users`
  const after = ` ${counted} in ${requests} ${requests === 1 ? 'request' : 'requests'}`
  const length = Math.max(0, Math.min(30, columns - 1 - before.length - after.length))
  // A list that comes in one response has no total.
  const share = expected ? Math.min(1, rows / expected) : state === 'COMPLETE' ? 1 : 0
  const filled = Math.round(share * length)
  return `${before}${'█'.repeat(filled)}${'░'.repeat(length - filled)}${after}${error ? `: ${error}` : ''}`
}
