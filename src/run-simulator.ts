import { createLogger } from './logger.ts'
import { startSimulator } from './simulator/simulator.ts'
import { everySection } from './simulator/switches.ts'

/**
 * The simulator by itself, until the signal fires. SIMULATOR_USERS, SIMULATOR_GROUPS, SIMULATOR_REQUESTS_PER_MINUTE (0: no limit) and
 * SIMULATOR_PORT shape it.
 */
export async function runSimulator(
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<void> {
  const number = (name: string, byDefault: number) => {
    const value = environment[name]
    if (value === undefined || value === '') return byDefault
    if (/^\d{1,7}$/.test(value)) return Number(value)
    throw new Error(`${name} is "${value}", but must be a whole number`)
  }
  const requestsPerMinute = number('SIMULATOR_REQUESTS_PER_MINUTE', 100)
  await using simulator = await startSimulator({
    port: number('SIMULATOR_PORT', 0),
    control: true,
    organizations: [
      {
        apiKey: 'simulated-key',
        apiSecret: 'simulated-secret',
        domains: ['example.com', 'example.org'],
        limiter: requestsPerMinute === 0 ? 'none' : 'sliding',
        requestsPerMinute: requestsPerMinute || 100,
        data: { users: number('SIMULATOR_USERS', 2_500), groups: number('SIMULATOR_GROUPS', 60) },
        switches: { listCarries: everySection },
      },
    ],
  })
  process.stdout.write(`simulating on ${simulator.url}\n`)
  createLogger('info').info('the API key is "simulated-key", its secret "simulated-secret"')
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
