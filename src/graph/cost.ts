/**
 * Prices of an operation's parts, each declared in the `extensions` of the field, argument or enum value that causes the work. The server adds
 * them up before it runs an operation (server/operation-cost.ts).
 *
 * One unit is one object read, or 20 µs of one core of Postgres over an organization of 100,000 users, 2,000 groups, 390,000 memberships and
 * 150,000 aliases: an operation of the greatest cost, 100,000, keeps one core busy for about 2 s.
 */

/** How many items a list holds: what its arguments ask for. Resolvers take their default and their limit from the same object. */
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

/** The arguments as the document and the variables give them, before coercion; an omitted one has its default. */
export type CostArguments = Readonly<Record<string, unknown>>

export type Price = number | ((args: CostArguments) => number)

export interface FieldCost {
  /** For each place in the document: the work that all parents at this place share. */
  readonly base?: Price
  /** For each parent. */
  readonly perNode?: number
  /**
   * Of a list, how many items it holds, a number where nothing limits it; of an object, how many items those of its lists hold that have the
   * size `page`.
   */
  readonly size?: ListSize | LengthOf | number | 'page'
  /** Of a list of size `page`: how many items it holds for each item of the page. Of an object: how often it is there. 1 if omitted. */
  readonly times?: number
  /** Of the field that makes a page: what it costs to find the page's rows, and to count all rows, beside the filter. */
  readonly page?: PageCost
  /** Of a field of a page: which of the page's two prices it causes. Rows are found once, whichever fields show them. */
  readonly reads?: keyof PageCost
}

export interface PageCost {
  readonly rows?: number
  readonly count?: number
}

/** Of an argument, an input field or an enum value: what its being given adds to the page that it is an argument of. */
export interface InputCost extends PageCost {
  /** Of an input field that takes a filter on text: what each comparison by `eq` costs, and each other one. */
  readonly text?: { readonly exact: PageCost; readonly pattern: PageCost }
  /** Of an operator of such a filter: which of the two. */
  readonly compares?: 'exact' | 'pattern'
  /** For each value of a list. */
  readonly perValue?: number
}

/** The extensions that carry a field's price. */
export function costs(cost: FieldCost): { cost: FieldCost } {
  return { cost }
}

/** The extensions that carry the price of an argument, an input field or an enum value. */
export function inputCosts(cost: InputCost): { cost: InputCost } {
  return { cost }
}

/** 25 ms. */
const dearestCount = 1_250

/**
 * The same predicate evaluated row by row, for the rows of a page, and for all rows together, for a count: there Postgres hashes a relationship
 * once and looks each row up.
 */
export function predicate(rows: number): PageCost {
  return { rows, count: Math.min(rows, dearestCount) }
}

/** Of a list that no argument limits and that is short as a rule. */
export const fewItems = 10

/** The size that the arguments ask for, before they are checked: what the resolver is going to refuse counts as the most. */
export function sizeAsked(size: ListSize, args: CostArguments): number {
  const asked = size.arguments.map((name) => args[name]).filter((value) => value != null)
  if (asked.length === 0) return size.default
  return Math.max(...asked.map((value) => (isWithin(size, value) ? value : size.most)))
}

function isWithin({ least, most }: ListSize, value: unknown): value is number {
  return typeof value === 'number' && value >= least && value <= most
}
