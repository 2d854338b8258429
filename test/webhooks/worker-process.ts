/** A process that delivers webhooks until it is killed: the database's name and the lease are its arguments. */
import { openDatabase } from '../../src/db/database.ts'
import { worker } from './harness.ts'

const [connection = '{}', leaseMs = '1000', attemptMs = '300'] = process.argv.slice(2)
const database = openDatabase(JSON.parse(connection), { connections: 3 })
worker(database, { leaseMs: Number(leaseMs), attemptMs: Number(attemptMs), turnMs: 2_000 })
process.stdout.write('delivering\n')
