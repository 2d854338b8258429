/** The cost that its arguments add to a page: filters by their predicates, orders by whether an index supports them. */
import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
} from 'graphql'
import type { CostArguments, InputCost, PageCost } from '../../graph/core/cost.ts'

/** The cost of finding the rows of the page, and of counting all of its rows. */
export interface PagePrice {
  readonly rows: number
  readonly count: number
}

export interface InputPrices {
  of(definitions: readonly GraphQLArgument[], args: CostArguments): PagePrice
}

type Definition = GraphQLArgument | GraphQLInputField
type Text = InputCost['text']
type Total = { -readonly [Key in keyof PagePrice]: PagePrice[Key] }

/** Visits the value of a variable once for each argument or input field that uses it, however often that one occurs. */
export function inputPrices(variables: Readonly<Record<string, unknown>>): InputPrices {
  const repeated = new Set(Object.values(variables).filter((value) => typeof value === 'object' && value !== null))
  const known = new Map<Definition, Map<unknown, PagePrice>>()

  const addGiven = (total: Total, definition: Definition, value: unknown, text: Text): void => {
    // The cost of text operators depends on the field that contains them, so it is not cached.
    if (text || !repeated.has(value as object)) {
      addPrice(total, definition, value, text)
      return
    }
    const prices = known.get(definition) ?? new Map<unknown, PagePrice>()
    known.set(definition, prices)
    let price = prices.get(value)
    if (!price) {
      const own = { rows: 0, count: 0 }
      addPrice(own, definition, value, text)
      prices.set(value, own)
      price = own
    }
    add(total, price)
  }

  const addPrice = (total: Total, definition: Definition, value: unknown, text: Text): void => {
    const type = getNamedType(definition.type)
    // An empty filter costs nothing.
    if (isInputObjectType(type) && !Array.isArray(value) && isEmpty(value)) return
    const { cost } = definition.extensions as { cost?: InputCost }
    if (cost) {
      add(total, cost)
      if (cost.compares && text) add(total, text[cost.compares])
      const values = (cost.perValue ?? 0) * (Array.isArray(value) ? value.length : 1)
      total.rows += values
      total.count += values
    }
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== value && repeated.has(item)) addGiven(total, definition, item, text)
      else addBelow(total, type, item, cost?.text)
    }
  }

  const addBelow = (total: Total, type: GraphQLNamedInputType, value: unknown, text: Text): void => {
    if (isEnumType(type)) {
      const { cost } = (type.getValue(String(value))?.extensions ?? {}) as { cost?: InputCost }
      if (cost) add(total, cost)
    }
    if (!isInputObjectType(type) || typeof value !== 'object' || value === null) return
    const fields = type.getFields()
    for (const [name, one] of Object.entries(value)) {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined
      if (field && one !== null && one !== undefined) addGiven(total, field, one, text)
    }
  }

  return {
    of(definitions, args) {
      const total = { rows: 0, count: 0 }
      for (const definition of definitions) {
        const value = args[definition.name]
        if (value !== null && value !== undefined) addGiven(total, definition, value, undefined)
      }
      return total
    },
  }
}

function add(total: Total, { rows = 0, count = 0 }: PageCost): void {
  total.rows += rows
  total.count += count
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.values(value).every((one) => one === null || one === undefined)
}
