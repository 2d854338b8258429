/**
 * Everything on one machine without installation: a simulated vendor that edits itself, the embedded Postgres, worker
 * and API.
 */
import { randomBytes } from 'node:crypto'
import { type Config, readConfig } from '../../config/env.ts'
import { createLogger } from '../../logger.ts'
import { editALittle, interfaceEdits } from '../../simulator/data/edits.ts'
import { createRandom } from '../../simulator/data/random.ts'
import { everySection } from '../../simulator/options.ts'
import { type Simulator, startSimulator } from '../../simulator/simulator.ts'
import { type Running, runProcess } from '../serve.ts'
import { buildExplorer } from './build-explorer.ts'
import { type Api, apiOf, demoFolders, demoNetworks } from './demo-arguments.ts'
import { showProgress } from './show-progress.ts'
import { welcome } from './welcome.ts'

const credentials = { apiKey: 'demo-key', apiSecret: 'demo-secret' }
const domains = ['example.com', 'example.org']
const editEveryMs = 4_000

export async function runDemo(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<void> {
  const api = apiOf(args)
  const startedAt = new Date().toISOString()
  const token = environment.ADMIN_TOKEN_FILE
    ? undefined
    : environment.ADMIN_TOKEN || `demo-${randomBytes(12).toString('base64url')}`
  // Before anything is started, so that invalid variables are reported immediately.
  const settings = demoEnvironment(environment, token, api)
  readConfig({ ...settings, ESSENTIALS_BASE_URL: 'http://127.0.0.1' }, 'vendor')
  await using simulator = await startSimulator({
    organizations: [
      {
        ...credentials,
        domains,
        data: { users: 2_500, groups: 60 },
        switches: { listCarries: everySection },
      },
    ],
  })
  const baseUrl = api === 'v1' ? simulator.origin : simulator.url
  const config = readConfig({ ...settings, ESSENTIALS_BASE_URL: baseUrl }, 'vendor')
  const logger = createLogger(config.logLevel, 'demo')
  for (const warning of config.warnings) logger.warn(warning)
  process.stdout.write(
    'essentials-graph demo: a simulated organization of 2,500 users, mirrored into an embedded Postgres.\n',
  )
  // Meanwhile the first pull runs.
  const built = config.explorer === 'off' ? Promise.resolve(undefined) : buildExplorer(signal)
  let stopEdits = () => {}
  await runProcess(config, logger, { api: true, worker: true }, signal, (running) => {
    stopEdits = begin(running, simulator, config, signal, built, { api, startedAt })
  })
  stopEdits()
}

/** The demo pulls often, logs little, and has its own vendor and token. */
function demoEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  token: string | undefined,
  api: Api,
) {
  const rest = Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('ESSENTIALS_')))
  const { apiKey, apiSecret } = credentials
  const [domain] = domains
  return {
    ...rest,
    ...(api === 'v1'
      ? {
          ESSENTIALS_API: api,
          ESSENTIALS_DOMAIN: domain,
          ESSENTIALS_USER: apiKey,
          ESSENTIALS_PASSWORD: apiSecret,
        }
      : { ESSENTIALS_API_KEY: apiKey, ESSENTIALS_API_SECRET: apiSecret }),
    ESSENTIALS_ORGANIZATION: 'Demo Ltd',
    ESSENTIALS_REQUESTS_PER_MINUTE: '100',
    ADMIN_TOKEN: token,
    EXPLORER: environment.EXPLORER || 'public',
    PULL_INTERVAL_SECONDS: environment.PULL_INTERVAL_SECONDS || '15',
    DATA_DIR: environment.DATA_DIR || demoFolders[api],
    METRICS_PORT: environment.METRICS_PORT || '0',
    SHUTDOWN_DRAIN_SECONDS: environment.SHUTDOWN_DRAIN_SECONDS || '0',
    LOG_LEVEL: environment.LOG_LEVEL || 'warn',
    WEBHOOK_ALLOWED_NETWORKS: environment.WEBHOOK_ALLOWED_NETWORKS || demoNetworks,
  }
}

/**
 * Shows the first pull, prints the welcome text, and keeps editing the organization. Returns a function that stops the
 * edits.
 */
function begin(
  { context, server }: Running,
  simulator: Simulator,
  { adminToken = '', pullIntervalSeconds }: Config,
  signal: AbortSignal,
  built: Promise<string | undefined>,
  { api, startedAt }: { readonly api: Api; readonly startedAt: string },
): () => void {
  const random = createRandom('demo edits')
  let timer: NodeJS.Timeout | undefined
  const organization = simulator.organization(credentials.apiKey)
  showProgress(context.database.sql, startedAt, signal)
    .then(async (problem) => {
      const buildProblem = await built
      if (signal.aborted) return
      if (buildProblem) process.stderr.write(buildProblem)
      process.stdout.write(welcome(server?.url ?? '', adminToken, pullIntervalSeconds, new Date(), problem))
      timer = setInterval(() => {
        const edit = editALittle(organization, random, api === 'v1' ? interfaceEdits : undefined)
        process.stdout.write(`  at the vendor: ${edit}\n`)
      }, editEveryMs)
    })
    .catch((error: unknown) => process.stderr.write(`The progress cannot be shown: ${String(error)}\n`))
  return () => clearInterval(timer)
}
