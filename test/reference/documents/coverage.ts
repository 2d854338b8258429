/** Counts what the documents of a run used, and names what they never used. */
import {
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import type { ReferenceAnswer, Request } from '../executor/execute.ts'
import { schema } from '../executor/schema.ts'

export class Coverage {
  documents = 0
  withoutErrors = 0
  withData = 0
  refused = 0
  atMoments = 0
  withPrefix = 0
  readonly #used = new Map<string, number>()

  readonly onField = (coordinate: string, args: Readonly<Record<string, unknown>>): void => {
    this.#add(coordinate)
    const [type = '', name = ''] = coordinate.split('.')
    const parent = schema.getType(type)
    const field = isObjectType(parent) ? parent.getFields()[name] : undefined
    for (const arg of field?.args ?? []) {
      const value = args[arg.name]
      if (value === undefined) continue
      this.#add(`${coordinate}(${arg.name}:)`)
      this.#addInput(value, arg.type)
    }
  }

  /** How often a field was executed. */
  readonly uses = (coordinate: string): number => this.#used.get(coordinate) ?? 0

  #add(place: string): void {
    this.#used.set(place, (this.#used.get(place) ?? 0) + 1)
  }

  #addInput(value: unknown, type: GraphQLInputType): void {
    if (value == null) return
    const nullable = isNonNullType(type) ? type.ofType : type
    if (isListType(nullable)) {
      for (const one of value as unknown[]) this.#addInput(one, nullable.ofType)
    } else if (isEnumType(nullable)) {
      this.#add(`${nullable}.${value}`)
    } else if (isInputObjectType(nullable)) {
      const fields = nullable.getFields()
      for (const [name, inner] of Object.entries(value)) {
        this.#add(`${nullable}.${name}`)
        const field = fields[name]
        if (field) this.#addInput(inner, field.type)
      }
    }
  }

  answered({ asOf, document, hasPrefix }: Request, answer: ReferenceAnswer): void {
    this.documents += 1
    if (asOf !== undefined || document.includes('@asOf')) this.atMoments += 1
    if (hasPrefix) this.withPrefix += 1
    if (answer.refused !== undefined) {
      this.refused += 1
      return
    }
    if (answer.errors.length === 0) this.withoutErrors += 1
    const values = Object.values((answer.data ?? {}) as Record<string, unknown>)
    if (values.some((value) => !isNothing(value))) this.withData += 1
  }

  /** Fields, arguments and inputs that no document used. */
  unused(): string[] {
    return [...places()].filter((place) => !this.#used.has(place)).sort()
  }

  report(seconds: number): string {
    const share = (count: number) => `${Math.round((100 * count) / this.documents)} %`
    return [
      `${this.documents} documents in ${seconds.toFixed(1)} s`,
      `${share(this.withoutErrors)} without errors`,
      `${share(this.withData)} with data`,
      `${share(this.refused)} refused`,
      `${share(this.atMoments)} as of a moment`,
      `${share(this.withPrefix)} with a prefix`,
      `${places().size - this.unused().length} of ${places().size} fields, arguments and inputs used`,
    ].join(', ')
  }
}

/** Whether a value holds no data: nothing but nulls, empty lists, type names and counts of zero. */
function isNothing(value: unknown): boolean {
  if (value === null || value === false || value === 0) return true
  if (Array.isArray(value)) return value.every(isNothing)
  if (typeof value === 'object') return Object.values(value).every(isNothing)
  return typeof value === 'string' && schema.getType(value) !== undefined
}

/** Everything that a query can use: fields, their arguments, and the fields and values of their inputs. */
function places(): Set<string> {
  const found = new Set<string>()
  const addInput = (type: GraphQLInputType) => {
    const named = getNamedType(type)
    if (isEnumType(named)) for (const { name } of named.getValues()) found.add(`${named}.${name}`)
    if (!isInputObjectType(named)) return
    for (const field of Object.values(named.getFields())) {
      if (found.has(`${named}.${field.name}`)) continue
      found.add(`${named}.${field.name}`)
      addInput(field.type)
    }
  }
  for (const type of reachedTypes()) {
    for (const { name, args } of Object.values(type.getFields())) {
      if (`${type}.${name}` === 'Query._service') continue
      found.add(`${type}.${name}`)
      for (const arg of args) {
        found.add(`${type}.${name}(${arg.name}:)`)
        addInput(arg.type)
      }
    }
  }
  return found
}

/** Every object type that a query can reach. */
function reachedTypes(): Set<GraphQLObjectType> {
  const found = new Set<GraphQLObjectType>()
  const add = (type: GraphQLNamedType | null | undefined) => {
    if (isAbstractType(type)) for (const one of schema.getPossibleTypes(type)) add(one)
    if (!isObjectType(type) || found.has(type) || type.name === '_Service') return
    found.add(type)
    for (const field of Object.values(type.getFields())) add(getNamedType(field.type))
  }
  add(schema.getQueryType())
  return found
}
