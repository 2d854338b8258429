/** The text of a connection: a page of rows, with their number if it is selected. */
import { and, type SQL, sql } from 'drizzle-orm'
import { type FieldNode, type GraphQLObjectType, getNamedType } from 'graphql'
import type { Aliased, Compiler, Field, Place, Row } from './compiler.ts'
import { ifKnown, listText, orNull } from './json-text.ts'
import type { PageRead } from './read.ts'
import { below, type Fields } from './selection.ts'

export function pageText(compilation: Compiler, spec: PageRead<Row, Row, unknown, unknown>, place: Place): SQL {
  const type = compilation.objectTypeOf(place.field)
  const fields = compilation.fieldsOf(type, below(place.nodes))
  return ifKnown(spec.known?.(place.parent), new PageCompilation(compilation, spec, place).text(type, fields))
}

class PageCompilation {
  readonly #compilation: Compiler
  readonly #spec: PageRead<Row, Row, unknown, unknown>
  readonly #place: Place
  readonly #window: ReturnType<PageRead<Row, Row, unknown, unknown>['window']>
  readonly #rows: Aliased
  readonly #node: Aliased
  /** What is read of each row, and what is made of all rows together. */
  readonly #columns: SQL[] = []
  readonly #aggregates: SQL[] = []

  constructor(compilation: Compiler, spec: PageRead<Row, Row, unknown, unknown>, place: Place) {
    this.#compilation = compilation
    this.#spec = spec
    this.#place = place
    this.#window = spec.window(place.args)
    this.#rows = compilation.alias(spec.table)
    this.#node = spec.via ? compilation.alias(spec.via.table) : this.#rows
  }

  text(type: GraphQLObjectType, fields: Fields): SQL {
    const { args, parent } = this.#place
    const { env } = this.#compilation
    // Even if no row is read, an invalid filter or an unknown organization is an error.
    this.#spec.where?.(this.#rows.row, parent, args, env)
    const shown = this.#spec.shown?.(args, parent, env)
    const names = [...fields.values()].map(([node]) => node?.name.value)
    const lists = names.filter((name) => name === 'nodes' || name === 'edges')
    const isSimple = lists.length <= 1 && !names.includes('pageInfo')
    const own = this.#compilation.objectText(type, fields, (field, nodes) => {
      if (field.name === 'nodes' || field.name === 'edges') {
        const row = field.name === 'nodes' ? this.#nodeText(field, nodes) : this.#edgeText(field, nodes)
        return isSimple ? listText(this.#select(row)) : this.#listOf(row)
      }
      if (field.name === 'pageInfo') return this.#infoText(field, nodes)
      if (field.name === 'totalCount') return this.#countText()
      if (shown === undefined) return this.#compilation.notPlanned()
      return this.#compilation.fieldText(field, nodes, shown)
    })
    return this.#aggregates.length === 0 ? own : sql`(select ${own} from (${this.#aggregated()}) p)`
  }

  #nodeText(field: Field, nodes: readonly FieldNode[]): SQL {
    return this.#compilation.rowText(getNamedType(field.type) as GraphQLObjectType, nodes, this.#node.row)
  }

  #edgeText(field: Field, nodes: readonly FieldNode[]): SQL {
    const type = getNamedType(field.type) as GraphQLObjectType
    return this.#compilation.objectText(type, this.#compilation.fieldsOf(type, below(nodes)), (one, own) => {
      if (one.name === 'node') return this.#nodeText(one, own)
      if (one.name === 'cursor') return this.#cursor
      return this.#compilation.fieldText(one, own, this.#rows.row)
    })
  }

  get #cursor(): SQL {
    return sql`'"' || ${this.#window.cursor(this.#rows.row)} || '"'`
  }

  #countText(): SQL {
    const { args, parent } = this.#place
    const { count, where, table } = this.#spec
    const { env } = this.#compilation
    if (count) return sql`(${count(args, parent, env)})::text`
    const counted = this.#compilation.alias(table)
    return sql`(select count(*) from ${counted.from} where ${where?.(counted.row, parent, args, env) ?? sql`true`})::text`
  }

  /** The rows of the page, in the order in which they are read: backward pages start at their end. */
  #source(extra: 0 | 1): SQL {
    const { args, parent } = this.#place
    const { where, keys } = this.#spec
    const { row, from, name } = this.#rows
    const { env } = this.#compilation
    const found = keys?.(args, parent, env, this.#window)
    const condition = found
      ? sql`${name}.${sql.identifier(found.column)} = any(${found.array})`
      : (and(where?.(row, parent, args, env), this.#window.where(row)) ?? sql`true`)
    const orderBy = this.#window.orderBy(row)
    const query = sql`select ${name}.* from ${from} where ${condition} order by ${sql.join(orderBy, sql`, `)}`
    return this.#window.limited(query, extra, { name, orderBy })
  }

  get #join(): SQL {
    const { via } = this.#spec
    return via ? sql` join ${this.#node.from} on ${via.on(this.#node.row, this.#rows.row)}` : sql``
  }

  /** A query for one text of each row, in the order of the list. */
  #select(text: SQL): SQL {
    const { row, name } = this.#rows
    const forward = sql.join(this.#window.orderBy(row), sql`, `)
    const rows = sql`from (${this.#source(0)}) ${name}${this.#join} order by `
    if (!this.#window.backward) return sql`select ${text} ${rows}${forward}`
    const numbered = sql`select ${text} as text, row_number() over (order by ${forward}) as place from (${this.#source(0)}) ${name}${this.#join}`
    return sql`select text from (${numbered}) backward order by place desc`
  }

  /** Rows are numbered as they are read. One row more than the page tells whether there are more. */
  #aggregated(): SQL {
    const { row, name } = this.#rows
    const orderBy = sql.join(this.#window.orderBy(row), sql`, `)
    const columns = [...this.#columns.map((text, i) => sql`${text} as ${columnName(i)}`), sql`${name}.place`]
    const numbered = sql`select ${name}.*, row_number() over (order by ${orderBy}) as place from (${this.#source(1)}) ${name}`
    const rows = sql`select ${sql.join(columns, sql`, `)} from (${numbered}) ${name}${this.#join}`
    const aggregates = this.#aggregates.map((one, i) => sql`${one} as ${aggregateName(i)}`)
    return sql`select ${sql.join(aggregates, sql`, `)} from (${rows}) q`
  }

  /** Aggregates are in a query of their own: one that refers only to the parent would belong to the parent's query. */
  #aggregate(value: SQL): SQL {
    this.#aggregates.push(value)
    return sql`p.${aggregateName(this.#aggregates.length - 1)}`
  }

  #column(text: SQL): SQL {
    this.#columns.push(text)
    return columnName(this.#columns.length - 1)
  }

  #listOf(text: SQL): SQL {
    const { backward, size } = this.#window
    const order = backward ? sql.raw('place desc') : sql.raw('place')
    const shown = sql`string_agg(${this.#column(text)}, ',' order by ${order}) filter (where place <= ${size}::int)`
    return sql`'[' || ${this.#aggregate(sql`coalesce(${shown}, '')`)} || ']'`
  }

  #infoText(field: Field, nodes: readonly FieldNode[]): SQL {
    const { backward, follows, precedes, size } = this.#window
    const type = getNamedType(field.type) as GraphQLObjectType
    const more = (isBeyond: boolean) => (isBeyond ? this.#aggregate(sql`(count(*) > ${size}::int)::text`) : undefined)
    const cursorAt = (place: SQL) => {
      const cursors = sql`array_agg(${this.#column(this.#cursor)} order by place)`
      return orNull(this.#aggregate(sql`(${cursors})[${place}]`))
    }
    const [near, far] = [sql`nullif(least(1, ${size}::int), 0)`, sql`nullif(least(count(*), ${size}::int), 0)`]
    return this.#compilation.objectText(type, this.#compilation.fieldsOf(type, below(nodes)), ({ name }) => {
      switch (name) {
        case 'hasNextPage':
          return precedes ? 'true' : (more(!backward) ?? 'false')
        case 'hasPreviousPage':
          return follows ? 'true' : (more(backward) ?? 'false')
        case 'startCursor':
          return cursorAt(backward ? far : near)
        case 'endCursor':
          return cursorAt(backward ? near : far)
        default:
          return this.#compilation.notPlanned()
      }
    })
  }
}

const columnName = (index: number) => sql.raw(`c${index + 1}`)
const aggregateName = (index: number) => sql.raw(`a${index + 1}`)
