/** The operations that callers start, and the worker that carries them out. */

import { array } from '../../../src/db/pg-array.ts'
import type { WriteService } from '../../../src/operations/write-service.ts'
import type { WriteRequest } from '../../../src/writes/commands/run-write.ts'
import type { WriteFailure } from '../../../src/writes/failure.ts'
import type { Kill } from '../world/kill-points.ts'
import type { World } from '../world/simulation.ts'
import {
  type OperationChoice,
  type PlannedItem,
  type PlannedOperation,
  planOperation,
  temporaryPassword,
} from './write-plans.ts'

export interface OperationRun {
  readonly id: number
  readonly plan: PlannedOperation
  /** Places in the vendor's log: where the operation began, and where each of its items ended. */
  readonly from: number
  readonly ended: Map<string, number>
}

export interface ItemEnd {
  readonly run: OperationRun
  readonly item: PlannedItem
  readonly state: string
  readonly failure: WriteFailure | null
}

export type OperationAction = OperationChoice & { readonly kill?: Kill | undefined }

/** More rounds than an operation has pauses. */
const mostRounds = 150

export class OperationRuns {
  readonly all: OperationRun[] = []
  readonly #world: World
  readonly #nextSerial: () => number

  constructor(world: World, nextSerial: () => number) {
    this.#world = world
    this.#nextSerial = nextSerial
  }

  async start({ kill, ...choice }: OperationAction): Promise<void> {
    const world = this.#world
    const plan = planOperation(world.vendor, this.#nextSerial(), choice, world.api)
    if (!plan) return
    const process = await world.process()
    const from = world.log.place
    try {
      const answer = await begin(process.writes, plan, world.organizationId)
      if (!('operationId' in answer)) world.count(`operation ${plan.operation} refused`)
    } catch (error) {
      if (process.life.alive) world.fail('an operation failed to start', error)
    }
    // The operation may exist although a kill lost the response.
    const known = this.all.map(({ id }) => id)
    const started = (await this.#open(false)).find((id) => !known.includes(id))
    if (started !== undefined) this.all.push({ id: started, plan, from, ended: new Map() })
    if (!kill) return
    ;(await world.process()).life.arm(kill)
    await this.work()
  }

  /** Does the work that is due. If nothing can be done yet, lets the shortest pause pass. */
  async work(): Promise<void> {
    const world = this.#world
    const ids = await this.#open(true)
    const before = await this.#revisions(ids)
    for (const operationId of ids) await (await world.process()).run({ name: 'operation', operationId })
    await this.#countWaits()
    // A queued item may have to wait for a running one, which pauses.
    if ((await this.#revisions(ids)) !== before) return
    const [next] = await world.sql<{ pauseMs: number | null }[]>`
      select (extract(epoch from min(i.held_until) - clock_timestamp()) * 1000)::float8 as "pauseMs"
      from operation_items i join operations o on o.id = i.operation_id
      where o.organization_id = ${world.organizationId} and i.state = 'RUNNING' and i.holder is null`
    if (next?.pauseMs != null) await world.pass(Math.max(1, Math.ceil(next.pauseMs) + 1))
  }

  /** Retries the failed items. */
  async retry(): Promise<void> {
    const process = await this.#world.process()
    for (const { id } of this.all) {
      try {
        await process.writes.retryOperation(id)
      } catch (error) {
        if (process.life.alive) throw error
      }
    }
  }

  /** Works until all operations have ended. Returns descriptions of what prevented that. */
  async finish(): Promise<string[]> {
    for (let rounds = 0; rounds < mostRounds; rounds++) {
      if ((await this.#open(false)).length === 0) return []
      await this.work()
      await this.#world.bury()
    }
    return [`W3: operations ${await this.#open(false)} did not end in ${mostRounds} rounds`]
  }

  /** Records which items have ended by now. */
  async note(): Promise<void> {
    if (this.all.length === 0) return
    for (const { run, item, state } of await this.ends()) {
      const hasEnded = ['SUCCEEDED', 'FAILED', 'SKIPPED'].includes(state)
      if (!hasEnded) run.ended.delete(item.primaryEmail)
      else if (!run.ended.has(item.primaryEmail)) run.ended.set(item.primaryEmail, this.#world.log.place)
    }
  }

  async ends(): Promise<ItemEnd[]> {
    const rows = await this.#world.sql<
      { id: number; primaryEmail: string; state: string; failure: WriteFailure | null }[]
    >`
      select i.operation_id as id, i.primary_email as "primaryEmail", i.state::text, i.failure from operation_items i
      join operations o on o.id = i.operation_id where o.organization_id = ${this.#world.organizationId} order by i.id`
    const runs = new Map(this.all.map((run) => [run.id, run]))
    return rows.flatMap(({ id, primaryEmail, state, failure }) => {
      const run = runs.get(id)
      const item = run?.plan.items.find((one) => one.primaryEmail === primaryEmail)
      return run && item ? [{ run, item, state, failure }] : []
    })
  }

  async #open(canBeTakenUp: boolean): Promise<number[]> {
    const { sql, organizationId } = this.#world
    const rows = await sql<{ id: number }[]>`
      select id from operations o where organization_id = ${organizationId} and finished_at is null and (not ${canBeTakenUp} or exists (
        select from operation_items i where i.operation_id = o.id
          and (i.state = 'QUEUED' or i.state = 'RUNNING' and i.held_until < clock_timestamp()))) order by id`
    return rows.map(({ id }) => id)
  }

  /** Changes with every item of these operations that is taken up. */
  async #revisions(ids: readonly number[]): Promise<number> {
    const [row] = await this.#world.sql<[{ revisions: number }]>`
      select coalesce(sum(revision), 0)::int as revisions from operations where id = any(${array(ids)}::bigint[])`
    return row.revisions
  }

  async #countWaits(): Promise<void> {
    const { sql, organizationId } = this.#world
    const rows = await sql<{ why: string }[]>`
      select s.facts ->> 'why' as why from operation_steps s join operation_items i on i.id = s.item_id and i.state = 'RUNNING'
      join operations o on o.id = i.operation_id where o.organization_id = ${organizationId} and s.step = 'waiting'`
    for (const { why } of rows) this.#world.count(`item waits ${why}`)
  }
}

const modes = { delete: 'DELETE', deactivate: 'DEACTIVATE', functional: 'FUNCTIONAL' } as const

async function begin(writes: WriteService, plan: PlannedOperation, organizationId: number): Promise<object> {
  const request = <Input>(input: Input): WriteRequest<Input> => ({
    organizationId,
    actor: 'torture',
    input,
    dryRun: false,
  })
  switch (plan.operation) {
    case 'onboard':
      return await writes.startOnboarding(request({ users: plan.users }))
    case 'changeEmail':
      return await writes.startEmailChange(
        request({ from: plan.from, to: plan.to, keepOldAddressAsAlias: plan.keeps, temporaryPassword }),
      )
    default:
      return await writes.startDeprovisioning(
        request({ primaryEmails: plan.primaryEmails, mode: modes[plan.operation] }),
      )
  }
}
