import { readSimulatorConfig } from '../config/env.ts'
import { createLogger } from '../logger.ts'
import { everySection } from '../simulator/options.ts'
import { startSimulator } from '../simulator/simulator.ts'

/** Runs the simulator alone until the signal fires. Configured by its own variables. Throws a ConfigError. */
export async function runSimulator(
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<void> {
  const values = readSimulatorConfig(environment)
  const logger = createLogger('info', 'simulator')
  for (const warning of values.warnings) logger.warn(warning)
  const requestsPerMinute = values.SIMULATOR_REQUESTS_PER_MINUTE
  await using simulator = await startSimulator({
    port: values.SIMULATOR_PORT,
    control: true,
    organizations: [
      {
        apiKey: 'simulated-key',
        apiSecret: 'simulated-secret',
        domains: ['example.com', 'example.org'],
        limiter: requestsPerMinute === 0 ? 'none' : 'sliding',
        requestsPerMinute: requestsPerMinute || 100,
        data: { users: values.SIMULATOR_USERS, groups: values.SIMULATOR_GROUPS },
        switches: { listCarries: everySection },
      },
    ],
  })
  process.stdout.write(`simulating on ${simulator.url}\n`)
  logger.info('the API key is "simulated-key", its secret "simulated-secret"')
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
