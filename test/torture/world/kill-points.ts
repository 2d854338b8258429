/**
 * A process that can be killed at any statement: from then on nothing that it does reaches the database, and open
 * transactions roll back.
 */
import { Statement } from '../../../src/db/connection/sql.ts'
import type { Sql } from '../../../src/db/database.ts'

/** The points of a pull at which a kill can be aimed, each marked by a statement. */
const checkpoints = {
  'page asked': /insert into allowance_slots/,
  'page stored': /insert into pull_pages/,
  'page applied': /update pull_pages set body = null/,
  'listing concluded': /set phase = 'DELETIONS'/,
  'candidate chosen': /from pull_candidates c join users/,
  'candidate settled': /update pull_candidates set settled = true, carried/,
  'pull completed': /set state = 'COMPLETE'/,
  anywhere: /./,
} as const

/** The points of writes and operations. */
const writeCheckpoints = {
  'write journaled': /update idempotency_keys set steps/,
  'write recorded': /insert into recent_writes/,
  'write answered': /update idempotency_keys set answer/,
  'item claimed': /update operation_items i set state = 'RUNNING'/,
  'step journaled': /insert into operation_steps/,
  'step done': /update operation_steps set done_at = clock_timestamp/,
  'item paused': /jsonb_build_object\('since'/,
  'item ended': /update operation_items set state = \?, holder = null/,
} as const

export type Checkpoint = keyof typeof checkpoints | keyof typeof writeCheckpoints
export const checkpointNames = Object.keys(checkpoints) as (keyof typeof checkpoints)[]
export const writeCheckpointNames = Object.keys(writeCheckpoints) as (keyof typeof writeCheckpoints)[]
const patterns: Readonly<Record<Checkpoint, RegExp>> = { ...checkpoints, ...writeCheckpoints }

export interface Kill {
  readonly checkpoint: Checkpoint
  /**
   * `before`: the statement does not reach the database. `after`: its transaction commits, but the process gets no
   * result.
   */
  readonly moment: 'before' | 'after'
  /** Which of the matching statements, counted from 1. */
  readonly nth: number
}

class Killed extends Error {
  override readonly name = 'Killed'
}

export class Life {
  /** The kill that ended the process. */
  killedBy: Kill | undefined
  #armed: { kill: Kill; left: number } | undefined
  #doomed: Kill | undefined

  get alive(): boolean {
    return this.killedBy === undefined
  }

  arm(kill: Kill): void {
    this.#armed = { kill, left: kill.nth }
  }

  /** Kills the process immediately, even during a statement. */
  end(kill: Kill): void {
    this.killedBy ??= kill
  }

  /** Called before each statement. Throws if the process is dead by then. */
  pass(statement: string, inTransaction: boolean): void {
    if (this.#doomed && !inTransaction) this.end(this.#doomed)
    if (this.killedBy) throw new Killed('killed')
    if (!this.#armed || !patterns[this.#armed.kill.checkpoint].test(statement)) return
    this.#armed.left -= 1
    if (this.#armed.left > 0) return
    const { kill } = this.#armed
    this.#armed = undefined
    if (kill.moment === 'after') {
      this.#doomed = kill
      return
    }
    this.end(kill)
    throw new Killed('killed')
  }

  committed(): void {
    if (this.#doomed) this.end(this.#doomed)
    if (this.killedBy) throw new Killed('killed')
  }
}

export function killable(sql: Sql, life: Life): Sql {
  return wrap(sql, life, false)
}

/**
 * Counts templates when they are made, including parts of other templates: a kill between two parts counts as a kill
 * before the whole.
 */
function wrap<T extends object>(target: T, life: Life, inTransaction: boolean): T {
  return new Proxy(target, {
    apply(query, _self, args: unknown[]) {
      const killed = isTemplate(args[0]) ? killedBy(life, args[0].raw.join('?'), inTransaction) : undefined
      if (killed) return killed
      return Reflect.apply(query as (...args: unknown[]) => unknown, undefined, args)
    },
    get(of, key) {
      const value: unknown = Reflect.get(of, key)
      if (key === 'begin') return beginner(value as Begin, life)
      if (key === 'takeTurn') return turnTaker(value as TakeTurn, life)
      if (key === 'as') return (caller: string) => wrap((value as Sql['as'])(caller), life, inTransaction)
      if (key !== 'unsafe') return value
      return (statement: string, ...rest: unknown[]) =>
        killedBy(life, statement, inTransaction) ?? (value as (...args: unknown[]) => unknown)(statement, ...rest)
    },
  })
}

/**
 * Returns a statement that rejects if the process is dead by then. An exception would leave the statements unobserved
 * that the same expression has already sent, and their rejection would end the run.
 */
function killedBy(life: Life, statement: string, inTransaction: boolean): Statement<never> | undefined {
  try {
    life.pass(statement, inTransaction)
    return undefined
  } catch (error) {
    return new Statement(() => Promise.reject(error), [''], [], {})
  }
}

type Begin = (work: (tx: object) => unknown) => Promise<unknown>

function beginner(begin: Begin, life: Life): Begin {
  return async (work) => {
    life.pass('begin', false)
    const result = await begin((tx) => work(wrap(tx, life, true)))
    life.committed()
    return result
  }
}

type TakeTurn = (
  key: string,
  waitMs: number,
  onLate: unknown,
  work: (begin: Begin) => unknown,
  signal: unknown,
) => unknown

function turnTaker(takeTurn: TakeTurn, life: Life): TakeTurn {
  return (key, waitMs, onLate, work, signal) =>
    takeTurn(key, waitMs, onLate, (begin) => work(beginner(begin, life)), signal)
}

function isTemplate(value: unknown): value is TemplateStringsArray {
  return Array.isArray(value) && 'raw' in value
}
