/**
 * Another live process runs the embedded Postgres of this folder.
 * Not thrown for what a killed process left behind: that is cleared away, and the start goes on.
 */
export class EmbeddedPostgresInUse extends Error {
  override readonly name = 'EmbeddedPostgresInUse'
  readonly dataDir: string
  /** Of the process that runs it; undefined for the moment in which that process has not written it down yet. */
  readonly pid: number | undefined

  constructor(dataDir: string, pid: number | undefined) {
    super(
      `The embedded Postgres in ${dataDir} is already run by another process${pid === undefined ? '' : ` (pid ${pid})`}. ` +
        'Stop that one first, or give this one another DATA_DIR, or point both to one database with DATABASE_URL.',
    )
    this.dataDir = dataDir
    this.pid = pid
  }
}
