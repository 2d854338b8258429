/** Builds the requests of each query, checks that all contenders give the same answers, and chooses plan modes. */
import { type Contender, type HttpRequest, send } from '../contenders/contender.ts'
import type { Query } from '../queries/query.ts'
import type { BenchDatabase } from './database.ts'
import type { LoadGenerator } from './load.ts'

/** One query and one contender that answers it. */
export interface Task {
  readonly query: Query
  readonly contender: Contender
  readonly requests: readonly HttpRequest[]
}

/** Answers that are compared for each query. */
const compared = 40
const trial = { connections: 16, times: 3, ms: 500 }

export async function prepare(
  queries: readonly Query[],
  contenders: readonly Contender[],
  database: BenchDatabase,
  load: LoadGenerator,
  signal: AbortSignal,
): Promise<Task[]> {
  const tasks: Task[] = []
  for (const query of queries) {
    signal.throwIfAborted()
    const parameters = await database.parametersOf(query)
    if (parameters.length === 0) throw new Error(`The data has no parameters for the query "${query.name}".`)
    const ofQuery: Task[] = []
    for (const contender of contenders) {
      const requests = await contender.requestsOf(query, parameters)
      if (requests) ofQuery.push({ query, contender, requests })
    }
    await checkEqual(ofQuery)
    for (const rivals of Map.groupBy(ofQuery, ({ contender }) => contender.family).values())
      tasks.push(await fastest(rivals, load, signal))
  }
  return tasks
}

/** Throws if two contenders give different answers to the same request. */
async function checkEqual(tasks: readonly Task[]): Promise<void> {
  const [reference, ...others] = tasks
  for (let i = 0; i < Math.min(compared, reference?.requests.length ?? 0); i += 1) {
    const expected = reference ? await answerOf(reference, i) : ''
    if (!expected.includes('"id":')) throw new Error(`The answer to "${reference?.query.name}" is empty: ${expected}`)
    for (const other of others) {
      const actual = await answerOf(other, i)
      if (actual === expected) continue
      throw new Error(
        `${other.contender.name} answers request ${i} of "${other.query.name}" differently.\n` +
          `${reference?.contender.name}: ${expected}\n${other.contender.name}: ${actual}`,
      )
    }
  }
}

/** The answer's data as text, with sorted names: the order of fields has no meaning, that of lists has. */
async function answerOf({ query, contender, requests }: Task, i: number): Promise<string> {
  const request = requests[i]
  if (!request) throw new Error(`"${query.name}" has no request ${i}.`)
  const response = await send(contender, request)
  return JSON.stringify(contender.dataOf(query, response), (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}

/** The task with the most requests in interleaved trials. */
async function fastest(rivals: readonly Task[], load: LoadGenerator, signal: AbortSignal): Promise<Task> {
  const counts = new Map<Task, number>(rivals.map((task) => [task, 0]))
  for (let i = 0; rivals.length > 1 && i < trial.times; i += 1) {
    for (const task of rivals) {
      signal.throwIfAborted()
      const { latencies, failure } = await load.run({ ...loadOf(task), connections: trial.connections, ms: trial.ms })
      if (failure !== null) throw new Error(`${task.contender.name} failed at "${task.query.name}": ${failure}`)
      // The first trial warms up.
      if (i > 0) counts.set(task, (counts.get(task) ?? 0) + latencies.length)
    }
  }
  const [best] = [...counts].toSorted(([, a], [, b]) => b - a)
  if (!best) throw new Error('There is no contender.')
  return best[0]
}

/** The target and the requests of a task, for the load generator. */
export function loadOf({ contender, requests }: Task) {
  const { path = '/', headers = {} } = requests[0] ?? {}
  return { url: new URL(contender.url).origin, path, headers, bodies: requests.map(({ body }) => body) }
}
