/** This project's API as shipped: the program `api`, with a stored token, limits, and its log in a file. */
import { basename, join, resolve } from 'node:path'
import type { Parameters, Query } from '../queries/query.ts'
import { runProgram, startServer } from '../run/child-process.ts'
import { type Contender, graphqlData, type HttpRequest, jsonHeaders, send } from './contender.ts'

export async function startOurs(
  checkout: string,
  name: string,
  at: { readonly databaseUrl: string; readonly folder: string },
): Promise<Contender> {
  const cwd = resolve(checkout)
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: at.databaseUrl,
    DATA_DIR: at.folder,
    PORT: '0',
    ESSENTIALS_API_KEY: 'bench',
    ESSENTIALS_API_SECRET: 'bench',
    ESSENTIALS_ORGANIZATION: 'bench',
    // Requests are counted, but the load exceeds the default of 6,000 a minute.
    CALLER_REQUESTS_PER_MINUTE: '10000000',
  }
  const tokenName = `bench-${basename(cwd)}-${Date.now()}`
  const args = ['token', 'create', '--name', tokenName, '--scope', 'read', '--expires', '1d']
  const token = (await runProgram(cwd, args, env)).trim().split('\n').at(-1) ?? ''
  const served = await startServer(['src/main.ts', 'api'], { cwd, env, logFile: join(at.folder, `${name}.log`) })
  const path = new URL(served.url).pathname
  const headers = { ...jsonHeaders, authorization: `Bearer ${token}` }
  const request = (body: unknown): HttpRequest => ({ path, headers, body: JSON.stringify(body) })

  return {
    ...served,
    name,
    family: name,
    kind: 'ours',
    requestsOf: (query, parameters) =>
      Promise.all(parameters.map(async (each) => request(query.ours(await withFurther(query, each))))),
    dataOf: (_query, response) => graphqlData(response),
  }

  async function withFurther({ before }: Query, parameters: Parameters): Promise<Parameters> {
    if (!before) return parameters
    const data = graphqlData(await send(served, request(before.ask(parameters))))
    return { ...parameters, ...before.parameters(data) }
  }
}
