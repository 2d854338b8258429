/** The stores that the queue of the sync may use in tests: Postgres, and Redis if there is one. */
import { Redis } from 'ioredis'
import type { Database, Sql } from '../../src/db/database.ts'
import type { QueueStore } from '../../src/sync/queue.ts'

export type StoreName = 'postgres' | 'redis'

const redisUrl = process.env.TEST_REDIS_URL

/**
 * For `describe.each`: the stores that the queue may use. Without a Redis the Redis tests are skipped; with CI=true
 * they fail instead.
 */
export const everyStore = [
  { name: 'with the queue in Postgres', store: 'postgres', skipped: false },
  redisUrl || process.env.CI
    ? { name: 'with the queue on Redis', store: 'redis', skipped: false }
    : { name: 'with the queue on Redis (skipped: TEST_REDIS_URL is not set)', store: 'redis', skipped: true },
] as const satisfies { name: string; store: StoreName; skipped: boolean }[]

/** Opens an empty store. `lose` deletes all of its data. */
export async function openStore(
  name: StoreName,
  database: Database,
): Promise<{ store: QueueStore; lose(): Promise<void> }> {
  if (name === 'postgres') {
    return { store: { postgres: database.connection }, lose: () => losePostgres(database.sql) }
  }
  if (!redisUrl) throw new Error('TEST_REDIS_URL is not set: with CI=true there must be a Redis to try the queue on')
  // Test files run concurrently, each in a process with its own number, so each number gets its own Redis database.
  const url = new URL(redisUrl)
  url.pathname = `/${Number(process.env.VITEST_POOL_ID ?? 0) % 16}`
  const lose = async () => {
    const redis = new Redis(url.href)
    await redis.flushdb()
    await redis.quit()
  }
  await lose()
  return { store: { redisUrl: url.href }, lose }
}

/**
 * Deletes all of the queue's rows, but keeps its list of migrations. If workers are active, one side may lose a
 * deadlock, and tries again.
 */
export async function losePostgres(sql: Sql): Promise<void> {
  const tables = await sql<{ name: string }[]>`
    select format('bullmq.%I', tablename) as name from pg_tables where schemaname = 'bullmq' and tablename not like '%migration%'`
  const lose = () => sql.unsafe(`truncate ${tables.map(({ name }) => name).join(', ')} cascade`)
  for (;;) {
    try {
      await lose()
      return
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === deadlockDetected)) throw error
    }
  }
}

const deadlockDetected = '40P01'
