/**
 * An onboarding at 100 requests a minute by the vendor's clock, which runs faster than real time, while the worker is
 * killed repeatedly: the number of requests against the minimum.
 *
 *   npm run bench:onboarding -- [USERS=500] [KILLS=20] [SPEED=60]
 */
import { rm } from 'node:fs/promises'
import { openDatabase } from '../src/db/database.ts'
import { migrateMirror } from '../src/db/migrations/migrate.ts'
import { startEmbeddedPostgres } from '../src/embedded/embedded-postgres.ts'
import { migrateQueue } from '../src/sync/queue-tables.ts'
import { onboardUnderKills, plantedPassword } from '../test/operations/harness/onboarding-under-kills.ts'
import { dataFolder } from '../test/support/postgres.ts'

const [users = 500, kills = 20, speed = 60] = process.argv.slice(2).map(Number)
const say = (line: string) => process.stdout.write(`${line}\n`)

const dataDir = await dataFolder('bench')
const postgres = await startEmbeddedPostgres({ dataDir })
try {
  const database = openDatabase(postgres.connection)
  await migrateMirror(database)
  await migrateQueue(postgres.connection)
  const outcome = await onboardUnderKills(database, { users, kills, speed })
  await database.close()
  const least = 2 * users + outcome.memberships
  say(`${users} users with ${outcome.memberships} memberships, ${kills} kills: ${outcome.state}`)
  say(`requests: ${outcome.requests} for ${least} at least, ratio ${(outcome.requests / least).toFixed(3)}`)
  say(`allowed: ${least} + 5 + ${outcome.answersTaken} for answers that a kill took`)
  say(
    `sent again though its answer was journalled: ${outcome.repeated.length}; refused with 429: ${outcome.refusedForRate}`,
  )
  say(
    `most requests in any minute of the vendor's: ${outcome.peakRequestsInMinute}; minutes: ${outcome.minutes.toFixed(1)}`,
  )
  say(
    `users that are wrong at the vendor or in the mirror: ${outcome.wrong.length} ${outcome.wrong.slice(0, 3).join('; ')}`,
  )
  const planted = Array.from({ length: users }, (_, i) => plantedPassword(i))
  say(
    `passwords in logs: ${planted.filter((one) => outcome.said.includes(one)).length}; sealed and left: ${outcome.passwordsLeft}`,
  )
} finally {
  await postgres.stop()
  await rm(dataDir, { recursive: true, force: true })
}
