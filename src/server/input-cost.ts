/** What the arguments of a page add to its price: filters by their predicates, orders by whether an index has them. */
import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
} from 'graphql'
import type { CostArguments, InputCost } from '../graph/cost.ts'

/** To find the rows of the page, and to count all of its rows. */
export interface PagePrice {
  readonly rows: number
  readonly count: number
}

export interface InputPrices {
  of(definitions: readonly GraphQLArgument[], args: CostArguments): PagePrice
}

type Text = InputCost['text']

const nothing: PagePrice = { rows: 0, count: 0 }

/** Each input object is visited once for each argument that it is given to: a variable may stand in many places. */
export function inputPrices(): InputPrices {
  const known = new Map<GraphQLArgument | GraphQLInputField, Map<object, PagePrice>>()

  const priceOf = (definition: GraphQLArgument | GraphQLInputField, value: unknown, text: Text): PagePrice => {
    if (value === undefined || value === null) return nothing
    if (typeof value !== 'object') return priceOfGiven(definition, value, text)
    const prices = known.get(definition) ?? new Map<object, PagePrice>()
    known.set(definition, prices)
    const found = prices.get(value)
    if (found) return found
    const price = priceOfGiven(definition, value, text)
    // Operators on text cost what the field says that they are given to.
    if (!text) prices.set(value, price)
    return price
  }

  const priceOfGiven = (definition: GraphQLArgument | GraphQLInputField, value: unknown, text: Text): PagePrice => {
    const { cost = {} } = definition.extensions as { cost?: InputCost }
    const below = priceBelow(definition.type, value, cost.text)
    if (below === undefined) return nothing
    const compared = cost.compares && text?.[cost.compares]
    const values = (cost.perValue ?? 0) * (Array.isArray(value) ? value.length : 1)
    return sum([cost, compared ?? nothing, below, { rows: values, count: values }])
  }

  /** Undefined for an input that says nothing, such as an empty filter. */
  const priceBelow = (inputType: GraphQLInputType, value: unknown, text: Text): PagePrice | undefined => {
    const type = getNamedType(inputType)
    if (isEnumType(type)) {
      const names = Array.isArray(value) ? value : [value]
      return sum(
        names.map((name) => (type.getValue(String(name))?.extensions as { cost?: InputCost })?.cost ?? nothing),
      )
    }
    if (!isInputObjectType(type)) return nothing
    if (Array.isArray(value)) {
      const items = value.map((item: unknown) => priceOfObject(type.getFields(), item, text))
      return sum(items.map((item) => item ?? nothing))
    }
    return priceOfObject(type.getFields(), value, text)
  }

  const priceOfObject = (
    fields: Readonly<Record<string, GraphQLInputField>>,
    value: unknown,
    text: Text,
  ): PagePrice | undefined => {
    if (typeof value !== 'object' || value === null) return undefined
    const given = Object.entries(value).filter(([, one]) => one !== null && one !== undefined)
    if (given.length === 0) return undefined
    return sum(
      given.map(([name, one]) => {
        const field = Object.hasOwn(fields, name) ? fields[name] : undefined
        return field ? priceOf(field, one, text) : nothing
      }),
    )
  }

  return {
    of: (definitions, args) =>
      sum(definitions.map((definition) => priceOf(definition, args[definition.name], undefined))),
  }
}

function sum(prices: readonly { readonly rows?: number; readonly count?: number }[]): PagePrice {
  return prices.reduce<PagePrice>(
    (total, { rows = 0, count = 0 }) => ({ rows: total.rows + rows, count: total.count + count }),
    nothing,
  )
}
