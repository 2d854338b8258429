/**
 * A long run of the comparison with the reference executor:
 *
 *   npm run reference -- [--documents N] [--seed S]
 *
 * It runs the test of this folder with the number and the seed. Without a seed it chooses one and prints it.
 */
import { parseArgs } from 'node:util'
import { startVitest } from 'vitest/node'

const { values } = parseArgs({
  options: {
    documents: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Math.trunc(Date.now() % 2 ** 31)) },
  },
})
process.env.REFERENCE_DOCUMENTS = values.documents
process.env.REFERENCE_SEED = values.seed

const vitest = await startVitest('test', ['test/reference/reference.test.ts'], {
  project: ['slow'],
  watch: false,
  maxWorkers: 1,
})
await vitest.close()
