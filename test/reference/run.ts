/** One run: a random world, the server over it, and random documents that both answer. */
import { serveGraph } from '../server/served-graph.ts'
import { Coverage } from './coverage.ts'
import { randomRequest } from './documents.ts'
import { readDump } from './dump.ts'
import { answerByReference, type Failure, type ReferenceAnswer, type Request } from './execute.ts'
import { Material, Random } from './material.ts'
import { clock, fillWorld } from './world.ts'

export interface Options {
  readonly seed: number
  readonly documents: number
}

export interface Run {
  readonly coverage: Coverage
  readonly seconds: number
  /** Each with everything that repeats it. */
  readonly differences: readonly string[]
}

/** A run ends after this number of differences. */
const mostDifferences = 5
const unlimited = Number.MAX_SAFE_INTEGER
const largeDocuments = {
  tokens: 20_000,
  depth: 100,
  aliases: 1_000,
  directives: 100,
  repetitions: 100,
  definitions: 1_000,
}

/** Documents use cursors of earlier answers, so a document is repeated by repeating the run up to it. */
export async function compareDocuments({ seed, documents }: Options): Promise<Run> {
  await using api = await serveGraph({
    limits: { cost: unlimited, responseBytes: unlimited, document: largeDocuments },
  })
  const world = await fillWorld(api.sql, new Random(seed))
  const dump = await readDump(api.sql)
  const moments = [...world.moments, await clock(api.sql)]
  const tokens = new Map<string, string>()
  for (const { name, organizations } of world.callers) tokens.set(name, await api.token({ name, organizations }))
  const ask = async ({ caller, document: query, variables, operationName, asOf }: Request): Promise<string> => {
    const response = await fetch(api.server.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${tokens.get(caller.name)}`,
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        ...(asOf !== undefined && { 'as-of': asOf }),
      },
      body: JSON.stringify({ query, variables, operationName }),
    })
    return await response.text()
  }
  const random = new Random(seed + 1)
  const material = new Material(dump)
  const coverage = new Coverage()
  const differences: string[] = []
  const started = performance.now()
  for (let number = 1; number <= documents && differences.length < mostDifferences; number += 1) {
    material.caller = random.weighted(...world.callers.map((caller) => [weights[caller.name] ?? 1, caller] as const))
    const request = randomRequest(random, material, moments)
    const expected = answerByReference(dump, request, coverage.onField)
    const difference = differenceOf(await ask(request), expected)
    if (difference !== undefined) differences.push(described(request, seed, number, difference))
    coverage.answered(expected, request.asOf !== undefined || request.document.includes('@asOf'))
    if (expected.refused === undefined) material.learn(expected.data)
  }
  return { coverage, differences, seconds: (performance.now() - started) / 1_000 }
}

const weights: Readonly<Record<string, number>> = { all: 4, acme: 4, two: 3, none: 0.3 }

function described({ caller, document, variables, asOf }: Request, seed: number, number: number, difference: string) {
  return [
    `Document ${number} of seed ${seed}, asked by ${caller.name}${asOf === undefined ? '' : ` with As-Of: ${asOf}`}:`,
    document,
    `variables: ${JSON.stringify(variables)}`,
    difference,
  ].join('\n')
}

interface ServerError {
  readonly message: string
  readonly path?: (string | number)[]
  readonly extensions: { readonly code?: string; readonly notShown?: number }
}

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
  if (!hasData) return differenceAt(JSON.stringify(answer.data), JSON.stringify(expected.data))
  return differenceOfErrors(errors, expected.errors)
}

/**
 * The order of errors depends on timing today, so they are compared in the order of their paths. Of more than a hundred
 * errors, which ones are shown depends on timing too, so only their number is compared.
 */
function differenceOfErrors(errors: readonly ServerError[], expected: readonly Failure[]): string | undefined {
  if (expected.length > mostErrors) {
    const total = errors.length - 1 + (errors.at(-1)?.extensions.notShown ?? 0)
    return total === expected.length ? undefined : `expected ${expected.length} errors, and the server has ${total}`
  }
  const actual = errors.map(({ path = [], message, extensions }) => ({ path, code: extensions.code ?? '', message }))
  return differenceAt(linesOf(actual), linesOf(expected))
}

function linesOf(failures: readonly Failure[]): string {
  const lines = failures.map(({ path, code, message }) => `${JSON.stringify(path)} ${code} ${message}`)
  return lines.sort().join('\n')
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
