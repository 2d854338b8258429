import { join } from 'node:path'
import { startServer } from '../run/child-process.ts'
import { type Contender, graphqlData, jsonHeaders } from './contender.ts'

export async function startMercurius(
  planMode: string,
  at: { readonly databaseUrl: string; readonly folder: string },
): Promise<Contender> {
  const served = await startServer([join(import.meta.dirname, 'mercurius-server.ts')], {
    cwd: import.meta.dirname,
    env: { PATH: process.env.PATH, DATABASE_URL: at.databaseUrl, PLAN_CACHE_MODE: planMode, NODE_ENV: 'production' },
    logFile: join(at.folder, `mercurius-${planMode}.log`),
  })
  const path = new URL(served.url).pathname
  return {
    ...served,
    name: `mercurius (${planMode})`,
    family: 'mercurius',
    kind: 'peer',
    requestsOf: ({ mercurius }, parameters) =>
      mercurius &&
      Promise.resolve(
        parameters.map((each) => ({ path, headers: jsonHeaders, body: JSON.stringify(mercurius(each)) })),
      ),
    dataOf: (_query, response) => graphqlData(response),
  }
}
