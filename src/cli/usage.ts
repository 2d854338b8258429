/** The commands and their help. Imports nothing, so that help needs no part of the program. */

export const commands = {
  serve: 'the API and the worker in one process (the default)',
  api: 'the API only',
  worker: 'the worker only: pulls, point reads and multi-step operations',
  migrate: 'migrates the database to this version and exits',
  token: 'manages API tokens: create, list, rotate, revoke',
  webhook: 'manages webhooks: create, list, test, replay, rotate, enable, delete',
  doctor: 'checks the configuration, the database, Redis, the clocks, and each organization at the vendor',
  status: 'shows how current each organization is, and what waits for a person',
  organizations: 'lists, pauses, resumes and pulls organizations',
  quarantine: 'lists, accepts and discards quarantined pulls',
  queue: 'shows the jobs that wait and run, and the work that is due',
  operations: 'lists the multi-step operations that run',
  audit: 'prints the audit as JSON lines: --since TIME [--until TIME]',
  record: 'records how the vendor answers, without names, addresses and secrets: --api v1',
  simulator: 'a mock Proofpoint Essentials API for local development',
  demo: 'everything on this machine, with the simulator as the vendor; --api v1 for its older API',
} as const
export type Command = keyof typeof commands

const usage = `Usage: node src/main.ts [COMMAND]

${Object.entries(commands)
  .map(([name, what]) => `  ${name.padEnd(13)} ${what}`)
  .join('\n')}

COMMAND --help describes one command, and --version prints the version.
Configured by environment variables: see docs/operations.md.
`

const json = '--json prints one JSON object on stdout, and nothing else; run it with `npm run --silent`.'

export const tokenUsage = `Usage:
  npm run token -- create --name NAME --scope SCOPE [--scope SCOPE …] [--organization SLUG …] [--expires 90d]
  npm run token -- list [--json]
  npm run token -- rotate NAME [--overlap 24h] [--expires 90d]
  npm run token -- revoke NAME

  SCOPE is read (the graph, refreshUser, startPull), write (the other mutations, operations), admin (resolveQuarantine,
  declareUserGone, webhooks, SCIM's activity and guard; with the API v1, accounts that administer something) or scim (SCIM).
  Without --organization, the token is valid for every organization.
  --expires is a number of minutes, hours or days (30m, 12h, 90d), or never. Defaults to 90d.
  rotate creates a second secret for the name. The old one expires after the overlap. Defaults to 24h; 0 ends it immediately.
  ${json}
`

export const auditUsage = `Usage:
  npm run --silent audit -- --since TIME [--until TIME]

  Prints the audit rows from --since up to, but not including, --until as JSON lines, oldest first. --until defaults to now.
  TIME is ISO 8601 (2026-06-01, 2026-06-01T08:00:00Z, 2026-06-01T10:00:00+02:00; UTC if it has no offset)
  or relative to now, in minutes, hours or days: -30m, -12h, -7d.
`

export const webhookUsage = `Usage:
  npm run webhook -- create --url URL --events EVENT,EVENT… [--organization SLUG]
  npm run webhook -- list [--json]
  npm run webhook -- test ID
  npm run webhook -- replay ID --since TIME
  npm run webhook -- rotate ID [--overlap 24h] [--force]
  npm run webhook -- enable ID
  npm run webhook -- delete ID

  EVENT is directory.changed, finding.opened, finding.resolved, mirror.problem, mirror.recovered, pull.quarantined, operation.failed, or all.
  Without --organization, the webhook receives the events of all organizations.
  test sends one message now. replay sends everything since TIME again, with the same ids; a disabled webhook first needs enable.
  TIME is ISO 8601 or relative to now: -30m, -12h, -7d; see \`npm run audit -- --help\`.
  rotate creates a second secret. Messages are signed with both for the overlap. Defaults to 24h; at most 30d.
  Before the overlap of the last rotation has ended, rotate needs --force, which ends it.
  ${json}
`

export const demoUsage = `Usage:
  npm run demo [-- --api v1]

  Runs everything on this machine, with the simulator as the vendor. --api chooses the vendor's API: v2 or v1. Defaults to v2.
`

export const recordUsage = `Usage:
  npm run record -- --api v1 [--organization SLUG] [--folder FOLDER]

  Sends a dozen requests of the API v1 that read and change nothing, with the configured credentials, and writes the
  responses to a new folder. Names, addresses, domains, numbers of accounts and secrets are replaced, equal ones by equal
  ones. Look through the folder before you send it to anybody. Needs no database; if there is one that says that the
  vendor has refused the credentials (401), nothing is sent.
  --organization is needed if several organizations of the API v1 are configured.
`

const doctorUsage = `Usage:
  npm run doctor -- [--json] [--ask-again]

  Checks the configuration, the database, its extensions and migrations, Redis, the clocks, the secrets, the tokens, and
  for each organization the vendor's answer, the allowance and the mirror. Each check is ok, a warning or an error, and
  says what to do. The exit code is 1 if there is an error. Works beside a running server. Starts and changes nothing.

  An organization whose key the vendor has rejected (401) is not asked about again, unless --ask-again is given.
  ${json}
`

const organizationsUsage = `Usage:
  npm run organizations -- list [--all] [--json]
  npm run organizations -- pause SLUG… | --all
  npm run organizations -- resume SLUG… | --all
  npm run organizations -- pull SLUG… | --all

  A paused organization is not pulled until it is resumed, also after a restart. Writes and operations continue.
  pull starts a pull now, or joins the running one. list --all includes organizations that are no longer configured.
  ${json}
`

const quarantineUsage = `Usage:
  npm run quarantine -- list [--json]
  npm run quarantine -- accept PULL
  npm run quarantine -- discard PULL

  PULL is the number that list shows. accept lets the pull read each missing user and delete those that are gone.
  discard deletes nothing, and the next pull counts from scratch.
  ${json}
`

const queueUsage = `Usage:
  npm run queue -- [--json]

  Shows the jobs of the queue, in Postgres or in the Redis of REDIS_URL, and the work that is due.
  ${json}
`

const operationsUsage = `Usage:
  npm run operations -- [--all] [--json]

  Lists the operations that have not ended. --all adds the latest 50 that have.
  ${json}
`

const statusUsage = `Usage:
  npm run status -- [--json]

  Shows for each organization the state of the mirror, its users, the next pull, the requests of the last minute, running
  operations and quarantines.
  ${json}
`

const ownUsages: Partial<Record<Command, string>> = {
  token: tokenUsage,
  audit: auditUsage,
  webhook: webhookUsage,
  doctor: doctorUsage,
  organizations: organizationsUsage,
  quarantine: quarantineUsage,
  queue: queueUsage,
  operations: operationsUsage,
  status: statusUsage,
  demo: demoUsage,
  record: recordUsage,
}

/** The commands that accept arguments. */
export const withArguments = Object.keys(ownUsages)

/** The help of the program or of one command. */
export function usageOf(command?: Command): string {
  if (command === undefined) return usage
  const about = `Usage: node src/main.ts ${command}

  ${commands[command]}

Configured by environment variables: see docs/operations.md.
`
  return ownUsages[command] ?? about
}
