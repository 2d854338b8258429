/**
 * The parts of a statement whose answers are cached until the organization's mirror changes (count-cache.ts). Each is a
 * table of one row: the answer, or the cached one and whether it is still valid. A statement with a cached answer has no
 * query for it, which Postgres would prepare at each execution. If it is outdated, the statement without it is sent.
 */
import { createHash } from 'node:crypto'
import { type SQL, sql } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import { isoOf } from '../db/timestamps.ts'
import { type Compiling, Given, type Recalled } from './given.ts'

const dialect = new PgDialect()

/** A part whose answer is cached under the key. */
export interface CachedAnswer {
  readonly key: Given<string>
  /** The statement has no query for the answer, because it was cached. It must be sent anew if that is outdated. */
  readonly isRecalled: boolean
}

/** Values that a statement reads once, and uses in several places. Each is a table of one column, `value`. */
class SharedValues {
  readonly tables: SQL[] = []
  readonly #references = new Map<unknown, SQL>()

  /** `query`: for one value, of nothing outside of it. Queries with the same key are the same. */
  add(key: unknown, query: SQL): SQL {
    const known = this.#references.get(key)
    if (known) return known
    const name = sql.raw(`shared_${this.tables.length + 1}`)
    this.tables.push(sql`${name} (value) as materialized (${query})`)
    const reference = sql`(select value from ${name})`
    this.#references.set(key, reference)
    return reference
  }
}

export class CachedAnswers {
  readonly answers: CachedAnswer[] = []
  readonly shared = new SharedValues()
  readonly #tables: SQL[] = []
  readonly #compiling: Compiling

  constructor(compiling: Compiling) {
    this.#compiling = compiling
  }

  /** Places the tables, and the values that they share with it, before the query. */
  before(query: SQL): SQL {
    const all = [...this.shared.tables, ...this.#tables]
    return all.length > 0 ? sql`with ${sql.join(all, sql`, `)} ${query}` : query
  }

  /** For each answer, what is cached: [organization id, time, whether it was cached already, JSON]. */
  get columns(): SQL[] {
    return this.answers.map(
      (
        _,
        i,
      ) => sql`(select json_build_array(id, learnt_at::text, is_known, case when not is_known then answer end)::text
        from ${nameOf(i)})`,
    )
  }

  /** Returns the answer as text; null if there is no such organization. */
  add(organizationId: SQL, question: SQL): SQL {
    const asked = dialect.sqlToQuery(sql`${sql.join(this.shared.tables, sql`, `)} ${organizationId} ${question}`)
    const digest = createHash('sha256').update(asked.sql).digest('base64')
    const key = new Given((run) => {
      const values = asked.params.map((param) => (param instanceof Given ? param.of(run) : param))
      return JSON.stringify([run.moment ?? null, digest, values])
    }, this.#compiling)
    const recalled = new Given((run) => run.recall(key.of(run)), this.#compiling)
    const isRecalled = recalled.choose((one) => one !== undefined)
    const name = nameOf(this.answers.length)
    const row = isRecalled
      ? this.#recall(recalled)
      : sql`select o.id, o.learnt_at, false, (select to_json((${question}))::text)`
    this.#tables.push(sql`${name} (id, learnt_at, is_known, answer) as materialized (
      ${row} from organizations o where o.id = ${organizationId})`)
    this.answers.push({ key, isRecalled })
    return sql`(select answer from ${name})`
  }

  #recall(recalled: Given<Recalled | undefined>): SQL {
    const stays = new Given((run) => {
      const learntAt = recalled.of(run)?.learntAt
      return String(run.moment !== undefined && learntAt !== undefined && run.moment <= isoOf(learntAt))
    }, this.#compiling)
    const isKnown = sql`coalesce(o.id = ${recalled.map((one) => one?.organizationId ?? null)}::bigint
      and (${stays}::text::boolean or o.learnt_at = ${recalled.map((one) => one?.learntAt ?? null)}::timestamptz), false)`
    return sql`select o.id, o.learnt_at, ${isKnown}, ${recalled.map((one) => one?.answer ?? null)}::text`
  }
}

function nameOf(index: number): SQL {
  return sql.raw(`cached_${index + 1}`)
}
