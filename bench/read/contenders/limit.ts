import { join } from 'node:path'
import { startServer } from '../run/child-process.ts'
import { type Contender, graphqlData, jsonHeaders } from './contender.ts'

export async function startLimit(
  planMode: string,
  at: { readonly databaseUrl: string; readonly folder: string },
): Promise<Contender> {
  const served = await startServer([join(import.meta.dirname, 'limit-server.ts')], {
    cwd: import.meta.dirname,
    env: { PATH: process.env.PATH, DATABASE_URL: at.databaseUrl, PLAN_CACHE_MODE: planMode, NODE_ENV: 'production' },
    logFile: join(at.folder, `limit-${planMode}.log`),
  })
  return {
    ...served,
    name: `limit (${planMode})`,
    family: 'limit',
    kind: 'limit',
    requestsOf: ({ name, limit }, parameters) =>
      Promise.resolve(
        parameters.map((each) => ({
          path: `/${encodeURIComponent(name)}`,
          headers: jsonHeaders,
          body: JSON.stringify(limit.values(each)),
        })),
      ),
    dataOf: (_query, response) => graphqlData(response),
  }
}
