// A separate process for the tests. It starts the embedded Postgres on the given folder, reports that on stdout, and
// keeps it running until its stdin ends. With `leave` it has nothing more to do after the report.
import { once } from 'node:events'
import { startEmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts'

const [dataDir, mode] = process.argv.slice(2)
if (dataDir === undefined) throw new Error('give a folder')

process.on('SIGINT', () => process.stdout.write('interrupted\n'))
try {
  const started = await startEmbeddedPostgres({ dataDir })
  process.stdout.write(`${JSON.stringify({ connection: started.connection })}\n`)
  if (mode !== 'leave') {
    process.stdin.resume()
    await once(process.stdin, 'end')
    await started.stop()
  }
} catch (error) {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  process.stdout.write(`${JSON.stringify({ error: { name, message } })}\n`)
}
