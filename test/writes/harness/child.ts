/** A separate process that sends one write and is killed during it. Its argument selects the place and the write. */
import { openDatabase } from '../../../src/db/database.ts'
import { openProcess } from './process.ts'

const [argument = ''] = process.argv.slice(2)
const { connection, baseUrl, verb, request } = JSON.parse(argument)
const database = openDatabase(connection)
const { writes, organizationId } = await openProcess(database.sql, baseUrl)
const run = Reflect.get(writes, verb) as (request: object) => Promise<unknown>
const answer = await run({ dryRun: false, ...request, organizationId })
process.stdout.write(JSON.stringify(answer))
process.exit(0)
