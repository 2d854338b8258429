import { everySection } from '../../../src/simulator/options.ts'
import type { Schedule } from './schedule.ts'

/** A schedule without faults that does a little of everything. */
export const calm: Schedule = {
  seed: 1,
  users: 12,
  groups: 3,
  switches: { listCarries: everySection, total: 'absent', maximumPageSize: 5 },
  actions: [
    { do: 'pull' },
    { do: 'finish' },
    { do: 'edit', edit: 'rename', who: 1, what: 1 },
    { do: 'edit', edit: 'move', who: 2, what: 0 },
    { do: 'edit', edit: 'delete', who: 3, what: 0 },
    { do: 'edit', edit: 'addAlias', who: 4, what: 4 },
    { do: 'pull' },
    { do: 'finish' },
    { do: 'edit', edit: 'rename', who: 1, what: 2 },
    { do: 'edit', edit: 'recreate', who: 5, what: 5 },
  ],
}
