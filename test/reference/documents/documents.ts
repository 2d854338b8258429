/** Random documents of the fields that the reference covers. */
import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isListType,
  isRequiredArgument,
  parse,
  validate,
} from 'graphql'
import type { Request } from '../executor/execute.ts'
import { orderOf } from '../executor/page.ts'
import { resolvers } from '../executor/resolvers.ts'
import { schema } from '../executor/schema.ts'
import type { Material } from './material.ts'
import { withPrefix } from './prefix.ts'
import type { Random } from './random.ts'
import { expensive, fewItems, lists, oddNames, orders, slugOf, typesWithin, withoutPast } from './shapes.ts'
import { ValueMaker } from './values.ts'

type Field = GraphQLField<unknown, unknown>

interface Fragment {
  readonly name: string
  readonly type: GraphQLCompositeType
  readonly text: string
  /** It can be used where at least this many objects have room. */
  readonly room: number
}

/** Returns a random request that is valid, apart from mistakes that the server reports. */
export function randomRequest(random: Random, material: Material): Request {
  for (;;) {
    const request = new Writer(random, material).request()
    if (validate(schema, parse(request.document)).length > 0) continue
    if (random.chance(0.8)) return request
    return { ...request, document: withPrefix(request.document), hasPrefix: true }
  }
}

class Writer {
  readonly #random: Random
  readonly #material: Material
  readonly #values: ValueMaker
  readonly #fragments: Fragment[] = []
  /** The fields with arguments so far, which can be selected again under the same name. */
  readonly #written: {
    readonly parent: string
    readonly field: string
    readonly head: string
    readonly size: number
  }[] = []
  #names = 0
  /** How many fields the current root field may still select. */
  #fields = 0
  #hasPast = false

  constructor(random: Random, material: Material) {
    this.#random = random
    this.#material = material
    this.#values = new ValueMaker(random, material)
  }

  request(): Request {
    const random = this.#random
    const { caller } = this.#material
    const isPast = random.chance(0.35)
    const byHeader = isPast && random.chance(0.25)
    this.#hasPast = isPast
    this.#material.isPast = isPast
    const moment = isPast ? this.#material.moment(random) : undefined
    const directive = isPast && !byHeader ? ` @asOf(time: ${this.#time(moment ?? '')})` : ''
    const root = schema.getQueryType() as GraphQLCompositeType
    const body = this.#selection(root, 3_000, 0)
    const { definitions, values } = this.#values.variables
    const declared = definitions.length > 0 ? `(${definitions.join(', ')})` : ''
    const fragments = this.#fragments.map(({ name, type, text }) => `fragment ${name} on ${type} ${text}`)
    const isNamed = random.chance(0.1)
    const other = isNamed ? ['query Other { __typename }'] : []
    const head = isNamed || declared || directive ? `query ${isNamed ? 'Asked' : ''}${declared}${directive} ` : ''
    return {
      caller,
      document: [`${head}${body}`, ...random.some([...fragments, ...other], 99, 99)].join('\n'),
      variables: values,
      ...(isNamed && { operationName: 'Asked' }),
      ...(byHeader && moment !== undefined && { asOf: moment }),
    }
  }

  #time(moment: string): string {
    return this.#random.chance(0.5) ? JSON.stringify(moment) : this.#values.declare('DateTime!', moment)
  }

  /** `room`: how many objects the lists below may multiply to. */
  #selection(type: GraphQLCompositeType, room: number, depth: number): string {
    const random = this.#random
    const most = type.name === 'Failure' ? 10 : 5
    const parts = Array.from({ length: depth === 0 ? random.int(1, 3) : random.int(1, most) }, () =>
      this.#part(type, room, depth),
    )
    const written = parts.filter((part) => part !== undefined)
    if (written.length === 0) written.push('__typename')
    return `{ ${written.join(' ')} }`
  }

  #part(type: GraphQLCompositeType, room: number, depth: number): string | undefined {
    const random = this.#random
    if (depth === 0) this.#fields = random.int(2, 14)
    if (random.chance(isAbstractType(type) ? 0.75 : 0.12)) return this.#fragment(type, room, depth)
    if (random.chance(0.05)) return `${random.chance(0.3) ? 'kind: ' : ''}__typename${this.#directives(depth)}`
    const field = this.#field(type, depth)
    return field && this.#write(type, field, room, depth)
  }

  #directives(depth: number): string {
    const random = this.#random
    if (random.chance(depth === 0 ? 0.97 : 0.9)) return ''
    const isSkip = random.chance(0.5)
    const isShown = random.chance(0.7)
    const one = `@${isSkip ? 'skip' : 'include'}(if: ${this.#values.condition(isShown !== isSkip)})`
    return random.chance(0.1) ? ` ${one} @${isSkip ? 'include' : 'skip'}(if: ${isSkip})` : ` ${one}`
  }

  #fragment(type: GraphQLCompositeType, room: number, depth: number): string {
    const random = this.#random
    const directives = this.#directives(depth)
    const on = random.pick(typesWithin(type))
    const known = this.#fragments.filter((one) => one.type === on && one.room <= room)
    if (known.length > 0 && random.chance(0.3)) return `...${random.pick(known).name}${directives}`
    const text = this.#selection(on, room, depth + 1)
    if (random.chance(0.6)) return `...${on === type && random.chance(0.4) ? '' : ` on ${on}`}${directives} ${text}`
    this.#names += 1
    const name = `F${this.#names}`
    this.#fragments.push({ name, type: on, text, room })
    return `...${name}${directives}`
  }

  #field(type: GraphQLCompositeType, depth: number): Field | undefined {
    const random = this.#random
    if (!('getFields' in type)) return undefined
    const fields = Object.values(type.getFields()).filter((field) => this.#isCovered(type, field))
    if (this.#fields <= 0 || depth > 9) {
      const leaves = fields.filter((field) => !isCompositeType(getNamedType(field.type)))
      return leaves.length > 0 ? this.#leastUsed(type, leaves) : undefined
    }
    this.#fields -= 1
    const composite = fields.filter((field) => isCompositeType(getNamedType(field.type)))
    return this.#leastUsed(type, composite.length > 0 && random.chance(0.5) ? composite : fields)
  }

  /** The one of three random fields that earlier documents used the least. */
  #leastUsed(type: GraphQLCompositeType, fields: readonly Field[]): Field {
    const chosen = [0, 1, 2].map(() => this.#random.pick(fields))
    const uses = ({ name }: Field) => this.#material.uses(`${type}.${name}`)
    return chosen.reduce((least, one) => (uses(one) < uses(least) ? one : least))
  }

  #isCovered(type: GraphQLCompositeType, { name }: Field): boolean {
    if (this.#hasPast && withoutPast.has(`${type}.${name}`)) return false
    if (!isAbstractType(type)) return resolvers[type.name]?.[name] !== undefined
    return schema.getPossibleTypes(type).every((one) => resolvers[one.name]?.[name] || !resolvers[one.name])
  }

  #write(type: GraphQLCompositeType, field: Field, room: number, depth: number): string | undefined {
    const random = this.#random
    const named = getNamedType(field.type)
    const isUnpagedList = isListType(getNullableType(field.type)) && field.args.length === 0
    if (isUnpagedList && room < fewItems) return undefined
    if (expensive.has(`${type}.${field.name}`) && room < 150) return undefined
    const parent = String(type)
    const equal = this.#written.filter((one) => one.parent === parent && one.field === field.name && one.size <= room)
    const again = equal.length > 0 && random.chance(0.1) ? random.pick(equal) : undefined
    const { head, size } = again ?? this.#head(type, field, room)
    if (!again && field.args.length > 0) this.#written.push({ parent, field: field.name, head, size })
    const directives = this.#directives(depth)
    const inner = isCompositeType(named) ? ` ${this.#selection(named, room / size, depth + 1)}` : ''
    return `${head}${directives}${inner}`
  }

  /** The field with its arguments, and how many objects it returns at most. */
  #head(type: GraphQLCompositeType, field: Field, room: number): { head: string; size: number } {
    const random = this.#random
    const { text, size } = this.#arguments(type, field, room)
    const name = `${field.name}${text}`
    if (field.args.length === 0 && random.chance(0.85)) return { head: name, size }
    if (random.chance(0.02)) return { head: `${random.pick(oddNames)}: ${name}`, size }
    this.#names += 1
    return { head: `${random.pick(['a', 'z', '_'])}${this.#names}: ${name}`, size }
  }

  /** The arguments of a field, and how many objects it returns at most. */
  #arguments(type: GraphQLCompositeType, field: Field, room: number): { text: string; size: number } {
    const random = this.#random
    const given = new Map<GraphQLArgument, unknown>()
    for (const arg of field.args) {
      if (['first', 'last', 'after', 'before'].includes(arg.name)) continue
      if (isRequiredArgument(arg) || random.chance(arg.name === 'filter' || arg.name === 'orderBy' ? 0.5 : 0.3)) {
        const orders = arg.name === 'orderBy' ? this.#material.orders[getNamedType(arg.type).name] : undefined
        given.set(arg, orders && random.chance(0.8) ? random.pick(orders) : this.#values.valueOf(arg.type, arg.name))
      }
    }
    this.#aim(type, field, given)
    const size = this.#page(field, room, given)
    const text = [...given].map(
      ([arg, value]) => `${arg.name}: ${this.#values.write(value, arg.type, arg.defaultValue !== undefined)}`,
    )
    return { text: text.length > 0 ? `(${random.some(text, 99, 99).join(', ')})` : '', size }
  }

  /** Makes most root fields ask about something that exists. */
  #aim(type: GraphQLCompositeType, field: Field, given: Map<GraphQLArgument, unknown>): void {
    const random = this.#random
    if (type.name !== 'Query') return
    const set = (name: string, value: unknown) => {
      const arg = field.args.find((one) => one.name === name)
      if (arg && value !== undefined) given.set(arg, value)
      else if (arg) given.delete(arg)
    }
    const slug = field.name === 'organization' ? 'slug' : 'organization'
    set(slug, this.#material.slug(random))
    const present = this.#material.present(random)
    if (field.name === 'role') set('name', present.role)
    if (field.name === 'operation') set('id', this.#material.id(random, ['Operation']))
    if (random.chance(0.15) || !['user', 'group', 'role'].includes(field.name)) return
    set(slug, present.slug)
    set('primaryEmail', present.user)
    set('groupId', present.group)
  }

  /** Adds the arguments of a page. */
  #page(field: Field, room: number, given: Map<GraphQLArgument, unknown>): number {
    const random = this.#random
    const argument = (name: string) => field.args.find((arg) => arg.name === name)
    const [first, last, after, before] = ['first', 'last', 'after', 'before'].map(argument)
    const ids = argument('ids') ?? argument('representations')
    if (ids) return (given.get(ids) as unknown[]).length
    if (!first) return isListType(getNullableType(field.type)) ? fewItems : 1
    const most = Math.min(room, room > 1_000 ? 70 : 6)
    const size = random.chance(0.02)
      ? random.pick([-1, 501, 0])
      : random.int(random.chance(0.1) ? 0 : 1, Math.max(1, most))
    const isBackward = last !== undefined && random.chance(0.3)
    if (isBackward) given.set(last, size)
    else if (room < 50 || random.chance(0.8)) given.set(first, size)
    if (last && random.chance(0.01)) given.set(first, 1).set(last, 1)
    const order = this.#orderOf(field, given)
    const place = (argument: GraphQLArgument | undefined, probability: number) => {
      const cursor =
        argument && random.chance(probability) ? this.#material.cursor(order, slugOf(given), random) : undefined
      if (argument && cursor !== undefined) given.set(argument, cursor)
    }
    place(after, isBackward ? 0.15 : 0.35)
    place(before, isBackward ? 0.35 : 0.15)
    const asked = (given.get(first) ?? given.get(last as GraphQLArgument) ?? 50) as number
    return Math.max(1, Math.min(asked, 500))
  }

  #orderOf(field: Field, given: ReadonlyMap<GraphQLArgument, unknown>): string {
    const type = getNamedType(field.type).name
    const list = orders[type]
    if (!list) return lists[type] ?? ''
    const orderBy = [...given].find(([arg]) => arg.name === 'orderBy')?.[1] as { field: string }[] | null | undefined
    const asked = orderBy?.map((one) => ({ direction: 'ASC' as const, ...one }))
    return orderOf(list, asked).name
  }
}
