/** The API harness with a worker that runs operations, without BullMQ and pulls. */
import { setTimeout as sleep } from 'node:timers/promises'
import { operationWork } from '../../../src/operations/operation-work.ts'
import { startSyncWorker } from '../../../src/sync/worker.ts'
import type { WriteDeps } from '../../../src/writes/deps.ts'
import { openSecrets } from '../../../src/writes/secrets.ts'
import { openInProcessQueue } from '../../support/in-process-queue.ts'
import { type ApiHarness, type ApiHarnessOptions, apiHarness, type Json } from '../../writes/harness/api-harness.ts'
import { openProcess, sleepingClock } from '../../writes/harness/process.ts'

export interface WorkerHarness extends ApiHarness {
  /** The resources of the worker. */
  readonly writing: WriteDeps
  /** Starts the worker, unless it was started with the harness; resolves to a function that stops it. */
  startWorker(): Promise<() => Promise<void>>
  /** The result of a mutation that starts an operation. */
  /** A deprovisioning without a mode deletes. */
  start(
    field: 'startOnboarding' | 'startDeprovisioning' | 'startEmailChange',
    input: Json,
    token?: string,
  ): Promise<Json>
  /** Starts an operation, and returns it when it has ended. */
  finish(
    field: 'startOnboarding' | 'startDeprovisioning' | 'startEmailChange',
    input: Json,
    token?: string,
  ): Promise<Json>
  operation(id: unknown): Promise<Json>
  /** Waits until the operation has ended. The pauses of its items pass at once. */
  ended(id: unknown): Promise<Json>
  /** The changes of one kind, oldest first. */
  changes(kind: string): Promise<Json[]>
}

const fields = `id kind state total done failed estimatedFinishAt createdAt finishedAt createdBy
  items(first: 500) { totalCount nodes { primaryEmail state steps journal { name state waitingSince waitingUntil lastSeen } user { primaryEmail deletedAt } failure {
    __typename code message ... on AlreadyExists { bearer: user { primaryEmail } } ... on DomainNotRegistered { domain }
    ... on NotAsWritten { fields } ... on VendorFailure { status outcomeUnknown } } } }`

const inputs = {
  startOnboarding: 'OnboardingInput',
  startDeprovisioning: 'DeprovisioningInput',
  startEmailChange: 'EmailChangeInput',
}

export async function workerHarness(
  options: ApiHarnessOptions & { readonly idle?: boolean } = {},
): Promise<WorkerHarness> {
  await using opening = new AsyncDisposableStack()
  const acme = opening.use(await apiHarness(options))
  const opened = opening.use(await openProcess(acme.database.sql, acme.simulator.url, options))
  const writing = {
    ...opened.sync,
    control: opened.sync.sql,
    secrets: openSecrets(Buffer.alloc(32, 7)),
    clock: options.pauses ?? sleepingClock(acme.pass),
  }
  await acme.database.sql`update organizations set next_pull_at = 'infinity'`

  const startWorker = async () => {
    const worker = await startSyncWorker(opened.sync, openInProcessQueue(opened.logger), {
      operations: operationWork(writing),
      rhythm: { tickMs: 50, healMs: 1_000 },
    })
    let stopped: Promise<void> | undefined
    const stop = () => {
      stopped ??= worker.stop()
      return stopped
    }
    const owner = owned ?? opening
    owner.defer(stop)
    return stop
  }
  let owned: AsyncDisposableStack | undefined
  if (!options.idle) await startWorker()
  await acme.fill()

  const ask = async (query: string, variables: Json, token?: string): Promise<Json> => {
    const { data, errors } = await acme.post({ query, variables }, token)
    if (errors) throw new Error(JSON.stringify(errors))
    return data as Json
  }
  const operation = async (id: unknown) =>
    (await ask(`query ($id: ID!) { operation(id: $id) { ${fields} } }`, { id })).operation as Json
  const ended = async (id: unknown) => {
    for (;;) {
      const now = await operation(id)
      if (now.finishedAt !== null) return now
      if (!(await skipPause(acme))) await sleep(20)
    }
  }
  const start = async (field: keyof typeof inputs, input: Json, token?: string) =>
    (
      await ask(
        `mutation ($input: ${inputs[field]}!) { ${field}(input: $input) { __typename
          ... on StartOperationSuccess { operation { ${fields} } plan { method path body } notes }
          ... on Failure { code message } ... on InvalidInput { issues { path message } }
          ... on AlreadyExists { user { primaryEmail } } } }`,
        { input: field === 'startDeprovisioning' ? { mode: 'DELETE', ...input } : input },
        token,
      )
    )[field] as Json
  owned = opening.move()
  return {
    ...acme,
    writing,
    startWorker,
    start,
    async finish(field, input, token) {
      const started = await start(field, input, token)
      if (started.__typename !== 'StartOperationSuccess') throw new Error(JSON.stringify(started))
      return await ended((started.operation as Json).id)
    },
    operation,
    ended,
    async changes(kind) {
      const query = `{ changes(kinds: [${kind}]) { nodes { origin actor subject { ... on User { primaryEmail } } } } }`
      const { changes } = await ask(query, {})
      return (changes as { nodes: Json[] }).nodes
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** Passes the time until the next item goes on, if one waits. Resolves to whether one did. */
async function skipPause({ database: { sql }, pass }: ApiHarness): Promise<boolean> {
  const [pause] = await sql<{ ms: number | null }[]>`
    select ceil(extract(epoch from min(held_until) - clock_timestamp()) * 1000)::int as ms from operation_items
    where state = 'RUNNING' and holder is null and held_until > clock_timestamp()`
  if (!pause?.ms) return false
  const seconds = pause.ms / 1000
  pass(pause.ms)
  await sql.begin(async (tx) => {
    await tx`lock table recent_writes in share row exclusive mode`
    await tx`update recent_writes set written_at = written_at - ${seconds} * interval '1 second'`
  })
  await sql`
    update operation_items set held_until = held_until - ${seconds} * interval '1 second' where state = 'RUNNING' and holder is null`
  return true
}

/** The items of an operation, by their addresses. */
export function itemsOf(operation: Json): Map<string, Json> {
  const { nodes } = operation.items as { nodes: Json[] }
  return new Map(nodes.map((item) => [String(item.primaryEmail), item]))
}
