/**
 * Query costs. Each part of an operation declares its cost in the `extensions` of the field, argument or enum value
 * that causes the work. The server adds them up before it runs an operation (server/operation-cost.ts).
 *
 * One unit is one object read, or 20 µs of one Postgres core for an organization of 100,000 users, 2,000 groups,
 * 390,000 memberships and 150,000 aliases. An operation of the maximum cost, 100,000, keeps one core busy for about 2
 * s.
 */

/**
 * The size of a list, as its arguments request it. Resolvers take their default and their limits from the same object.
 */
export interface ListSize<Name extends string = string> {
  readonly arguments: readonly [Name, ...Name[]]
  readonly default: number
  readonly least: number
  readonly most: number
}

/** One item for each value of a list argument. */
export interface LengthOf {
  readonly lengthOf: string
  readonly most: number
}

/** The arguments as given by the document and the variables, before coercion. Omitted arguments have their defaults. */
export type CostArguments = Readonly<Record<string, unknown>>

export type Price = number | ((args: CostArguments) => number)

export interface FieldCost {
  /** Per place in the document: the work that all parents at this place share. */
  readonly base?: Price
  /** Per parent. */
  readonly perNode?: number
  /**
   * For a list: the number of its items; a plain number if no argument limits it. For an object: the number of items of
   * its lists of size `page`.
   */
  readonly size?: ListSize | LengthOf | number | 'page'
  /**
   * For a list of size `page`: the number of its items per item of the page. For an object: how often it occurs.
   * Defaults to 1.
   */
  readonly times?: number
  /**
   * For a field that creates a page: the cost of finding the rows of the page, and of counting all rows, without the
   * filter.
   */
  readonly page?: PageCost
  /**
   * For a field of a page: which of the two costs of the page it causes. Rows are found once, even if several fields
   * show them.
   */
  readonly reads?: keyof PageCost
}

export interface PageCost {
  readonly rows?: number
  readonly count?: number
}

/** For an argument, an input field or an enum value: its additional cost for the page that it is an argument of. */
export interface InputCost extends PageCost {
  /**
   * For an input field that takes a string filter: the cost of each comparison by `eq`, and of each other comparison.
   */
  readonly text?: { readonly exact: PageCost; readonly pattern: PageCost }
  /** For an operator of a string filter: which of the two costs applies. */
  readonly compares?: 'exact' | 'pattern'
  /** Per value of a list. */
  readonly perValue?: number
}

/** Returns the extensions that carry the cost of a field. */
export function costs(cost: FieldCost): { cost: FieldCost } {
  return { cost }
}

/** Returns the extensions that carry the cost of an argument, an input field or an enum value. */
export function inputCosts(cost: InputCost): { cost: InputCost } {
  return { cost }
}

/** 25 ms. */
const dearestCount = 1_250

/**
 * The cost of a predicate: evaluated row by row to find the rows of a page, or on all rows together for a count, for
 * which Postgres hashes a relationship once and probes it for each row.
 */
export function predicate(rows: number): PageCost {
  return { rows, count: Math.min(rows, dearestCount) }
}

/** The assumed size of a list that no argument limits and that is usually short. */
export const fewItems = 10

/**
 * Returns the size that the arguments request, before validation. A size that the resolver will reject counts as the
 * maximum.
 */
export function sizeAsked(size: ListSize, args: CostArguments): number {
  const asked = size.arguments.map((name) => args[name]).filter((value) => value != null)
  if (asked.length === 0) return size.default
  return Math.max(...asked.map((value) => (isWithin(size, value) ? value : size.most)))
}

function isWithin({ least, most }: ListSize, value: unknown): value is number {
  return typeof value === 'number' && value >= least && value <= most
}
