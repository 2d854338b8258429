import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import type { Schedule } from './schedule.ts'

/** An empty vendor as the schedule has it. No two edits happen at one moment. */
export async function startVendor(slug: string, schedule: Schedule): Promise<Simulator> {
  let last = 0
  return await startSimulator({
    seed: schedule.seed,
    // No two edits at one moment, so that the vendor's own times tell two lives apart.
    clock: () => {
      last = Math.max(Date.now(), last + 1)
      return last
    },
    organizations: [
      {
        apiKey: slug,
        apiSecret: 'secret',
        domains: ['example.com', 'example.org', 'bücher.example'],
        limiter: 'none',
        data: { users: 0, groups: 0 },
        switches: schedule.switches,
      },
    ],
  })
}
