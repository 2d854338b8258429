/**
 * Connects connections with Pothos' Drizzle plugin, which plans one statement for a whole selection. The plugin plans
 * by names that are known only at run time, so static types end at this file: it casts, and the callers' type arguments
 * restate the types.
 */
import { getSchemaConfig, queryFromInfo } from '@pothos/plugin-drizzle'
import { aliasedTable, and, type Column, getTableName, type SQL, sql } from 'drizzle-orm'
import { type PgTable, QueryBuilder } from 'drizzle-orm/pg-core'
import { GraphQLError, type GraphQLResolveInfo } from 'graphql'
import { builder } from '../builder.ts'
import type { GraphContext } from '../context.ts'
import type { FieldCost } from '../core/cost.ts'
import { type Order, type Page, type PageArgs, type PageWindow, pageOf, pageWindow, sizeNow } from './page.ts'
import { selectedFields } from './selected-fields.ts'

/** The rows of a list, and their order. */
export interface ListQuery<Table> {
  readonly order: Order<Table>
  readonly where?: (table: Table) => SQL | undefined
}

export interface RootList<Table, Row> extends ListQuery<Table> {
  readonly args: PageArgs
  readonly table: Table
  /** The GraphQL type of the rows. */
  readonly typeName: string
  readonly findMany: (query: object) => PromiseLike<Row[]>
  /**
   * Returns the ids of the page's rows, for lists with access paths that are cheaper than a scan in order (access-paths.ts).
   */
  readonly keys?: (window: PageWindow<Table>) => SQL
  /** The number of rows, for lists with a cheaper way to count than `count(*)` with the condition. */
  readonly count?: () => Promise<number>
  /** Called if the page is empty and the count, if any, is zero. */
  readonly ifNothing: () => Promise<void>
}

/** Loads a page of a whole table: one statement for the rows, and a second one for the count if it is selected. */
export async function rootPage<Table extends PgTable & { readonly id: Column }, Row extends object>(
  context: GraphContext,
  info: GraphQLResolveInfo,
  list: RootList<Table, Row>,
): Promise<Page<Row, Row>> {
  const window = pageWindow(list.args, list.order)
  const names = selectedFields(info)
  const { keys } = list
  const where = keys
    ? (table: Table) => sql`${table.id} = any(${keys(window)})`
    : (table: Table) => and(list.where?.(table), window.where(table))
  const query = () => plannedQuery(context, info, list.typeName, nodePaths, selectionOf(window, where))
  const [rows, count] = await Promise.all([
    needsRows(names) ? list.findMany(query()) : [],
    names.has('totalCount')
      ? (list.count?.() ?? context.drizzle.$count(list.table, list.where?.(list.table)))
      : undefined,
  ])
  if (rows.length === 0 && !count) await list.ifNothing()
  return pageOf(
    window,
    rows,
    (row) => row,
    () => count,
  )
}

/**
 * Returns the query for `findMany` or `findFirst` with everything selected below the current field, read as `typeName`.
 */
export function plannedQuery(
  context: GraphContext,
  info: GraphQLResolveInfo,
  typeName: string,
  paths: string[][] | undefined,
  selection: object,
): object {
  const place = { config: getSchemaConfig(builder), context, info, typeName, ...(paths && { paths }) }
  return queryFromInfo({ ...place, ...(selection as Record<never, never>) })
}

export interface RelatedList<Table, Args> {
  /** The field, as `Type.field`. */
  readonly coordinate: string
  readonly cost: FieldCost
  /** The relation from the parent's table to the rows. */
  readonly relation: string
  /** The relation from the table of the rows to the node, if the rows are not the nodes. */
  readonly via?: string
  /** The GraphQL type of the nodes. */
  readonly typeName: string
  readonly table: Table
  /** Columns of the rows that their edges show. */
  readonly columns?: Record<string, true>
  /** Returns the condition that a row belongs to the parent, which is given as its table. */
  readonly belongs: (table: Table, parent: { readonly id: SQL }) => SQL
  readonly list: (args: Args) => ListQuery<Table>
  /** Like `keys` of a root list, by the parent's id. */
  readonly keys?: (args: Args, context: GraphContext, parentId: SQL, window: PageWindow<Table>) => SQL
  readonly count?: (args: Args, context: GraphContext, parentId: SQL) => SQL
  /** Additional columns of the parent that the field reads. */
  readonly parentColumns?: Record<string, true>
}

/** The function that the plugin calls for a field, with the plan of the fields below it. */
type Planner = (
  args: PageArgs,
  context: object,
  nested: (selection: object | true, include: object) => object,
  selected: () => ReadonlySet<string>,
) => object | null

/**
 * Returns the remaining options of a field that is a page of the parent's rows, read in the parent's own statement.
 * `Row` and `Node` are the types that the plan fetches.
 */
export function relatedPage<Table extends PgTable, Args extends PageArgs, Row extends object, Node>(
  related: RelatedList<Table, Args>,
) {
  const countKey = `${related.coordinate.split('.')[1]}Count`
  const include = { getType: () => related.typeName, paths: nodePaths.map((path) => path.map((name) => ({ name }))) }
  const planOf = (args: Args, context: object) =>
    once(context, `${related.coordinate}${JSON.stringify(args)}`, () =>
      relatedPlan(related, args, context as GraphContext),
    )

  const planOrNothing = (args: Args, context: object) => {
    try {
      return planOf(args, context)
    } catch (error) {
      if (error instanceof GraphQLError) return undefined
      throw error
    }
  }

  const planner: Planner = (args, context, nested, selected) => {
    const plan = planOrNothing(args as Args, context)
    // The field's resolver reports invalid arguments at the field's path.
    if (!plan) return null
    const names = selected()
    const rows = () =>
      related.via === undefined
        ? nested(plan.selection, include)
        : { ...plan.selection, with: needsNodes(names) ? { [related.via]: nested(true, include) } : {} }
    return {
      columns: related.parentColumns ?? {},
      with: needsRows(names) ? { [related.relation]: rows() } : {},
      extras: names.has('totalCount') ? { [countKey]: plan.count } : {},
    }
  }

  const isLoaded = (parent: Record<string, unknown>, info: GraphQLResolveInfo) => {
    const names = selectedFields(info)
    return (
      (!names.has('totalCount') || parent[countKey] !== undefined) &&
      (!needsRows(names) || parent[related.relation] !== undefined)
    )
  }

  return {
    extensions: { cost: related.cost, pothosDrizzleSelect: planner, pothosDrizzleLoaded: isLoaded },
    resolve: (parent: object, args: Args, context: GraphContext): Page<Row, Node> => {
      const fetched = parent as Record<string, unknown>
      const nodeOf = (row: Row) => (related.via === undefined ? row : Reflect.get(row, related.via)) as Node
      return pageOf(
        planOf(args, context).window,
        (fetched[related.relation] ?? []) as Row[],
        nodeOf,
        () => fetched[countKey] as number | undefined,
      )
    },
  }
}

/**
 * Like `relatedPage`, for a page that is null while the parent's column `knownSince` is null, i.e. while its rows have
 * never been read.
 */
export function relatedPageOnceKnown<Table extends PgTable, Args extends PageArgs, Row extends object, Node>(
  related: RelatedList<Table, Args> & { readonly knownSince: string },
) {
  const { extensions, resolve } = relatedPage<Table, Args, Row, Node>({
    ...related,
    parentColumns: { ...related.parentColumns, [related.knownSince]: true },
  })
  return {
    extensions,
    resolve: (parent: object, args: Args, context: GraphContext): Page<Row, Node> | null =>
      Reflect.get(parent, related.knownSince) === null ? null : resolve(parent, args, context),
  }
}

const nodePaths = [['nodes'], ['edges', 'node']]
const needsNodes = (names: ReadonlySet<string>) => names.has('edges') || names.has('nodes')
const needsRows = (names: ReadonlySet<string>) => needsNodes(names) || names.has('pageInfo')

function relatedPlan<Table extends PgTable & { readonly id?: Column }, Args extends PageArgs>(
  related: RelatedList<Table, Args>,
  args: Args,
  context: GraphContext,
) {
  const { order, where } = related.list(args)
  const window = pageWindow(args, order)
  // Building the condition validates the filter: it must fail here, not in the middle of a statement.
  where?.(related.table)
  const counted = aliasedTable(related.table, 'counted') as Table
  return {
    window,
    selection: selectionOf(
      window,
      (table) =>
        related.keys
          ? sql`${table.id} = any(${related.keys(args, context, parentIdOf(table), window)})`
          : and(where?.(table), window.where(table)),
      related.columns,
    ),
    count: (parent: { readonly id: SQL }) =>
      related.count?.(args, context, sql`${parent.id}`) ??
      countOf(counted, and(related.belongs(counted, parent), where?.(counted))),
  }
}

/** The plugin names the tables of a statement d0, d1, … by depth, and passes a condition only its own table. */
function parentIdOf(table: PgTable): SQL {
  const depth = Number(getTableName(table).slice(1))
  return sql`${sql.identifier(`d${depth - 1}`)}.id`
}

function selectionOf<Table>(
  window: PageWindow<Table>,
  where: (table: Table) => SQL | undefined,
  columns: Record<string, true> = {},
): object {
  return {
    columns: { ...columns, ...window.columns },
    extras: window.extras,
    where: { RAW: where },
    orderBy: window.orderBy,
    limit: sizeNow(window) + 1,
  }
}

function countOf(table: PgTable, where: SQL | undefined): SQL {
  return new QueryBuilder().select({ count: sql`count(*)::int` }).from(table).where(where).getSQL()
}

const made = new WeakMap<object, Map<string, unknown>>()

/**
 * Returns one value per operation and key. Plans compare conditions by identity, so that a field selected in two
 * fragments is read once.
 */
function once<Value>(context: object, key: string, make: () => Value): Value {
  const values = made.get(context) ?? new Map<string, unknown>()
  made.set(context, values)
  if (!values.has(key)) values.set(key, make())
  return values.get(key) as Value
}
