/**
 * Long lists in slices. The executor completes a list, and all that lies below it, in one go: a page of 500 users with fifty fields each stops
 * the process for a second, and every other caller with it. Entries that are promises it completes one by one, as they are kept.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
} from 'graphql'

/** A list of up to so many entries is completed at once. */
const longestAtOnce = 50
/** After so long others get their turn. */
const sliceMs = 15

/** The schema, each of whose lists of objects is paced. */
export function paceLists(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      if (isListType(getNullableType(field.type)) && isCompositeType(getNamedType(field.type))) pace(field)
    }
  }
  return schema
}

function pace(field: GraphQLField<unknown, unknown>): void {
  const resolve = field.resolve ?? defaultFieldResolver
  field.resolve = (...given) => {
    const list: unknown = resolve(...given)
    return list instanceof Promise ? list.then(paced) : paced(list)
  }
}

function paced(list: unknown): unknown {
  if (!Array.isArray(list) || list.length <= longestAtOnce) return list
  const entries = list.map((entry: unknown) => {
    const { promise, resolve } = Promise.withResolvers<unknown>()
    waiting.push(() => resolve(entry))
    return promise
  })
  if (!isReleasing) void release()
  return entries
}

/** What lets the entries of this process's lists go on, in the order in which they came. */
let waiting: (() => void)[] = []
let isReleasing = false

async function release(): Promise<void> {
  isReleasing = true
  let slice = beginSlice()
  while (waiting.length > 0) {
    const entries = waiting
    waiting = []
    for (const go of entries) {
      go()
      // The entry is completed as this waits; what it asks of the database goes on in later turns.
      for (let tick = 0; tick < 4; tick += 1) await undefined
      if (!isOver(slice)) continue
      await nextTurn()
      slice = beginSlice()
    }
  }
  isReleasing = false
}

interface Slice {
  readonly clock: number
  readonly cpu: NodeJS.CpuUsage
}

function beginSlice(): Slice {
  return { clock: performance.now(), cpu: process.threadCpuUsage() }
}

/** By CPU time, so that a process that waits for the processor sends no more statements. The clock is asked first, for it costs less. */
function isOver({ clock, cpu }: Slice): boolean {
  if (performance.now() - clock < sliceMs) return false
  const { user, system } = process.threadCpuUsage(cpu)
  return user + system >= sliceMs * 1_000
}
