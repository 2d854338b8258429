/**
 * The parts of a statement whose answers are cached until the organization's mirror changes (count-cache.ts). Each is a
 * table of one row: the cached answer if it is still valid, and otherwise the answer.
 */
import { createHash } from 'node:crypto'
import { type SQL, sql } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import { isoOf } from '../db/timestamps.ts'
import { type Compiling, Given } from './given.ts'

const dialect = new PgDialect()

export class CachedAnswers {
  readonly keys: Given<string>[] = []
  readonly #tables: SQL[] = []
  readonly #compiling: Compiling

  constructor(compiling: Compiling) {
    this.#compiling = compiling
  }

  /** The tables, to be placed before the statement. */
  get prelude(): SQL {
    return this.#tables.length > 0 ? sql`with ${sql.join(this.#tables, sql`, `)} ` : sql``
  }

  /** For each answer, what is cached: [organization id, time, whether it was cached already, JSON]. */
  get columns(): SQL[] {
    return this.keys.map(
      (
        _,
        i,
      ) => sql`(select json_build_array(id, learnt_at::text, is_known, case when not is_known then answer end)::text
        from ${nameOf(i)})`,
    )
  }

  /** Returns the answer as text; null if there is no such organization. */
  add(organizationId: SQL, question: SQL): SQL {
    const asked = dialect.sqlToQuery(sql`${organizationId} ${question}`)
    const digest = createHash('sha256').update(asked.sql).digest('base64')
    const key = new Given((run) => {
      const values = asked.params.map((param) => (param instanceof Given ? param.of(run) : param))
      return JSON.stringify([run.moment ?? null, digest, values])
    }, this.#compiling)
    const recalled = new Given((run) => run.recall(key.of(run)), this.#compiling)
    const stays = new Given((run) => {
      const learntAt = recalled.of(run)?.learntAt
      return String(run.moment !== undefined && learntAt !== undefined && run.moment <= isoOf(learntAt))
    }, this.#compiling)
    const name = nameOf(this.keys.length)
    this.#tables.push(sql`${name} as materialized (
      select o.id, o.learnt_at, k.is_known,
        case when k.is_known then ${recalled.map((one) => one?.answer ?? null)}::text else (select to_json((${question}))::text) end as answer
      from organizations o cross join lateral (
        select coalesce(o.id = ${recalled.map((one) => one?.organizationId ?? null)}::bigint
          and (${stays}::text::boolean or o.learnt_at = ${recalled.map((one) => one?.learntAt ?? null)}::timestamptz), false) as is_known) k
      where o.id = ${organizationId})`)
    this.keys.push(key)
    return sql`(select answer from ${name})`
  }
}

function nameOf(index: number): SQL {
  return sql.raw(`cached_${index + 1}`)
}
