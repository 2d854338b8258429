/**
 * Completes long lists in slices. The executor completes a list, with everything below it, synchronously: a page of 500
 * users with fifty fields each would block the process, and all other callers, for a second. Entries that are promises
 * are completed one by one as they resolve.
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

/** Lists up to this length are completed without slices. */
const longestAtOnce = 50
/** Duration of a slice, after which other work gets its turn. */
const sliceMs = 15

/** Returns the schema with all lists of objects paced. */
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

/** The functions that release list entries of this process, in order of arrival. */
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
      // The entry is completed during these ticks; the reads that it starts continue in later turns of the event loop.
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

/**
 * Measured by CPU time, so that a process that waits for the processor sends no more statements. The clock is checked
 * first because it is cheaper.
 */
function isOver({ clock, cpu }: Slice): boolean {
  if (performance.now() - clock < sliceMs) return false
  const { user, system } = process.threadCpuUsage(cpu)
  return user + system >= sliceMs * 1_000
}
