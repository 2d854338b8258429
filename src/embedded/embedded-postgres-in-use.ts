/**
 * Another live process runs the embedded Postgres of this folder. Not thrown for the remains of a killed process: they
 * are cleaned up, and the start continues.
 */
export class EmbeddedPostgresInUse extends Error {
  override readonly name = 'EmbeddedPostgresInUse'
  readonly dataDir: string
  /** The id of the process that runs it; undefined for the short time until that process has recorded it. */
  readonly pid: number | undefined

  constructor(dataDir: string, pid: number | undefined) {
    super(
      `The embedded Postgres in ${dataDir} is already run by another process${pid === undefined ? '' : ` (pid ${pid})`}. ` +
        'Stop that process first, use another DATA_DIR, or set DATABASE_URL to one database for both.',
    )
    this.dataDir = dataDir
    this.pid = pid
  }
}
