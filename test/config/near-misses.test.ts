import { expect, test } from 'vitest'
import { ConfigError, readConfig, readSimulatorConfig } from '../../src/config/env.ts'

function warningsOf(names: readonly string[], others: Record<string, string> = {}): readonly string[] {
  const set = Object.fromEntries(names.map((name) => [name, 'hunter2']))
  return readConfig({ ...set, ...others }, 'database').warnings
}

test.each([
  ['ESSENTIALS_API_KYE', 'ESSENTIALS_API_KEY'],
  ['ESSENTIALS_KEY', 'ESSENTIALS_API_KEY'],
  ['ESSENTIALS_RATE_PER_MINUTE', 'ESSENTIALS_REQUESTS_PER_MINUTE'],
  ['ESSENTIALS_ORGANISATIONS_FILE', 'ESSENTIALS_ORGANIZATIONS_FILE'],
  ['DATABASEURL', 'DATABASE_URL'],
  ['DATABASE_URI', 'DATABASE_URL'],
  ['DATABASE_ULR', 'DATABASE_URL'],
  ['database_url', 'DATABASE_URL'],
  ['REDIS_URI', 'REDIS_URL'],
  ['HISTORY_DAY', 'HISTORY_DAYS'],
  ['Pull_Interval_Seconds', 'PULL_INTERVAL_SECONDS'],
  ['TRUST_PROXYS', 'TRUST_PROXY'],
  ['ADMINTOKEN', 'ADMIN_TOKEN'],
  ['SIMULATOR_USER', 'SIMULATOR_USERS'],
  ['port', 'PORT'],
])('misspelt variables: %s is reported with %s as the likely name', (name, likely) => {
  expect(warningsOf([name])).toEqual([`${name} is not known; did you mean ${likely}?`])
})

test('misspelt variables: there is no warning if the likely variable is set too, or if the value is blank', () => {
  expect(
    warningsOf(['ESSENTIALS_API_KYE', 'SECRETKEY'], { ESSENTIALS_API_KEY: 'key', SECRET_KEY: 'A'.repeat(43) }),
  ).toEqual([])
  expect(warningsOf([], { HISTORY_DAY: ' ' })).toEqual([])
})

test('misspelt variables: the errors of the environment carry the warnings', () => {
  const read = () => readConfig({ ESSENTIALS_API_KYE: 'hunter2', ESSENTIALS_API_SECRET: 'hunter2' }, 'vendor')
  expect(read).toThrow(ConfigError)
  expect(read).toThrow(
    expect.objectContaining({
      problems: ['ESSENTIALS_API_SECRET is set, but ESSENTIALS_API_KEY is not.'],
      warnings: ['ESSENTIALS_API_KYE is not known; did you mean ESSENTIALS_API_KEY?'],
    }),
  )
})

test('misspelt variables: the simulator reports them too', () => {
  expect(readSimulatorConfig({ SIMULATOR_GROUP: '5' }).warnings).toEqual([
    'SIMULATOR_GROUP is not known; did you mean SIMULATOR_GROUPS?',
  ])
})

test.each([
  [
    'a shell',
    `HOME PATH PWD OLDPWD SHELL SHLVL USER LOGNAME TERM TERM_PROGRAM COLORTERM LANG LC_ALL LANGUAGE TZ EDITOR VISUAL PAGER
    DISPLAY HOST HOSTNAME HOSTTYPE MAIL TMPDIR TEMP SSH_AUTH_SOCK SSH_CONNECTION SSH_TTY XDG_DATA_DIRS XDG_DATA_HOME
    XDG_RUNTIME_DIR XDG_SESSION_ID LS_COLORS HISTFILE HISTSIZE HTTP_PROXY https_proxy no_proxy _ NODE_ENV NODE_OPTIONS`,
  ],
  [
    'Docker and its neighbors',
    `HOSTNAME container NODE_VERSION YARN_VERSION DOCKER_HOST COMPOSE_PROJECT_NAME POSTGRES_USER POSTGRES_PASSWORD
    POSTGRES_DB POSTGRES_URL PGDATA REDIS_HOST REDIS_USER REDIS_DB REDIS_PASSWORD DATABASE_HOST DATABASE_USER
    DATABASE_NAME DATABASE_PASSWORD TEST_REDIS_URL API_PORT`,
  ],
  [
    'Kubernetes',
    `KUBERNETES_PORT KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT KUBERNETES_SERVICE_PORT_HTTPS
    KUBERNETES_PORT_443_TCP KUBERNETES_PORT_443_TCP_ADDR HOSTNAME POD_NAME POD_IP NODE_NAME REDIS_SERVICE_HOST
    REDIS_SERVICE_PORT REDIS_PORT REDIS_PORT_6379_TCP ESSENTIALS_GRAPH_SERVICE_HOST ESSENTIALS_GRAPH_SERVICE_PORT
    ESSENTIALS_GRAPH_SERVICE_PORT_HTTP ESSENTIALS_GRAPH_PORT ESSENTIALS_GRAPH_PORT_4000_TCP
    ESSENTIALS_GRAPH_PORT_4000_TCP_PROTO`,
  ],
  ['libpq', 'PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE PGSSLMODE PGOPTIONS PGPASSFILE PGAPPNAME PGTZ'],
  [
    'systemd',
    `INVOCATION_ID JOURNAL_STREAM NOTIFY_SOCKET LISTEN_FDS LISTEN_PID WATCHDOG_USEC MAINPID SYSTEMD_EXEC_PID
    STATE_DIRECTORY CACHE_DIRECTORY LOGS_DIRECTORY RUNTIME_DIRECTORY CREDENTIALS_DIRECTORY MEMORY_PRESSURE_WATCH`,
  ],
  [
    'npm',
    `npm_config_cache npm_config_user_agent npm_config_loglevel npm_config_registry npm_config_node_gyp npm_execpath
    npm_lifecycle_event npm_lifecycle_script npm_node_execpath npm_package_name npm_package_version INIT_CWD NODE COLOR`,
  ],
  [
    'GitHub Actions',
    `CI GITHUB_ACTIONS GITHUB_TOKEN GITHUB_SHA GITHUB_REF GITHUB_WORKSPACE GITHUB_ENV GITHUB_PATH GITHUB_RUN_ID
    GITHUB_API_URL GITHUB_SERVER_URL RUNNER_OS RUNNER_TEMP RUNNER_TOOL_CACHE ACTIONS_RUNTIME_TOKEN ACTIONS_CACHE_URL
    ACTIONS_ID_TOKEN_REQUEST_URL DEBIAN_FRONTEND AGENT_TOOLSDIRECTORY`,
  ],
])('misspelt variables: the usual variables of %s are not reported', (_name, names) => {
  expect(warningsOf(names.split(/\s+/))).toEqual([])
})

test('misspelt variables: an unknown variable of the vendor is reported beside those of a service of the same prefix', () => {
  expect(warningsOf(['ESSENTIALS_SERVICE_HOST', 'ESSENTIALS_PORT', 'ESSENTIALS_BASEURL'])).toEqual([
    'ESSENTIALS_BASEURL is not known; did you mean ESSENTIALS_BASE_URL?',
  ])
})
