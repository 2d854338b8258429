/**
 * SQL text with parameters: a template tag that builds statements, and transactions, over a pool of exclusive
 * connections. Statements nest: a statement in another one's template becomes part of it. A statement is sent when it
 * is first awaited.
 */
import type { ExclusivePool } from './exclusive-pool.ts'
import type { Asker } from './fair-queue.ts'
import type { Row, Rows, SendOptions } from './session.ts'

export type Send = (text: string, parameters: readonly unknown[], options: SendOptions) => Promise<Rows>

/** A parameter value, or a nested statement. The driver rejects `undefined`; use null. */
export type Value = unknown

interface Tag {
  /**
   * Builds a statement. It stays prepared on its connection, so its text must have few variants: pass values as
   * parameters.
   */
  <T extends readonly object[] = Row[]>(template: TemplateStringsArray, ...values: readonly Value[]): Statement<T>
  /** Quotes a name for use inside a statement. */
  (name: string): Statement<never>
}

/** A target for statements: a pool or a transaction. */
export interface Queryable extends Tag {
  /**
   * Builds a statement from text with `$1`, `$2` … for the parameters. Text without parameters may contain several
   * statements.
   */
  unsafe<T extends readonly object[] = Row[]>(
    text: string,
    parameters?: readonly unknown[],
    options?: SendOptions,
  ): Statement<T>
}

/** Access to a pool. Each statement takes its own connection. */
export interface Sql extends Queryable {
  /** Runs `work` in a new transaction: committed when `work` resolves, rolled back when it rejects. */
  begin<T>(work: (tx: Transaction) => Promise<T> | T): Promise<T>
  /**
   * Runs `work` while nothing else runs under the same key in this process; callers take turns. `work` may begin
   * transactions. A waiting caller holds no connection, and the transactions always leave one connection of the pool to
   * others. Rejects with `onLate()` if the turn does not come within `waitMs` milliseconds, and with the signal's
   * reason if it is aborted during the wait.
   */
  takeTurn<T>(
    key: string,
    waitMs: number,
    onLate: () => Error,
    work: (begin: Sql['begin']) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T>
  /** The same pool for another caller, whose statements and turns are queued separately. */
  as(caller: string): Sql
}

/** Parameter type of functions that must run inside the caller's transaction. */
export interface Transaction extends Queryable {
  readonly isTransaction: true
}

/** One statement, sent when first awaited. */
export class Statement<T extends readonly object[]> implements Promise<Rows<T>> {
  readonly [Symbol.toStringTag] = 'Statement'
  readonly parts: readonly string[]
  readonly parameters: readonly unknown[]
  readonly #send: Send
  readonly #options: SendOptions
  #answer: Promise<Rows<T>> | undefined

  constructor(send: Send, parts: readonly string[], parameters: readonly unknown[], options: SendOptions) {
    this.#send = send
    this.#options = options
    this.parts = parts
    this.parameters = parameters
  }

  // biome-ignore lint/suspicious/noThenProperty: Awaiting a statement sends it.
  then<A = Rows<T>, B = never>(
    onFulfilled?: ((rows: Rows<T>) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#sent().then(onFulfilled, onRejected)
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Rows<T> | B> {
    return this.#sent().catch(onRejected)
  }

  finally(onFinally?: (() => void) | null): Promise<Rows<T>> {
    return this.#sent().finally(onFinally)
  }

  #sent(): Promise<Rows<T>> {
    const text = this.parts.reduce((before, part, index) => `${before}$${index}${part}`)
    this.#answer ??= this.#send(text, this.parameters, this.#options) as unknown as Promise<Rows<T>>
    return this.#answer
  }
}

function queryable(send: Send): Queryable {
  const tag = (first: TemplateStringsArray | string, ...values: readonly Value[]) => {
    if (typeof first === 'string') return new Statement<never>(send, [quoted(first)], [], {})
    const parts = [first[0] as string]
    const parameters: unknown[] = []
    const append = (text: string) => parts.push((parts.pop() as string) + text)
    for (const [index, value] of values.entries()) {
      if (value instanceof Statement) {
        if (value.parts.length !== value.parameters.length + 1) {
          throw new TypeError('A statement with numbered parameters cannot be nested; use a template')
        }
        append(value.parts[0] as string)
        parts.push(...value.parts.slice(1))
        parameters.push(...value.parameters)
      } else {
        parts.push('')
        parameters.push(value)
      }
      append(first[index + 1] as string)
    }
    return new Statement(send, parts, parameters, { prepare: true })
  }
  const unsafe = (text: string, parameters: readonly unknown[] = [], options: SendOptions = {}) =>
    new Statement(send, [text], parameters, options)
  return Object.assign(tag as unknown as Tag, { unsafe: unsafe as Queryable['unsafe'] })
}

function quoted(name: string): string {
  return name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.')
}

/** Statements that run in one transaction. */
export function sqlOfTransaction(send: Send): Transaction {
  return Object.assign(queryable(send), { isTransaction: true as const })
}

/** Statements and transactions on behalf of one asker. */
export function sqlOfPool(pool: ExclusivePool, asker: Asker): Sql {
  const beginAs = (whose: Asker): Sql['begin'] => {
    return (work) =>
      pool.transaction(whose, async (lease) => await work(sqlOfTransaction((...of) => lease.send(...of))))
  }
  return Object.assign(
    queryable((...statement) => pool.run(asker, (lease) => lease.send(...statement))),
    {
      begin: beginAs(asker),
      takeTurn: <T>(
        key: string,
        waitMs: number,
        onLate: () => Error,
        work: (begin: Sql['begin']) => Promise<T>,
        signal?: AbortSignal,
      ) =>
        pool.turns.take(key, signal ? { ...asker, signal } : asker, { waitMs, onLate }, () =>
          // If there is no caller, fairness applies between keys instead.
          work(beginAs({ ...asker, caller: asker.caller || key, isHeavy: true })),
        ),
      as: (caller: string) => sqlOfPool(pool, { ...asker, caller }),
    },
  )
}
