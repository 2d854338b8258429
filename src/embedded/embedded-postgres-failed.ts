/**
 * The embedded Postgres could not be prepared, started or reached.
 * Not thrown where another process runs it (EmbeddedPostgresInUse), nor where there are no binaries for this machine
 * (EmbeddedPostgresUnavailable).
 */
export class EmbeddedPostgresFailed extends Error {
  override readonly name = 'EmbeddedPostgresFailed'
  /** Its log, where it got as far as having one. */
  readonly logFile: string | undefined
  /** The last lines that Postgres itself said in this attempt. */
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
        ...(lastLines.length === 0 ? [] : ['It said last:', ...lastLines.map((line) => `  ${line}`)]),
      ].join('\n'),
      { cause: facts.cause },
    )
    this.logFile = facts.logFile
    this.lastLines = lastLines
  }
}
