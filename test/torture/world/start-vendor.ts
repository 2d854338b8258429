import { type Simulator, startSimulator } from '../../../src/simulator/simulator.ts'
import type { Schedule } from '../schedule/schedule.ts'
import type { VendorTime } from './vendor-time.ts'

/** Starts an empty vendor with the switches of the schedule. */
export async function startVendor(slug: string, schedule: Schedule, time: VendorTime): Promise<Simulator> {
  return await startSimulator({
    seed: schedule.seed,
    clock: time.look,
    organizations: [
      {
        apiKey: slug,
        apiSecret: 'secret',
        domains: ['example.com', 'example.org', 'bücher.example'],
        limiter: 'none',
        data: { users: 0, groups: 0 },
        switches: schedule.switches,
        interfaceSwitches: schedule.interfaceSwitches,
      },
    ],
  })
}
