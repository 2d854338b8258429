/** `queue`: the jobs that wait and run, and the work that is due. */
import type { Config } from '../../config/env.ts'
import type { Database } from '../../db/database.ts'
import { readSessions } from '../../db/sessions.ts'
import { readDueWork } from '../../mirror/due-work.ts'
import { inspectQueue, QueueUnreachable } from '../../sync/inspect-queue.ts'
import { minuteOf, noWorker, OperatorError, type Output, parsedFor, table } from './output.ts'

/** A worker takes up a tick within a few seconds. It is scheduled by the clock of a worker's machine. */
const overdueMs = 30_000
const stalled =
  'A worker is connected to the database, but takes up no jobs: read its log, and compare its REDIS_URL with the one here.'

export function queueCommand(
  args: readonly string[],
  now: () => number = Date.now,
): (database: Database, config: Config) => Promise<Output> {
  parsedFor('queue', args, {})
  return async (database, config) => {
    const store = config.redisUrl ? { redisUrl: config.redisUrl } : { postgres: database.connection }
    const {
      queues,
      nextTickAt,
      store: kind,
    } = await inspectQueue(store).catch((error: unknown) => {
      if (!(error instanceof QueueUnreachable)) throw error
      const name = config.redisUrl ? 'The Redis of REDIS_URL' : "The queue's tables in Postgres"
      throw new OperatorError(`${name} cannot be read: ${error.message}. See \`npm run doctor\`.`, { cause: error })
    })
    const { workers } = await readSessions(database.sql)
    const isOverdue = nextTickAt !== null && now() > Date.parse(nextTickAt) + overdueMs
    const { pulls, operations, relations, unsettled, prune, describe } = await readDueWork(database.sql)
    const due = {
      pulls,
      operations,
      relations: relations.length,
      settle: unsettled.length,
      prune: prune.length,
      describe: describe.length,
    }
    const rows = queues.map((one) => [
      one.queue,
      String(one.waiting),
      String(one.active),
      String(one.delayed),
      String(one.failed),
      Object.entries(one.running)
        .map(([name, jobs]) => `${jobs} ${name}`)
        .join(', '),
    ])
    const text = [
      table(['QUEUE', 'WAITING', 'ACTIVE', 'DELAYED', 'FAILED', 'RUNNING JOBS'], rows),
      `\nThe queue is in ${kind === 'redis' ? 'Redis' : 'Postgres'}. Next tick: ${minuteOf(nextTickAt, 'none is scheduled')}${isOverdue ? ', overdue' : ''}\n`,
      ...(workers === 0 ? [`${noWorker}\n`] : isOverdue ? [`${stalled}\n`] : []),
      `Due now: ${pulls ? 'pulls' : 'no pulls'}, ${operations ? 'operations' : 'no operations'}; organizations with reads ${due.relations}, with unsettled writes ${due.settle}, to prune ${due.prune}, to ask about ${due.describe}\n`,
    ].join('')
    return { json: { store: kind, queues, nextTickAt, isOverdue, workers, due }, text }
  }
}
