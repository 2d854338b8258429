import { z } from 'zod'
import type { Random } from './data/random.ts'

const which = {
  method: z.string().optional(),
  /** Matched against path and query as received: percent-encoded, below the base URL, such as `/users?page=2`. */
  path: z.union([z.instanceof(RegExp), z.string()]).optional(),
  apiKey: z.string().optional(),
  /** The number of matching requests that pass before the first strike. */
  after: z.int().min(0).optional(),
  /** The maximum number of strikes. */
  times: z.int().min(1).optional(),
  /** The probability of a strike at a matching request. Defaults to 1. */
  probability: z.number().min(0).max(1).optional(),
}

/** `acts`: the request is carried out nevertheless. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...which,
    kind: z.literal('status'),
    status: z.int().min(200).max(599),
    body: z.enum(['message', 'error', 'errors', 'text', 'html', 'empty']).optional(),
    text: z.string().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    acts: z.boolean().optional(),
  }),
  /** Never answered. */
  z.strictObject({ ...which, kind: z.literal('hang'), acts: z.boolean().optional() }),
  /** Waits for `release()`: before the request is carried out (`arrival`), or when the response is ready (`answer`). */
  z.strictObject({ ...which, kind: z.literal('hold'), at: z.enum(['arrival', 'answer']) }),
  /** The connection is closed before the request is carried out. */
  z.strictObject({ ...which, kind: z.literal('cutBefore') }),
  /** The request is carried out, then the connection is closed: the response is lost. */
  z.strictObject({ ...which, kind: z.literal('cutAfter') }),
  /** The request is carried out, and the connection is closed in the middle of the response body. */
  z.strictObject({ ...which, kind: z.literal('cutMidway') }),
  /** A proxy's page instead of the vendor's response; the request never arrived. The status defaults to 502. */
  z.strictObject({ ...which, kind: z.literal('html'), status: z.int().min(200).max(599).optional() }),
  /** Carried out; the response is half of its JSON, as if it were complete. */
  z.strictObject({ ...which, kind: z.literal('truncatedJson') }),
  /**
   * Carried out; the response is JSON of an unexpected shape. A refusal whose status is that of a success keeps its body,
   * because otherwise nothing would say that the request was not carried out.
   */
  z.strictObject({ ...which, kind: z.literal('wrongShape'), body: z.unknown().optional() }),
  /** A POST or PUT of a user is accepted, and these fields are stored instead of its own. */
  z.strictObject({
    ...which,
    kind: z.literal('storesSomethingElse'),
    fields: z.record(z.string(), z.unknown()),
  }),
  /** A write is answered as if it were carried out, but is not. */
  z.strictObject({ ...which, kind: z.literal('doesNothing') }),
  z.strictObject({ ...which, kind: z.literal('latency'), ms: z.number().min(0) }),
])

export type FaultRule = z.infer<typeof faultSchema>

export interface Target {
  readonly method: string
  /** Includes the query. */
  readonly path: string
  readonly apiKey: string
}

/** An active rule. */
export interface Fault {
  readonly id: number
  readonly rule: FaultRule
  /** The number of strikes. */
  readonly fired: number
  /** Resolves after this number of strikes, by default 1. A `hold` then holds the request. */
  struck(count?: number): Promise<void>
  /** Releases the held requests, and holds no more. */
  release(): void
  remove(): void
}

/** The active faults. If several rules match a request, the oldest one that strikes applies, and no other counts. */
export class Faults {
  #random: Random
  #faults: ActiveFault[] = []
  #nextId = 1

  constructor(random: Random) {
    this.#random = random
  }

  get all(): readonly Fault[] {
    return this.#faults
  }

  /** Throws a ZodError if the rule is invalid. */
  add(rule: FaultRule): Fault {
    const fault = new ActiveFault(this.#nextId++, faultSchema.parse(rule), () => {
      this.#faults = this.#faults.filter((other) => other !== fault)
    })
    this.#faults.push(fault)
    return fault
  }

  /** Removes all rules, and releases the requests that they hold. */
  clear(): void {
    for (const fault of this.#faults) fault.remove()
  }

  /** Drops the held requests without carrying them out or answering them. */
  close(): void {
    for (const fault of this.#faults) fault.end(false)
  }

  strike(target: Target): ActiveFault | undefined {
    return this.#faults.find((fault) => fault.strikes(target, this.#random))
  }
}

export class ActiveFault implements Fault {
  readonly id: number
  readonly rule: FaultRule
  readonly remove: () => void
  fired = 0
  #path: RegExp | undefined
  #passed = 0
  #ended = false
  #held: ((goesOn: boolean) => void)[] = []
  #watchers: { readonly count: number; readonly resolve: () => void }[] = []

  constructor(id: number, rule: FaultRule, remove: () => void) {
    this.id = id
    this.rule = rule
    // A global or sticky pattern would remember the position of its last match.
    this.#path = rule.path === undefined ? undefined : withoutMemory(new RegExp(rule.path))
    this.remove = () => {
      remove()
      this.end(true)
    }
  }

  strikes(target: Target, random: Random): boolean {
    const { times = Number.POSITIVE_INFINITY, probability = 1, after = 0 } = this.rule
    if (this.#ended || this.fired >= times || !this.#matches(target)) return false
    if (this.#passed++ < after) return false
    if (probability < 1 && !random.chance(probability)) return false
    this.fired++
    for (const watcher of this.#watchers) if (watcher.count <= this.fired) watcher.resolve()
    return true
  }

  /** Whether the request continues after its release. */
  wait(): Promise<boolean> {
    if (this.#ended) return Promise.resolve(true)
    return new Promise((resolve) => this.#held.push(resolve))
  }

  struck(count = 1): Promise<void> {
    if (this.fired >= count) return Promise.resolve()
    return new Promise((resolve) => this.#watchers.push({ count, resolve }))
  }

  release(): void {
    this.end(true)
  }

  end(goesOn: boolean): void {
    this.#ended = true
    for (const resolve of this.#held.splice(0)) resolve(goesOn)
  }

  #matches({ method, path, apiKey }: Target): boolean {
    const { rule } = this
    if (rule.method !== undefined && rule.method.toUpperCase() !== method) return false
    if (rule.apiKey !== undefined && rule.apiKey !== apiKey) return false
    if (this.#path && !this.#path.test(path)) return false
    if (rule.kind === 'doesNothing') return method !== 'GET'
    return (
      rule.kind !== 'storesSomethingElse' ||
      ((method === 'POST' || method === 'PUT') && /^(\/orgs\/[^/]+)?\/users\b/.test(path))
    )
  }
}

function withoutMemory(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
}
