import { setTimeout as sleep } from 'node:timers/promises'
import type { Sql } from '../../db/database.ts'

interface PullRow {
  state: string
  error: string | null
  rows: number
  expected: number | null
  requests: number
}

/** Draws the progress of the latest pull on the terminal until it ends. Returns its error, if any. */
export async function showProgress(sql: Sql, signal: AbortSignal): Promise<string | null> {
  const live = process.stdout.isTTY
  for (;;) {
    const pull = await latestPull(sql)
    const line = pull ? describe(pull, process.stdout.columns ?? 80) : 'Waiting for the first pull to start'
    const over = pull !== undefined && pull.state !== 'RUNNING'
    if (live) process.stdout.write(`\r\x1b[K${line}${over ? '\n' : ''}`)
    else if (over) process.stdout.write(`${line}\n`)
    if (over || signal.aborted) return pull?.error ?? null
    await sleep(100, undefined, { signal }).catch(() => {})
  }
}

async function latestPull(sql: Sql): Promise<PullRow | undefined> {
  const [row] = await sql<PullRow[]>`
    select state, error, requests,
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
  const after = ` ${rows} of ${expected ?? '?'} users in ${requests} requests`
  const length = Math.max(0, Math.min(30, columns - 1 - before.length - after.length))
  const filled = Math.round((expected ? Math.min(1, rows / expected) : 0) * length)
  return `${before}${'█'.repeat(filled)}${'░'.repeat(length - filled)}${after}${error ? `: ${error}` : ''}`
}
