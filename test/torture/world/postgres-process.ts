/** A Postgres on TCP that runs as long as this process: `node postgres-process.ts DATA_DIR PORT`. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../../src/db/database.ts'
import { startEmbeddedPostgres } from '../../../src/embedded/embedded-postgres.ts'

const [dataDir = '', port = ''] = process.argv.slice(2)
// The account that Postgres runs as must be able to read this folder.
const folder = await mkdtemp(join(tmpdir(), 'essentials-graph-hba-'))
await chmod(folder, 0o755)
const hba = join(folder, 'pg_hba.conf')
await writeFile(hba, 'local all all peer map=essentials_graph\nhost all all 127.0.0.1/32 trust\n')
const settings = { listen_addresses: '127.0.0.1', port, hba_file: hba }
const postgres = await startEmbeddedPostgres({ dataDir, settings })
await rm(folder, { recursive: true })
const database = openDatabase(postgres.connection, { connections: 1 })
const [row] = await database.sql<{ folder: string }[]>`select current_setting('data_directory') as folder`
await database.close()
process.stdout.write(`${row?.folder}\n`)
// Nothing else keeps this process alive.
const up = setInterval(() => {}, 60_000)
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    clearInterval(up)
    void postgres.stop()
  })
}
