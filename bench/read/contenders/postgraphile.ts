import { join } from 'node:path'
import { startServer } from '../run/child-process.ts'
import { type Contender, graphqlData, jsonHeaders } from './contender.ts'

export async function startPostGraphile(
  planMode: string,
  at: { readonly databaseUrl: string; readonly folder: string },
): Promise<Contender> {
  const served = await startServer([join(import.meta.dirname, 'postgraphile-server.ts')], {
    cwd: import.meta.dirname,
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: at.databaseUrl,
      PLAN_CACHE_MODE: planMode,
      NODE_ENV: 'production',
      GRAPHILE_ENV: 'production',
    },
    logFile: join(at.folder, `postgraphile-${planMode}.log`),
  })
  const path = new URL(served.url).pathname
  return {
    ...served,
    name: `PostGraphile (${planMode})`,
    family: 'PostGraphile',
    kind: 'peer',
    requestsOf: ({ postgraphile }, parameters) =>
      postgraphile &&
      Promise.resolve(
        parameters.map((each) => ({ path, headers: jsonHeaders, body: JSON.stringify(postgraphile.ask(each)) })),
      ),
    dataOf: ({ postgraphile }, response) => withOurScalars(postgraphile?.data(graphqlData(response) as never)),
  }
}

const typeNames: Readonly<Record<string, string>> = {
  users: 'User',
  groups: 'Group',
  roles: 'Role',
  aliases: 'Alias',
}

/** Converts PostGraphile's node ids and times to ours. */
function withOurScalars(data: unknown): unknown {
  return JSON.parse(JSON.stringify(data), (name, value: unknown) => {
    if (typeof value !== 'string') return value
    if (name === 'id') {
      const [type = '', id] = JSON.parse(Buffer.from(value, 'base64').toString()) as [string, unknown]
      return Buffer.from(`${typeNames[type] ?? type}:${id}`).toString('base64')
    }
    const [, moment] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6})\+00:00$/.exec(value) ?? []
    return moment === undefined ? value : `${moment}Z`
  })
}
