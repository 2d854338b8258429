import { ConfigError } from '../config/env.ts'
import { createLogger } from '../logger.ts'
import { everySection } from '../simulator/options.ts'
import { startSimulator } from '../simulator/simulator.ts'

/**
 * Runs the simulator alone until the signal fires. Configured by SIMULATOR_USERS, SIMULATOR_GROUPS,
 * SIMULATOR_REQUESTS_PER_MINUTE (0: no limit) and SIMULATOR_PORT. Throws a ConfigError.
 */
export async function runSimulator(
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<void> {
  const problems: string[] = []
  const number = (name: string, byDefault: number, to: number) => {
    const value = environment[name]?.trim() || String(byDefault)
    if (!/^\d{1,7}$/.test(value) || Number(value) > to) {
      problems.push(`${name} is "${value}", but must be an integer between 0 and ${to}.`)
    }
    return Number(value)
  }
  const port = number('SIMULATOR_PORT', 0, 65_535)
  const requestsPerMinute = number('SIMULATOR_REQUESTS_PER_MINUTE', 100, 1_000_000)
  const data = { users: number('SIMULATOR_USERS', 2_500, 1_000_000), groups: number('SIMULATOR_GROUPS', 60, 1_000_000) }
  if (problems.length > 0) throw new ConfigError(problems)
  await using simulator = await startSimulator({
    port,
    control: true,
    organizations: [
      {
        apiKey: 'simulated-key',
        apiSecret: 'simulated-secret',
        domains: ['example.com', 'example.org'],
        limiter: requestsPerMinute === 0 ? 'none' : 'sliding',
        requestsPerMinute: requestsPerMinute || 100,
        data,
        switches: { listCarries: everySection },
      },
    ],
  })
  process.stdout.write(`simulating on ${simulator.url}\n`)
  createLogger('info').info('the API key is "simulated-key", its secret "simulated-secret"')
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
