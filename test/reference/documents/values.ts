/** Random values of the schema's input types, and how a document contains them: as literals or as variables. */
import {
  type GraphQLInputType,
  type GraphQLType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql'
import type { Material } from './material.ts'
import type { Random } from './random.ts'

export interface Variables {
  readonly definitions: string[]
  readonly values: Record<string, unknown>
}

/** Chooses the values of a document's arguments. */
export class ValueMaker {
  readonly #random: Random
  readonly #material: Material
  readonly variables: Variables = { definitions: [], values: {} }

  constructor(random: Random, material: Material) {
    this.#random = random
    this.#material = material
  }

  /** The text of a value at a place of the document. `default`: whether the place has a default. */
  write(value: unknown, type: GraphQLInputType, hasDefault = false): string {
    return this.#random.chance(0.4) ? this.#asVariable(value, type, hasDefault) : this.#asLiteral(value, type)
  }

  /** A variable of the type Boolean!. */
  condition(value: boolean): string {
    return this.#random.chance(0.5) ? String(value) : this.declare('Boolean!', value)
  }

  /** Declares a variable with a value, or without one if it is undefined. */
  declare(type: string, value: unknown, byDefault?: string): string {
    const name = `v${this.variables.definitions.length + 1}`
    this.variables.definitions.push(`$${name}: ${type}${byDefault === undefined ? '' : ` = ${byDefault}`}`)
    if (value !== undefined) this.variables.values[name] = value
    return `$${name}`
  }

  #asVariable(value: unknown, type: GraphQLInputType, hasDefault: boolean): string {
    const random = this.#random
    const nullable = isNonNullType(type) ? type.ofType : type
    const literal = () => plainLiteral(value, type)
    if (value === null) return this.declare(String(type), null)
    if (isNonNullType(type) && hasDefault && random.chance(0.3))
      return this.declare(String(nullable), undefined, literal())
    return random.weighted<() => string>(
      [6, () => this.declare(String(type), this.#coercible(value, type))],
      [2, () => this.declare(`${nullable}!`, this.#coercible(value, type))],
      [2, () => this.declare(String(type), undefined, literal())],
      [1, () => this.declare(String(nullable), value, isNonNullType(type) ? literal() : 'null')],
    )()
  }

  /** A value that coercion turns into the given one: a single item for a list of one, a number for an ID. */
  #coercible(value: unknown, type: GraphQLInputType): unknown {
    const nullable = isNonNullType(type) ? type.ofType : type
    const isSingle = isListType(nullable) && Array.isArray(value) && value.length === 1 && !Array.isArray(value[0])
    return isSingle && this.#random.chance(0.4) ? value[0] : value
  }

  /** Parts of a literal can be variables. */
  #asLiteral(value: unknown, type: GraphQLInputType): string {
    const nullable = isNonNullType(type) ? type.ofType : type
    if (value === null || (!isInputObjectType(nullable) && !isListType(nullable))) return plainLiteral(value, type)
    const write = (inner: unknown, of: GraphQLInputType) =>
      this.#random.chance(0.15) && isNotStructure(inner) ? this.declare(String(of), inner) : this.#asLiteral(inner, of)
    if (isListType(nullable)) {
      return Array.isArray(value)
        ? `[${value.map((one) => write(one, nullable.ofType)).join(', ')}]`
        : write(value, nullable.ofType)
    }
    const fields = nullable.getFields()
    const parts = Object.entries(value as object).map(
      ([name, inner]) => `${name}: ${write(inner, fieldType(fields, name))}`,
    )
    return `{ ${parts.join(', ')} }`
  }

  /** A random value of an input type at a place, which is named like the field or argument that takes it. */
  valueOf(type: GraphQLInputType, place: string, depth = 0): unknown {
    const random = this.#random
    if (!isNonNullType(type)) return random.chance(0.05) ? null : this.#presentValue(type, place, depth)
    return this.#presentValue(type.ofType, place, depth)
  }

  #presentValue(type: GraphQLInputType, place: string, depth: number): unknown {
    const random = this.#random
    if (isListType(type)) {
      const most = depth > 2 ? 1 : 3
      return Array.from({ length: random.int(place === 'in' ? 0 : random.chance(0.1) ? 0 : 1, most) }, () =>
        this.valueOf(type.ofType, place, depth + 1),
      )
    }
    if (isEnumType(type)) return random.pick(type.getValues()).name
    if (!isInputObjectType(type)) return this.#material.scalar(type.toString(), place, random)
    const fields = Object.values(type.getFields())
    const isNested = (name: string) => name === 'and' || name === 'or' || name === 'not'
    const optional = fields.filter((field) => !isRequiredInputField(field) && (depth < 4 || !isNested(field.name)))
    const nested = optional.filter((field) => isNested(field.name))
    const chosen = new Set([
      ...fields.filter((field) => isRequiredInputField(field)),
      // Unknown values matter below `not`, and in combinations.
      ...(random.chance(0.4) ? random.some(nested, 1, 1) : []),
      ...(random.chance(0.3) ? nested.filter((field) => field.name === 'not') : []),
      ...(place === 'not' && random.chance(0.7) ? random.some(optional.filter(canBeUnknown), 1, 1) : []),
      ...random.some(optional, random.chance(0.03) ? 0 : 1, depth > 0 ? 1 : 2),
    ])
    return Object.fromEntries(
      [...chosen].map((field) => {
        const isText =
          field.name === 'eq' || field.name === 'in' || field.name.endsWith('With') || field.name === 'contains'
        return [field.name, this.valueOf(field.type, isText ? `${place} ${field.name}` : field.name, depth + 1)]
      }),
    )
  }
}

const unknowable = [
  ...['alias', 'role', 'group', 'privileged', 'hasGroups', 'hasAliases', 'empty'],
  ...['firstName', 'lastName', 'type', 'status', 'createdAt'],
]

function canBeUnknown({ name }: { name: string }): boolean {
  return unknowable.includes(name)
}

function isNotStructure(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}

function fieldType(fields: Record<string, { type: GraphQLInputType }>, name: string): GraphQLInputType {
  const field = fields[name]
  if (!field) throw new Error(`There is no input field ${name}`)
  return field.type
}

/** A value in GraphQL. Values of scalars that are objects are written as JSON allows. */
function plainLiteral(value: unknown, type: GraphQLType): string {
  const nullable = isNonNullType(type) ? type.ofType : type
  if (value === null) return 'null'
  if (isListType(nullable) && Array.isArray(value)) {
    return `[${value.map((one) => plainLiteral(one, nullable.ofType as GraphQLType)).join(', ')}]`
  }
  if (isEnumType(nullable)) return String(value)
  if (typeof value !== 'object') return JSON.stringify(value)
  const fields = isInputObjectType(nullable) ? nullable.getFields() : {}
  const parts = Object.entries(value as object).map(([name, inner]) => {
    const field = fields[name]
    return `${name}: ${field ? plainLiteral(inner, field.type) : plainLiteral(inner, nullable as GraphQLType)}`
  })
  return `{ ${parts.join(', ')} }`
}
