/**
 * The number of requests a caller has sent in the current minute, over all processes. A process takes requests from the
 * row in blocks, so most requests need no statement. Unused requests of a block expire with the minute. Minutes are
 * those of the database clock.
 */
import { asCaller, type Sql } from '../db/database.ts'

export interface CallerRequests {
  /** Counts one request of the caller. If it exceeds the limit, returns the seconds until the next one is allowed. */
  take(caller: string): Promise<{ granted: true } | { granted: false; retryAfterSeconds: number }>
}

interface Block {
  /** 0: no requests are left in the minute. */
  readonly granted: number
  left: number
  /** By the process's monotonic clock, in milliseconds. */
  readonly endsAt: number
}

/** A process takes a minute's requests in about this many blocks. */
const blocksPerMinute = 20
/** Above this number of callers, expired blocks are deleted. */
const rememberedCallers = 1_000

export function openCallerRequests(
  sql: Sql,
  requestsPerMinute: number,
  now: () => number = () => performance.now(),
): CallerRequests {
  const size = Math.max(1, Math.floor(requestsPerMinute / blocksPerMinute))
  const blocks = new Map<string, Block>()
  const fetching = new Map<string, Promise<void>>()

  async function fetchBlock(caller: string): Promise<void> {
    const [row] = await asCaller(sql, caller)<{ granted: number; left: number }[]>`
      with taken as (
        insert into caller_requests as c (caller, minute, taken)
        values (${caller}, date_trunc('minute', clock_timestamp()), ${size})
        on conflict (caller) do update set minute = excluded.minute, taken = excluded.taken
          + case when c.minute = excluded.minute then least(c.taken, ${requestsPerMinute}::int) else 0 end
        returning taken, minute
      )
      select greatest(0, least(${size}::int, ${requestsPerMinute}::int - (taken - ${size}::int))) as granted,
        greatest(1, extract(epoch from minute + interval '1 minute' - clock_timestamp()) * 1000)::float8 as left
      from taken`
    const granted = row?.granted ?? 0
    if (blocks.size > rememberedCallers) forgetThePast()
    blocks.set(caller, { granted, left: granted, endsAt: now() + (row?.left ?? 0) })
  }

  function forgetThePast(): void {
    for (const [caller, { endsAt }] of blocks) if (endsAt <= now()) blocks.delete(caller)
  }

  return {
    async take(caller) {
      for (;;) {
        const block = blocks.get(caller)
        if (block && now() < block.endsAt) {
          if (block.granted === 0) {
            return { granted: false, retryAfterSeconds: Math.ceil((block.endsAt - now()) / 1_000) }
          }
          if (block.left > 0) {
            block.left -= 1
            return { granted: true }
          }
        }
        // Concurrent requests share one statement.
        const fetched = fetching.get(caller) ?? fetchBlock(caller).finally(() => fetching.delete(caller))
        fetching.set(caller, fetched)
        await fetched
      }
    },
  }
}

/** Deletes the counts of past minutes, which no process uses again. Returns their number. */
export async function pruneCallerRequests(sql: Sql): Promise<number> {
  const { count } = await sql`delete from caller_requests where minute < clock_timestamp() - interval '1 hour'`
  return count
}
