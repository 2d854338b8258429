/** Compares the text of the server's response with the reference's answer. */
import type { Failure, ReferenceAnswer } from './executor/execute.ts'

interface ServerError {
  readonly message: string
  readonly path?: (string | number)[]
  readonly extensions: { readonly code?: string; readonly notShown?: number }
}

type Answered = Exclude<ReferenceAnswer, { refused: string }>

/** The maximum number of errors in a response. */
const mostErrors = 100

/** Returns the first difference; undefined if the answers are equal. `body`: the text of the server's response. */
export function differenceOf(body: string, expected: ReferenceAnswer): string | undefined {
  const answer = JSON.parse(body) as { data?: unknown; errors?: ServerError[] }
  const errors = answer.errors ?? []
  if (expected.refused !== undefined) {
    const codes = new Set(errors.map(({ extensions }) => extensions.code))
    if (!('data' in answer) && codes.size === 1 && codes.has(expected.refused)) return undefined
    return `expected the request to fail with ${expected.refused}, and the server answered ${shortened(body)}`
  }
  const data = `"data":${JSON.stringify(expected.data)}`
  if (!('data' in answer)) return `the server refused the request: ${shortened(body)}`
  const hasData = body === `{${data}}` || body.startsWith(`{${data},`) || body.endsWith(`,${data}}`)
  if (!hasData) {
    const difference = differenceAt(JSON.stringify(answer.data), JSON.stringify(expected.data))
    return `${difference}\n  errors of the server: ${shortened(JSON.stringify(errors))}`
  }
  return differenceOfErrors(errors, expected)
}

/**
 * Errors are in the order of their places in the answer; where the answer has a null, in the order of the document. Of
 * more than a hundred errors, only their number is compared.
 */
function differenceOfErrors(errors: readonly ServerError[], { data, errors: expected }: Answered): string | undefined {
  if (expected.length > mostErrors) {
    const total = errors.length - 1 + (errors.at(-1)?.extensions.notShown ?? 0)
    return total === expected.length ? undefined : `expected ${expected.length} errors, and the server has ${total}`
  }
  const actual = errors.map(({ path = [], message, extensions }) => ({ path, code: extensions.code ?? '', message }))
  const ordered = expected.toSorted((a, b) => compareLists(placeOf(a, data), placeOf(b, data)))
  return differenceAt(linesOf(actual, data), linesOf(ordered, data))
}

/** The index of each field and entry on the path, and from a null on the place in the document. */
function placeOf({ path, start }: Failure, data: unknown): number[] {
  const place: number[] = []
  let value = data
  for (const key of path) {
    if (value === null) return [...place, start]
    place.push(typeof key === 'number' ? key : Object.keys(value as object).indexOf(key))
    value = (value as Record<string | number, unknown>)[key]
  }
  return place
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((one, i) => one !== b[i])
  return at === -1 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? 0)
}

function linesOf(failures: readonly Omit<Failure, 'start'>[], data: unknown): string {
  const lines = failures.map(({ path, code, message }) => {
    const place = nullAt(path, data)
    // Of several errors that make the same place null, the first one ends the execution of that place.
    return place.length < path.length ? `below ${JSON.stringify(place)}` : `${JSON.stringify(path)} ${code} ${message}`
  })
  return [...new Set(lines)].join('\n')
}

/** The place in the data that is null because of an error at the path. */
function nullAt(path: Failure['path'], data: unknown): Failure['path'] {
  let value = data
  for (const [depth, key] of path.entries()) {
    if (value === null) return path.slice(0, depth)
    value = (value as Record<string | number, unknown>)[key]
  }
  return path
}

function differenceAt(actual: string | undefined = 'undefined', expected = 'undefined'): string | undefined {
  if (actual === expected) return undefined
  let at = 0
  while (actual[at] === expected[at]) at += 1
  const around = (text: string) => text.slice(Math.max(0, at - 200), at + 200)
  return `at character ${at}\n  server:    … ${around(actual)} …\n  reference: … ${around(expected)} …`
}

function shortened(text: string): string {
  return text.length > 500 ? `${text.slice(0, 500)} …` : text
}
