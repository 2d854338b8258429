/**
 * SQL as text with parameters: a template tag that makes statements, and transactions, over a pool of exclusive connections. Statements nest:
 * one inside another's template becomes a part of it. A statement is sent when it is first awaited.
 */
import type { ExclusivePool } from './exclusive-pool.ts'
import type { Asker } from './fair-queue.ts'
import type { Row, Rows, SendOptions } from './session.ts'

export type Send = (text: string, parameters: readonly unknown[], options: SendOptions) => Promise<Rows>

/** A value, or a part of a statement. `undefined` is refused by the driver: null is what SQL knows. */
export type Value = unknown

interface Tag {
  /** A statement. It is kept prepared on its connection, so its text should not vary without end: values are parameters. */
  <T extends readonly object[] = Row[]>(template: TemplateStringsArray, ...values: readonly Value[]): Statement<T>
  /** A quoted name, to stand inside a statement. */
  (name: string): Statement<never>
}

/** Where statements are sent: a pool, or a transaction. */
export interface Queryable extends Tag {
  /** A statement from text; with `$1`, `$2` … for the parameters. Without parameters it may hold several statements. */
  unsafe<T extends readonly object[] = Row[]>(
    text: string,
    parameters?: readonly unknown[],
    options?: SendOptions,
  ): Statement<T>
}

/** The door to a pool. Each statement takes a connection for itself. */
export interface Sql extends Queryable {
  /** Runs `work` in a transaction of its own: committed when it resolves, rolled back when it rejects. */
  begin<T>(work: (tx: Transaction) => Promise<T> | T): Promise<T>
  /**
   * Runs `work`, which may begin transactions, once nothing else runs under the same key in this process; callers take turns. Who waits holds
   * no connection, and those transactions leave one of the pool's connections to others. Rejects with `onLate()` where the turn does not come
   * in time, and with the signal's reason where that is aborted while it waits.
   */
  takeTurn<T>(
    key: string,
    waitMs: number,
    onLate: () => Error,
    work: (begin: Sql['begin']) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T>
  /** The same pool for another caller: its statements and turns queue apart from those of others. */
  as(caller: string): Sql
}

/** What a function takes that must run inside a transaction of its caller's. */
export interface Transaction extends Queryable {
  readonly isTransaction: true
}

/** One statement, lazily sent. */
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

  // biome-ignore lint/suspicious/noThenProperty: A statement is awaited, and not sent before.
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
          throw new TypeError('A statement with numbered parameters cannot be a part of another: use a template')
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

/** The statements of one transaction. */
export function sqlOfTransaction(send: Send): Transaction {
  return Object.assign(queryable(send), { isTransaction: true as const })
}

/** Statements and transactions of one asker. */
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
          // Without a caller, the work of each key is served evenly.
          work(beginAs({ ...asker, caller: asker.caller || key, isHeavy: true })),
        ),
      as: (caller: string) => sqlOfPool(pool, { ...asker, caller }),
    },
  )
}
