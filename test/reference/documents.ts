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
import { type Request, schema } from './execute.ts'
import type { Material, Random } from './material.ts'
import { orderOf } from './page.ts'
import { resolvers } from './resolvers.ts'
import { ValueMaker } from './values.ts'

/** Fields of the mirror itself, which has no past. */
const withoutPast = new Set(['Organization.mirror'])
/** The list of each connection in its cursors, unless its order has a name of its own. */
const lists: Readonly<Record<string, string>> = {
  UserGroupConnection: 'groups of a user',
  GroupMemberConnection: 'members of a group',
  RoleUserConnection: 'holders',
  PullConnection: 'pulls',
}
const orders: Readonly<Record<string, 'users' | 'groups' | 'aliases'>> = {
  UserConnection: 'users',
  GroupConnection: 'groups',
  AliasConnection: 'aliases',
}
/** The assumed size of a list without arguments. */
const fewItems = 4
const oddNames = ['constructor', 'toString', 'data', '__proto__', 'length', 'id']

type Field = GraphQLField<unknown, unknown>

interface Fragment {
  readonly name: string
  readonly type: GraphQLCompositeType
  readonly text: string
  /** It can be used where at least this many objects have room. */
  readonly room: number
}

/** Returns a random request that is valid, apart from mistakes that the server reports. */
export function randomRequest(random: Random, material: Material, moments: readonly string[]): Request {
  for (;;) {
    const request = new Writer(random, material).request(moments)
    if (validate(schema, parse(request.document)).length === 0) return request
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

  request(moments: readonly string[]): Request {
    const random = this.#random
    const { caller } = this.#material
    const isPast = moments.length > 0 && random.chance(0.35)
    const byHeader = isPast && random.chance(0.25)
    this.#hasPast = isPast
    const moment = isPast ? momentOf(random, moments) : undefined
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
    const parts = Array.from({ length: depth === 0 ? random.int(1, 3) : random.int(1, 5) }, () =>
      this.#part(type, room, depth),
    )
    const written = parts.filter((part) => part !== undefined)
    if (written.length === 0) written.push('__typename')
    return `{ ${written.join(' ')} }`
  }

  #part(type: GraphQLCompositeType, room: number, depth: number): string | undefined {
    const random = this.#random
    if (depth === 0) this.#fields = random.int(3, 25)
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
      return leaves.length > 0 ? random.pick(leaves) : undefined
    }
    this.#fields -= 1
    const composite = fields.filter((field) => isCompositeType(getNamedType(field.type)))
    return random.pick(composite.length > 0 && random.chance(0.5) ? composite : fields)
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
      if (isRequiredArgument(arg) || random.chance(arg.name === 'filter' || arg.name === 'orderBy' ? 0.4 : 0.3)) {
        given.set(arg, this.#values.valueOf(arg.type, arg.name))
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
      const cursor = argument && random.chance(probability) ? this.#material.cursor(order, random) : undefined
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

function momentOf(random: Random, moments: readonly string[]): string {
  if (random.chance(0.03)) return random.pick(['2001-01-01T00:00:00Z', '2998-12-31T23:59:59Z'])
  return random.pick(moments)
}

/** The types of the fragments that can apply to a type. */
function typesWithin(type: GraphQLCompositeType): GraphQLCompositeType[] {
  const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [type]
  const covered = possible.filter((one) => resolvers[one.name] !== undefined)
  const interfaces = covered.flatMap((one) => ('getInterfaces' in one ? one.getInterfaces() : []))
  return [type, ...covered, ...covered, ...new Set(interfaces)]
}
