/**
 * Values that are known only when a plan runs. A plan is compiled over these, so that it serves all values of one
 * shape; each becomes a parameter of the statement.
 */
import { Param, SQL } from 'drizzle-orm'
import { GraphQLError } from 'graphql'

/** One execution of a plan. */
export interface Run {
  /** The coerced variables, by name. */
  readonly variables: Readonly<Record<string, unknown>>
  /** The slugs of the organizations that are visible to the caller; null: all. */
  readonly organizations: readonly string[] | null
  /** The moment as of which the operation answers; undefined: now. */
  readonly moment: string | undefined
  /** The objects that JavaScript names, of a plan that reads what is selected of them. */
  readonly refs: readonly Ref[]
  /** The number of objects that the caller may still name. */
  readonly lookupsLeft: number
  /** The error for a caller that names more. */
  tooManyLookups(): GraphQLError
  /** Returns a cached answer. */
  recall(key: string): Recalled | undefined
}

/** An object that the caller or JavaScript names. `type` is a type of the schema, `by` the kind of its key. */
export interface Ref {
  readonly type: string
  readonly by: string
  readonly id: number | null
  readonly name: string | null
  readonly scope: string | null
}

/** An answer that was valid when the mirror of an organization was last changed at `learntAt`. */
export interface Recalled {
  readonly organizationId: number
  readonly learntAt: string
  readonly answer: string
}

/** A choice that a compilation made by a value: the plan serves only runs for which the choice is the same. */
export interface Choice {
  holds(run: Run): boolean
}

/** The run for which a plan is compiled, and the choices that this has led to. */
export interface Compiling {
  readonly choices: Choice[]
  /** The values that are derived from arguments: a run evaluates all of them, because each may be invalid. */
  readonly derived: Given<unknown>[]
  /** Undefined once the plan is compiled. */
  run: Run | undefined
}

export class Given<T> {
  readonly #of: (run: Run) => T
  readonly #compiling: Compiling | undefined
  #last: { readonly run: Run; readonly value: T } | undefined

  /** Without `compiling`: a value that is known already and is the same for all runs. */
  constructor(of: (run: Run) => T, compiling?: Compiling) {
    this.#of = of
    this.#compiling = compiling
  }

  get isKnown(): boolean {
    return this.#compiling === undefined
  }

  /** The value of a run. Throws bad input if the caller's value is invalid. */
  of(run: Run): T {
    if (this.#last?.run !== run) this.#last = { run, value: this.#of(run) }
    return this.#last.value
  }

  /** The value of the current run is converted at once, so that invalid input fails at its field. */
  map<U>(convert: (value: T) => U): Given<U> {
    if (!this.#compiling) return known(convert(this.of(noRun)))
    const derived = new Given((run) => convert(this.of(run)), this.#compiling)
    if (this.#compiling.run) derived.of(this.#compiling.run)
    this.#compiling.derived.push(derived)
    return derived
  }

  /**
   * Returns a property of the value on which the plan depends, such as whether a text is long enough for an index. Must
   * have few different results: each gets a plan of its own.
   */
  choose<U extends string | number | boolean>(by: (value: T) => U): U {
    if (this.isKnown) return by(this.of(noRun))
    const { run, choices } = this.#compiling as Compiling
    if (!run) throw new Error('A plan makes its choices while it is compiled')
    const chosen = by(this.of(run))
    choices.push({ holds: (other) => by(this.of(other)) === chosen })
    return chosen
  }

  /** Drizzle embeds the value in its statements as a parameter. */
  getSQL(): SQL {
    return new SQL([new Param(this.isKnown ? this.of(noRun) : this)])
  }

  shouldOmitSQLParens(): boolean {
    return true
  }
}

const noRun: Run = {
  variables: {},
  refs: [],
  organizations: [],
  moment: undefined,
  lookupsLeft: 0,
  tooManyLookups: () => new GraphQLError('Nothing can be looked up'),
  recall: () => undefined,
}

/** A value that is known, or is given when the plan runs. */
export type Value<T> = T | Given<T>

export function known<T>(value: T): Given<T> {
  return new Given(() => value)
}

export function given<T>(value: Value<T>): Given<T> {
  return value instanceof Given ? value : known(value)
}

/**
 * Arguments as a plan sees them. Their structure, enum values and booleans are known, because they are part of the
 * plan's key; texts, numbers and lists of them may be given later.
 */
export type Values<T> = T extends null | undefined | boolean | Given<unknown>
  ? T
  : string extends T
    ? Value<T>
    : number extends T
      ? Value<T>
      : T extends string
        ? T
        : T extends readonly (infer Item)[]
          ? string extends Item
            ? Value<T>
            : Item extends object
              ? readonly Values<Item>[]
              : T
          : T extends object
            ? { readonly [Name in keyof T]: Values<T[Name]> }
            : T
