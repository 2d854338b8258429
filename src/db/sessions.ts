/** The sessions of this program in its database, by the names that its processes give them. */
import type { Sql } from './connection/sql.ts'

/** The name of the sessions of a process that only answers requests, and the beginning of all other names. */
export const programName = 'essentials-graph'
export const workerName = `${programName} worker`
/** Of the commands of operators: they are no server. */
export const operatorName = `${programName} operator`

export interface ProgramSessions {
  /** All sessions of servers. */
  readonly sessions: number
  /** Processes that run a worker. Each keeps one session to listen on. */
  readonly workers: number
}

/** Commands of operators do not count. A process that has died counts until Postgres notices, within a minute. */
export async function readSessions(sql: Sql): Promise<ProgramSessions> {
  const [row] = await sql<[ProgramSessions]>`select * from ${programSessions(sql)} as s`
  return row
}

/** One row: the columns of ProgramSessions. A worker that is connecting its listener again counts by its other sessions. */
export function programSessions(sql: Sql) {
  return sql`(
    select count(*)::int as sessions, greatest(
        count(*) filter (where application_name = ${`${workerName} listen`}),
        least(1, count(*) filter (where application_name like ${`${workerName} %`})))::int as workers
    from pg_stat_activity where datname = current_database()
      and application_name like ${`${programName} %`} and application_name not like ${`${operatorName} %`})`
}
