/** A vendor, its mirror in a database, and the process between them, driven by a schedule. */
import { randomUUID } from 'node:crypto'
import { Pool } from 'undici'
import type { Sql } from '../../../src/db/database.ts'
import { beginPull } from '../../../src/mirror/pulls/pulls.ts'
import { putOrganizations } from '../../../src/mirror/sync-organizations.ts'
import type { CreationStyle } from '../../../src/simulator/data/creation-styles.ts'
import { createRandom, type Random } from '../../../src/simulator/data/random.ts'
import type { Fault, FaultRule } from '../../../src/simulator/faults.ts'
import type { SimulatedOrganization } from '../../../src/simulator/organization.ts'
import type { Simulator } from '../../../src/simulator/simulator.ts'
import type { Job } from '../../../src/sync/jobs.ts'
import { capabilityNames } from '../../../src/vendor/adapter.ts'
import { interfaceCapabilities, ordinaryInterfaceRoles } from '../../../src/vendor/v1/client.ts'
import type { Coverage } from '../checks/coverage.ts'
import { Truth } from '../checks/truth.ts'
import { doEdit, type Edit, endsAddress, fill, nextCreation } from '../schedule/edits.ts'
import { countOddLists } from '../schedule/odd-lists.ts'
import type { Schedule } from '../schedule/schedule.ts'
import type { Plant } from '../seeded-bugs.ts'
import { Writer } from '../writer/writer.ts'
import type { Api } from './api.ts'
import { startProcess, type TestProcess } from './process.ts'
import { startVendor } from './start-vendor.ts'
import { VendorLog } from './vendor-log.ts'
import { VendorTime } from './vendor-time.ts'

/** A pull that takes more jobs than this hangs. */
const mostJobs = 250

export interface Drift {
  readonly list: string
  readonly page: number
  readonly edits: readonly Edit[]
}

export class World implements AsyncDisposable {
  readonly sql: Sql
  readonly schedule: Schedule
  readonly api: Api
  readonly organizationId: number
  readonly slug: string
  readonly simulator: Simulator
  readonly vendor: SimulatedOrganization
  readonly time: VendorTime
  readonly truth: Truth
  readonly log: VendorLog
  readonly writer: Writer
  /** Jobs that rejected, and other failures of the run. */
  readonly failures: string[] = []
  /** How often each page was requested, and how often the process was killed during each pull. */
  readonly pagesAsked = new Map<string, number>()
  readonly kills = new Map<number, number>()
  /** The spellings of createdAt that the vendor has used so far. */
  readonly styles: Set<CreationStyle>
  /** The addresses of users that were declared gone. */
  readonly declared = new Set<string>()
  drift: Drift[] = []
  readonly #coverage: Coverage
  readonly #plant: Plant | undefined
  readonly #random: Random
  readonly #dispatcher: Pool
  readonly #held = new Set<Fault>()
  readonly #background = new Set<Promise<void>>()
  #process: TestProcess | undefined

  static async open(sql: Sql, schedule: Schedule, coverage: Coverage, plant?: Plant): Promise<World> {
    const slug = `t-${randomUUID()}`
    const time = new VendorTime()
    const simulator = await startVendor(slug, schedule, time)
    const capabilities = capabilityNames(interfaceCapabilities)
    const ofV1 = schedule.api === 'v1' && { capabilities, ordinaryRoles: ordinaryInterfaceRoles }
    const organization = { slug, name: slug, allowanceKey: slug, pullIntervalSeconds: 86_400, ...ofV1 }
    const ids = await putOrganizations(sql, [organization])
    return new World(sql, schedule, coverage, plant, simulator, time, slug, ids.get(slug) as number)
  }

  private constructor(
    sql: Sql,
    schedule: Schedule,
    coverage: Coverage,
    plant: Plant | undefined,
    simulator: Simulator,
    time: VendorTime,
    slug: string,
    organizationId: number,
  ) {
    this.sql = sql
    this.schedule = schedule
    this.api = schedule.api ?? 'v2'
    this.organizationId = organizationId
    this.slug = slug
    this.simulator = simulator
    this.time = time
    this.vendor = simulator.organization(slug)
    fill(this.vendor, schedule.users, schedule.groups)
    this.truth = new Truth(this.vendor, schedule.hasWriter ? time : undefined, this.api)
    this.log = new VendorLog(
      this.vendor.directory,
      schedule.hasWriter ? () => nextCreation(this.vendor) : undefined,
      this.api,
    )
    this.writer = new Writer(this)
    this.styles = new Set([this.vendor.switches.listCreation, this.vendor.switches.readCreation])
    this.#coverage = coverage
    const { addressForm, roleNames, aliasesHold, words } = this.vendor.switches
    for (const position of [addressForm, roleNames, aliasesHold, words]) coverage.add(`switch ${position}`)
    this.#plant = plant
    this.#random = createRandom(`${schedule.seed} world`)
    this.#dispatcher = new Pool(new URL(simulator.url).origin, { connections: 6 })
    this.vendor.betweenPages(({ list, page }) => {
      const due = this.drift.filter((one) => one.list === list && one.page === page)
      this.drift = this.drift.filter((one) => !due.includes(one))
      for (const edit of due.flatMap((one) => one.edits)) {
        this.#coverage.add('edits between two pages')
        this.edit(edit)
      }
    })
  }

  /** Runs one of the waiting jobs, or the tick if none waits. */
  async step(): Promise<void> {
    const process = await this.process()
    if (process.queue.waiting.size === 0) await process.run({ name: 'tick' })
    const jobs = [...process.queue.waiting.values()]
    if (jobs.length > 0 && process.life.alive) await process.run(this.#random.pick(jobs))
  }

  /** Works until no pull runs. Returns false if that takes too long. */
  async finish(): Promise<boolean> {
    for (let jobs = 0; jobs < mostJobs; jobs++) {
      if (!(await this.isPulling())) return true
      await this.step()
      await this.bury()
      // A held request blocks everything that waits for it.
      if (this.#background.size > 0 && jobs % 5 === 4) await this.release()
    }
    return false
  }

  async isPulling(): Promise<boolean> {
    // A pull that was accepted during another one waits for its turn.
    const [row] = await this.sql`
      select from pulls where organization_id = ${this.organizationId} and (state = 'RUNNING' or state = 'QUARANTINED' and accepted)`
    return row !== undefined
  }

  async pullWhole(): Promise<void> {
    await beginPull(this.sql, this.organizationId, 'REQUEST')
    await this.finish()
  }

  edit(edit: Edit): void {
    this.#coverage.add(`edit ${edit.edit}`)
    // While the mirror has no proof of a deletion, a stale list would make it report false times for it.
    if (endsAddress.has(edit.edit)) this.vendor.setSwitches({ staleRows: 0, replacedRows: 0 })
    this.log.atConsole(() => doEdit(this.vendor, this.truth, edit))
  }

  /** Advances the vendor's time, and everything that waits by the database's clock. */
  async pass(milliseconds: number, isSkipped = true): Promise<void> {
    this.time.pass(milliseconds, isSkipped)
    if (!this.schedule.hasWriter) return
    const seconds = milliseconds / 1000
    // Each table is locked whole: row by row, this would deadlock with the writes in flight.
    await this.sql.begin(async (tx) => {
      await tx`lock table recent_writes in share row exclusive mode`
      await tx`update recent_writes set written_at = written_at - ${seconds} * interval '1 second'`
    })
    await this.sql.begin(async (tx) => {
      await tx`lock table unsettled_writes in share row exclusive mode`
      await tx`
        update unsettled_writes set due_at = due_at - ${seconds} * interval '1 second', ends_at = ends_at - ${seconds} * interval '1 second'`
    })
    await this.sql.begin(async (tx) => {
      await tx`lock table operation_items in share row exclusive mode`
      await tx`
        update operation_items set held_until = held_until - ${seconds} * interval '1 second'
        where state = 'RUNNING' and holder is null`
    })
  }

  /** Runs `act`, whose request hangs at the vendor until it is released, before or after it is processed. */
  async hold(rule: Pick<FaultRule, 'method'> & { at: 'arrival' | 'answer' }, act: () => Promise<void>): Promise<void> {
    // The rule holds the request of this act. A second rule would hold the request of another act.
    if (this.#held.size > 0) return
    const fault = this.simulator.faults.add({ ...this.#mayHang(rule), kind: 'hold', times: 1 })
    this.#held.add(fault)
    const acting: Promise<void> = act()
      .catch((error: unknown) => this.fail('what was held failed', error))
      .finally(() => this.#background.delete(acting))
    this.#background.add(acting)
    await Promise.race([fault.struck(), acting])
  }

  /** The client gives the API v1 two minutes for its list, so a list that hangs would stop the schedule. */
  #mayHang<Rule extends Pick<FaultRule, 'method'>>(rule: Rule): Rule & { path?: RegExp } {
    return this.api === 'v1' && rule.method === undefined ? { ...rule, path: /\/users\/./ } : rule
  }

  get isHolding(): boolean {
    return this.#held.size > 0
  }

  /** Releases the held requests. */
  letGo(): void {
    for (const fault of this.#held) {
      this.#coverage.add('fault hold', fault.fired)
      fault.remove()
    }
    this.#held.clear()
  }

  /** Releases the held requests and waits for them. */
  async release(): Promise<void> {
    this.letGo()
    while (this.#background.size > 0) await Promise.all(this.#background)
    this.writer.closeHeld()
  }

  /** Stops the process. No process works until one is needed. */
  async endProcess(): Promise<void> {
    await this.bury()
    await this.#process?.end()
    this.#process = undefined
  }

  async process(): Promise<TestProcess> {
    this.#process ??= await startProcess({
      sql: this.sql,
      organizationId: this.organizationId,
      slug: this.slug,
      api: this.api,
      baseUrl: this.api === 'v1' ? this.simulator.origin : this.simulator.url,
      apiKey: this.slug,
      dispatcher: this.#dispatcher,
      random: this.#random,
      plant: this.#plant,
      clock: {
        now: () => this.time.unskipped,
        sleep: async (milliseconds, signal) => {
          signal?.throwIfAborted()
          // A held request is not processed later than it would be shown.
          this.letGo()
          await this.pass(milliseconds, false)
        },
      },
      onPage: (job) => this.#asked(job),
      onFailure: (job, error) => this.fail(`a job failed: ${JSON.stringify(job)}`, error),
    })
    return this.#process
  }

  count(what: string, times = 1): void {
    this.#coverage.add(what, times)
  }

  fail(what: string, error: unknown): void {
    this.failures.push(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release()
    await this.#process?.end()
    await this.simulator.close()
    await this.#dispatcher.destroy()
  }

  /** Replaces a killed process by a new one. The queue keeps its data unless the store was in the process. */
  async bury(): Promise<void> {
    const dead = this.#process
    if (!dead || dead.life.alive) return
    this.#coverage.add(`kill ${dead.life.killedBy?.checkpoint}`)
    const [pull] = await this.sql<{ id: number }[]>`
      select id from pulls where organization_id = ${this.organizationId} and state = 'RUNNING'`
    if (pull) this.kills.set(pull.id, (this.kills.get(pull.id) ?? 0) + 1)
    const ending = dead.end()
    await this.release()
    await ending
    this.#process = undefined
    await this.writer.endLeases()
    const kept = this.#random.chance(0.5) ? [...dead.queue.running.values(), ...dead.queue.waiting.values()] : []
    const next = await this.process()
    for (const job of kept) await next.queue.push(job)
  }

  #asked(job: Job & { name: 'page' }): void {
    if (job.kind === 'USERS' && job.page === 1) countOddLists(this)
    const key = `${job.pullId} ${job.kind} ${job.page}`
    this.pagesAsked.set(key, (this.pagesAsked.get(key) ?? 0) + 1)
  }

  /** The address of an existing or earlier user. */
  address(who: number): string {
    const addresses = this.vendor.users().map((user) => user.primaryEmail)
    return who % 5 === 0 || addresses.length === 0
      ? `u${who % 60}@example.com`
      : (addresses[who % addresses.length] ?? '')
  }
}
