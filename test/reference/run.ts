/** One run: a random world, the server over it, and random documents that both answer. */
import { serveGraph } from '../server/served-graph.ts'
import { differenceOf } from './compare.ts'
import { Coverage } from './documents/coverage.ts'
import { randomRequest } from './documents/documents.ts'
import { Material } from './documents/material.ts'
import { Random } from './documents/random.ts'
import { readDump } from './executor/dump.ts'
import { type Ask, answerByReference, type Request } from './executor/execute.ts'
import { servedWithPrefix } from './executor/schema.ts'
import { badAnswer } from './executor/text.ts'
import { clock, fillWorld } from './mirror/world.ts'

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
/** The number of requests in flight at once. */
const together = 4
const unlimited = Number.MAX_SAFE_INTEGER
const largeDocuments = {
  tokens: 20_000,
  depth: 100,
  aliases: 1_000,
  directives: 100,
  repetitions: 100,
  definitions: 1_000,
}
const limits = { cost: unlimited, responseBytes: unlimited, document: largeDocuments }

/** Documents use cursors of earlier answers, so a document is repeated by repeating the run up to it. */
export async function compareDocuments({ seed, documents }: Options): Promise<Run> {
  await using plain = await serveGraph({ limits })
  await using prefixed = await serveGraph({ beside: plain, limits, schema: servedWithPrefix })
  const world = await fillWorld(plain.sql, new Random(seed))
  const dump = await readDump(plain.sql)
  const tokens = new Map<string, string>()
  for (const caller of world.callers) tokens.set(caller.name, await plain.token(caller))

  const send = async ({ caller, document: query, variables, operationName, asOf, hasPrefix }: Request) => {
    const { url } = (hasPrefix ? prefixed : plain).server
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${tokens.get(caller.name)}`,
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        // The reference may compute for longer than the server keeps an idle connection.
        connection: 'close',
        ...(asOf !== undefined && { 'as-of': asOf }),
      },
      body: JSON.stringify({ query, variables, operationName }),
    })
    return await response.text()
  }
  const ask: Ask = async (caller, document, variables, moment) => {
    const request = { caller, document, variables: { ...variables }, ...(moment !== undefined && { asOf: moment }) }
    const { data, errors } = JSON.parse(await send(request))
    if (errors) throw badAnswer(errors[0])
    return data
  }

  const random = new Random(seed + 1)
  const coverage = new Coverage()
  const material = new Material(dump, [...world.moments, await clock(plain.sql)], random, coverage.uses)
  const differences: string[] = []
  const started = performance.now()
  for (let done = 0; done < documents && differences.length < mostDifferences; done += together) {
    const requests = Array.from({ length: Math.min(together, documents - done) }, () => {
      material.caller = random.weighted(...world.callers.map((caller) => [weights[caller.name] ?? 1, caller] as const))
      return randomRequest(random, material)
    })
    const bodies = await Promise.all(requests.map(send))
    for (const [i, request] of requests.entries()) {
      const expected = await answerByReference(dump, request, ask, coverage.onField)
      const difference = differenceOf(bodies[i] ?? '', expected)
      if (difference !== undefined) differences.push(described(request, seed, done + i + 1, difference))
      coverage.answered(request, expected)
      if (expected.refused === undefined) material.learn(expected.data)
    }
  }
  return { coverage, differences, seconds: (performance.now() - started) / 1_000 }
}

const weights: Readonly<Record<string, number>> = { all: 4, acme: 4, two: 3, writer: 0.3, none: 0.3 }

function described(request: Request, seed: number, number: number, difference: string): string {
  const { caller, document, variables, asOf, hasPrefix } = request
  const server = `${asOf === undefined ? '' : ` with As-Of: ${asOf}`}${hasPrefix ? ' of the schema with a prefix' : ''}`
  return [
    `Document ${number} of seed ${seed}, asked by ${caller.name}${server}:`,
    document,
    `variables: ${JSON.stringify(variables)}`,
    difference,
  ].join('\n')
}
