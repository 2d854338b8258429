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
