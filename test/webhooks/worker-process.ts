/** A process that delivers webhooks until it is killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { type DatabaseConnection, openDatabase } from '../../src/db/database.ts'
import { startFlags } from '../support/program.ts'
import { worker } from './harness.ts'

/** Its lease is short, so that a killed process is soon replaced. */
const times = { attemptMs: 300, leaseMs: 700, turnMs: 2_000 }

export function startWorkerProcess(connection: DatabaseConnection): ChildProcess {
  return spawn(process.execPath, [...startFlags, import.meta.filename, JSON.stringify(connection)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

function deliverUntilKilled(connection: string): void {
  worker(openDatabase(JSON.parse(connection) as DatabaseConnection, { connections: 3 }), times)
}

const [program, connection] = process.argv.slice(1)
if (program === import.meta.filename) {
  if (connection === undefined) throw new Error('Expected the connection of the database, as JSON')
  deliverUntilKilled(connection)
}
