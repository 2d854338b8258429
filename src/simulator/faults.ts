import { z } from 'zod'
import type { Random } from './random.ts'

const which = {
  method: z.string().optional(),
  /** Tested on path and query as they came: percent-encoded, below the base URL, such as `/users?page=2`. */
  path: z.union([z.instanceof(RegExp), z.string()]).optional(),
  apiKey: z.string().optional(),
  /** How many matching requests pass before the first strike. */
  after: z.int().min(0).optional(),
  /** How often it strikes at most. */
  times: z.int().min(1).optional(),
  /** Of a strike at a matching request; 1 unless told. */
  probability: z.number().min(0).max(1).optional(),
}

/** `acts`: the request is carried out all the same. */
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
  /** Waits for `release()`: before it is acted on (`arrival`), or with the answer made (`answer`). */
  z.strictObject({ ...which, kind: z.literal('hold'), at: z.enum(['arrival', 'answer']) }),
  /** The connection is cut before the request is acted on. */
  z.strictObject({ ...which, kind: z.literal('cutBefore') }),
  /** The request is carried out, then the connection cut: the answer is lost. */
  z.strictObject({ ...which, kind: z.literal('cutAfter') }),
  /** The request is carried out, and the connection cut in the middle of the answer's body. */
  z.strictObject({ ...which, kind: z.literal('cutMidway') }),
  /** A proxy's page in place of the vendor's answer; the request never got there. 502 unless told. */
  z.strictObject({ ...which, kind: z.literal('html'), status: z.int().min(200).max(599).optional() }),
  /** Carried out; half of the answer's JSON, as if it were all. */
  z.strictObject({ ...which, kind: z.literal('truncatedJson') }),
  /** Carried out; JSON that nobody expects. */
  z.strictObject({ ...which, kind: z.literal('wrongShape'), body: z.unknown().optional() }),
  /** A POST or PUT of a user is taken, and these fields of it are stored instead. */
  z.strictObject({
    ...which,
    kind: z.literal('storesSomethingElse'),
    fields: z.record(z.string(), z.unknown()),
  }),
  /** A write is answered as if it were carried out, and is not. */
  z.strictObject({ ...which, kind: z.literal('doesNothing') }),
  z.strictObject({ ...which, kind: z.literal('latency'), ms: z.number().min(0) }),
])

export type FaultRule = z.infer<typeof faultSchema>

export interface Target {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly apiKey: string
}

/** A rule in force. */
export interface Fault {
  readonly id: number
  readonly rule: FaultRule
  /** How often it struck. */
  readonly fired: number
  /** Resolves once it struck so many times, 1 unless told; a `hold` then holds the request. */
  struck(count?: number): Promise<void>
  /** Lets go what is held, and holds nothing more. */
  release(): void
  remove(): void
}

/** The faults to come. Of the rules that match a request the oldest that strikes decides it, and no other counts. */
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

  /** Throws a ZodError where the rule is none. */
  add(rule: FaultRule): Fault {
    const fault = new ActiveFault(this.#nextId++, faultSchema.parse(rule), () => {
      this.#faults = this.#faults.filter((other) => other !== fault)
    })
    this.#faults.push(fault)
    return fault
  }

  /** Takes away all of them, and lets go what they hold. */
  clear(): void {
    for (const fault of this.#faults) fault.remove()
  }

  /** Drops what is held, unanswered and undone. */
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
    // A global or sticky pattern would remember where it last matched.
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

  /** Whether the request goes on once it is let go. */
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
    return rule.kind !== 'storesSomethingElse' || ((method === 'POST' || method === 'PUT') && /^\/users\b/.test(path))
  }
}

function withoutMemory(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
}
