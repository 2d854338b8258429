/** A vendor, a mirror of it in a database, and the process between them, as a schedule moves them. */
import { randomUUID } from 'node:crypto'
import { Pool } from 'undici'
import type { Sql } from '../../src/mirror/database.ts'
import { declareGone } from '../../src/mirror/declare-gone.ts'
import { beginPull } from '../../src/mirror/pulls.ts'
import { putOrganizations } from '../../src/mirror/put-organizations.ts'
import { resolveQuarantine } from '../../src/mirror/resolve-quarantine.ts'
import type { CreationStyle } from '../../src/simulator/creation-styles.ts'
import type { Fault } from '../../src/simulator/faults.ts'
import type { SimulatedOrganization } from '../../src/simulator/organization.ts'
import { createRandom, type Random } from '../../src/simulator/random.ts'
import type { Simulator } from '../../src/simulator/simulator.ts'
import type { Job } from '../../src/sync/jobs.ts'
import type { Coverage } from './coverage.ts'
import { doEdit, type Edit, fill } from './edits.ts'
import { faultRule, nameOfFault } from './faults.ts'
import { countOddLists, hasProofOfLastDeletion, spellOtherwise } from './odd-lists.ts'
import type { Plant } from './plants.ts'
import { startProcess, type TestProcess } from './process.ts'
import type { Action, Schedule } from './schedule.ts'
import { startVendor } from './start-vendor.ts'
import { Truth } from './truth.ts'

/** A pull that takes more jobs than this is stuck. */
const mostJobs = 250

export class World implements AsyncDisposable {
  readonly sql: Sql
  readonly schedule: Schedule
  readonly organizationId: number
  readonly slug: string
  readonly simulator: Simulator
  readonly vendor: SimulatedOrganization
  readonly truth: Truth
  /** Jobs that rejected, and what else went wrong on the way. */
  readonly failures: string[] = []
  /** How often each page was asked for, and during which pulls the process was killed how often. */
  readonly pagesAsked = new Map<string, number>()
  readonly kills = new Map<number, number>()
  /** How createdAt was spelled so far. */
  readonly styles: Set<CreationStyle>
  /** The addresses whose user somebody has declared gone. */
  readonly declared = new Set<string>()
  readonly #coverage: Coverage
  readonly #plant: Plant | undefined
  readonly #random: Random
  readonly #dispatcher: Pool
  readonly #held = new Set<Fault>()
  readonly #background = new Set<Promise<void>>()
  #drift: { list: string; page: number; edits: readonly Edit[] }[] = []
  #process: TestProcess | undefined

  static async open(sql: Sql, schedule: Schedule, coverage: Coverage, plant?: Plant): Promise<World> {
    const slug = `t-${randomUUID()}`
    const simulator = await startVendor(slug, schedule)
    const ids = await putOrganizations(sql, [{ slug, name: slug, allowanceKey: slug, pullIntervalSeconds: 86_400 }])
    return new World(sql, schedule, coverage, plant, simulator, slug, ids.get(slug) as number)
  }

  private constructor(
    sql: Sql,
    schedule: Schedule,
    coverage: Coverage,
    plant: Plant | undefined,
    simulator: Simulator,
    slug: string,
    organizationId: number,
  ) {
    this.sql = sql
    this.schedule = schedule
    this.organizationId = organizationId
    this.slug = slug
    this.simulator = simulator
    this.vendor = simulator.organization(slug)
    fill(this.vendor, schedule.users, schedule.groups)
    this.truth = new Truth(this.vendor)
    this.styles = new Set([this.vendor.switches.listCreation, this.vendor.switches.readCreation])
    this.#coverage = coverage
    const { addressForm, roleNames, aliasesHold, words } = this.vendor.switches
    for (const position of [addressForm, roleNames, aliasesHold, words]) coverage.add(`switch ${position}`)
    this.#plant = plant
    this.#random = createRandom(`${schedule.seed} world`)
    this.#dispatcher = new Pool(new URL(simulator.url).origin, { connections: 6 })
    this.vendor.betweenPages(({ list, page }) => {
      const due = this.#drift.filter((one) => one.list === list && one.page === page)
      this.#drift = this.#drift.filter((one) => !due.includes(one))
      for (const edit of due.flatMap((one) => one.edits)) {
        this.#coverage.add('edits between two pages')
        this.#edit(edit)
      }
    })
  }

  async act(action: Action): Promise<void> {
    this.#coverage.add(`action ${action.do}`)
    switch (action.do) {
      case 'edit':
        this.#edit(action)
        break
      case 'drift':
        this.#drift.push(action)
        break
      case 'step':
        await this.step()
        break
      case 'pull':
        await beginPull(this.sql, this.organizationId, 'REQUEST')
        break
      case 'finish':
        await this.finish()
        break
      case 'fault':
        this.simulator.faults.add(faultRule(action.fault, action.at, { times: action.times }))
        break
      case 'kill':
        ;(await this.process()).life.arm(action.kill)
        break
      case 'killedPull':
        this.#edit({ edit: 'delete', who: action.who, what: 0 })
        ;(await this.process()).life.arm(action.kill)
        await this.#pullWhole()
        break
      case 'refresh':
        await (await this.process()).refresh(this.#address(action.who))
        break
      case 'holdRefresh': {
        const process = await this.process()
        await this.#hold(action.at, () => process.refresh(this.#address(action.who)))
        break
      }
      case 'holdStep':
        await this.#hold(action.at, () => this.step())
        break
      case 'release':
        await this.release()
        break
      case 'relations':
        await (await this.process()).run({ name: 'relations', organizationId: this.organizationId })
        break
      case 'resolve':
        await this.resolve(action.accept)
        break
      case 'spelling':
        spellOtherwise(this, action)
        break
      case 'staleList':
        this.#edit({ edit: 'delete', who: action.who, what: 0 })
        await this.#pullWhole()
        if (await hasProofOfLastDeletion(this)) this.vendor.setSwitches({ staleRows: 1 })
        await this.#pullWhole()
        break
      case 'declareGone':
        await this.declareGone()
        break
      case 'loseQueue':
        ;(await this.process()).queue.waiting.clear()
        break
    }
    await this.#bury()
  }

  /** One job: of those that wait any one, and where none waits the tick. */
  async step(): Promise<void> {
    const process = await this.process()
    if (process.queue.waiting.size === 0) await process.run({ name: 'tick' })
    const jobs = [...process.queue.waiting.values()]
    if (jobs.length > 0 && process.life.alive) await process.run(this.#random.pick(jobs))
  }

  /** Works until no pull runs; false where it takes too long. */
  async finish(): Promise<boolean> {
    for (let jobs = 0; jobs < mostJobs; jobs++) {
      if (!(await this.isPulling())) return true
      await this.step()
      await this.#bury()
      // What is held stands in the way of everything that waits for it.
      if (this.#background.size > 0 && jobs % 5 === 4) await this.release()
    }
    return false
  }

  async isPulling(): Promise<boolean> {
    // One that was accepted while another was under way waits for its turn.
    const [row] = await this.sql`
      select from pulls where organization_id = ${this.organizationId} and (state = 'RUNNING' or state = 'QUARANTINED' and accepted)`
    return row !== undefined
  }

  async resolve(accept: boolean): Promise<void> {
    const [pull] = await this.sql<{ id: number }[]>`
      select id from pulls where organization_id = ${this.organizationId} and state = 'QUARANTINED' order by id desc limit 1`
    if (!pull) return
    this.#coverage.add(accept ? 'quarantine accepted' : 'quarantine discarded')
    await resolveQuarantine(this.sql, pull.id, accept)
  }

  /** Ends those whom the latest pulls have put off, and whom the vendor truly has no more. */
  async declareGone(): Promise<void> {
    const users = await this.sql<{ id: number; key: string }[]>`
      select distinct u.id, u.address_key as key from pull_candidates c join users u on u.id = c.user_id
      where u.organization_id = ${this.organizationId} and u.deleted_at is null and c.put_off is not null`
    for (const { id, key } of users) {
      if (this.vendor.directory.find(key)) continue
      const outcome = await declareGone(this.sql, id, 'torture')
      this.#coverage.add(`declared gone: ${outcome}`)
      if (outcome === 'DONE') this.declared.add(key)
    }
  }

  /** Lets go what is held, and waits for it. */
  async release(): Promise<void> {
    for (const fault of this.#held) {
      this.#coverage.add('fault hold', fault.fired)
      fault.remove()
    }
    this.#held.clear()
    while (this.#background.size > 0) await Promise.all(this.#background)
  }

  /** No more faults, no more drift, no kill in wait. */
  async calm(): Promise<void> {
    await this.release()
    for (const fault of this.simulator.faults.all) this.#coverage.add(`fault ${nameOfFault(fault.rule)}`, fault.fired)
    this.simulator.faults.clear()
    // Where rows move between all requests and nobody says how many there are, a list cannot be known to be whole.
    const { pageOrder, total } = this.vendor.switches
    if (pageOrder === 'unstable' && total === 'absent') this.vendor.setSwitches({ pageOrder: 'shuffled' })
    this.#pageAgain()
    this.#drift = []
    this.vendor.setSwitches({ staleRows: 0, caseTwins: 0 })
    await this.#process?.end()
    this.#process = undefined
  }

  async process(): Promise<TestProcess> {
    this.#process ??= await startProcess({
      sql: this.sql,
      organizationId: this.organizationId,
      slug: this.slug,
      baseUrl: this.simulator.url,
      apiKey: this.slug,
      dispatcher: this.#dispatcher,
      random: this.#random,
      plant: this.#plant,
      onPage: (job) => this.#asked(job),
      onFailure: (job, error) => this.failures.push(`a job failed: ${JSON.stringify(job)}: ${stackOf(error)}`),
    })
    return this.#process
  }

  count(what: string, times = 1): void {
    this.#coverage.add(what, times)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release()
    await this.#process?.end()
    await this.simulator.close()
    await this.#dispatcher.destroy()
  }

  async #pullWhole(): Promise<void> {
    await beginPull(this.sql, this.organizationId, 'REQUEST')
    await this.finish()
  }

  #edit(edit: Edit): void {
    this.#coverage.add(`edit ${edit.edit}`)
    // Of a deletion that the mirror has no proof of yet, a stale list would make it say false things of when it happened.
    if (edit.edit === 'delete' || edit.edit === 'recreate') this.vendor.setSwitches({ staleRows: 0 })
    doEdit(this.vendor, this.truth, edit)
  }

  async #hold(at: 'arrival' | 'answer', act: () => Promise<void>): Promise<void> {
    // It waits for the request of this act, so a second one would catch another's.
    if (this.#held.size > 0) return
    const fault = this.simulator.faults.add({ kind: 'hold', at, times: 1 })
    this.#held.add(fault)
    const acting: Promise<void> = act()
      .catch((error: unknown) => void this.failures.push(`what was held failed: ${stackOf(error)}`))
      .finally(() => this.#background.delete(acting))
    this.#background.add(acting)
    await Promise.race([fault.struck(), acting])
  }

  /** A process that was killed is gone, and the next one starts; what the queue's store had is there still, unless the process was it. */
  async #bury(): Promise<void> {
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
    const kept = this.#random.chance(0.5) ? [...dead.queue.running.values(), ...dead.queue.waiting.values()] : []
    const next = await this.process()
    for (const job of kept) await next.queue.push(job)
  }

  /** What hides users, groups or relationships for as long as it lasts. */
  #pageAgain(): void {
    const { total, beyondTheEnd, maximumPageSize, listEntries, pageIgnoredBy, goneAnswer, contentEncoding, redirects } =
      this.vendor.switches
    for (const [what, isSet] of [
      ['page ignored', pageIgnoredBy.length > 0],
      ['last page repeated', beyondTheEnd === 'last'],
      ['unreadable entries', listEntries === 'unreadable'],
      ['objects as entries', listEntries === 'objects'],
      ['odd answers about the gone', goneAnswer !== 404],
      ['encoded bodies', contentEncoding !== 'none'],
      ['redirects', redirects !== 0],
    ] as const) {
      if (isSet) this.#coverage.add(`vendor: ${what}`)
    }
    this.#coverage.add('redirected', this.simulator.requests.filter(({ status }) => status === redirects).length)
    const sizes = [this.vendor.userCount, this.vendor.groups().length]
    const isFull = sizes.some((size) => size > 0 && size % maximumPageSize === 0)
    this.vendor.setSwitches({
      pageIgnoredBy: [],
      ...(total === 'page' && { total: 'right' }),
      ...(listEntries === 'unreadable' && { listEntries: 'strings' }),
      // A full last page that is repeated may not be the last, for all that a client can know.
      ...(isFull && { beyondTheEnd: 'empty' }),
    })
  }

  #asked(job: Job & { name: 'page' }): void {
    if (job.kind === 'USERS' && job.page === 1) countOddLists(this)
    const key = `${job.pullId} ${job.kind} ${job.page}`
    this.pagesAsked.set(key, (this.pagesAsked.get(key) ?? 0) + 1)
  }

  /** Of somebody who is there, or was. */
  #address(who: number): string {
    const addresses = this.vendor.users().map((user) => user.primaryEmail)
    return who % 5 === 0 || addresses.length === 0
      ? `u${who % 60}@example.com`
      : (addresses[who % addresses.length] ?? '')
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
