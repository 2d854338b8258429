/**
 * Typo-tolerant search by the trigrams of `search_key`. An exact match of an address comes first. Other results are
 * ranked by how well the text contains the search words, then by how little other text it contains.
 */

import { addressKey } from '../addresses/address-key.ts'
import type { Queryable } from '../db/database.ts'
import { array } from '../db/pg-array.ts'

const searchedTypes = ['User', 'Group', 'Role', 'Alias', 'Organization'] as const
export type SearchedType = (typeof searchedTypes)[number]

/**
 * The maximum number of rows to rank per type, both of those that contain all words and of those that resemble them. If
 * thousands have the same name, only some are ranked.
 */
export const mostCompared = 2_000

export interface SearchHit {
  readonly type: SearchedType
  readonly id: number
  /** 1: an exact match of the address. Otherwise at most 0.99, which means the exact words. */
  readonly score: number
}

export interface SearchWanted {
  readonly text: string
  readonly types: ReadonlySet<SearchedType>
  /** The slugs of the organizations that may be searched; null: all mirrored organizations. */
  readonly visible: readonly string[] | null
  /** A slug; null: the only organization that may be searched. */
  readonly organization: string | null
  readonly limit: number
}

/**
 * Returns the hits, best match first, ties by text. Returns undefined if the request does not identify one
 * organization.
 */
export async function search(sql: Queryable, wanted: SearchWanted): Promise<SearchHit[] | undefined> {
  const { text, types, visible, organization, limit } = wanted
  const branches = searchedTypes.filter((type) => types.has(type)).map((type) => branchOf[type])
  const rows = await sql.unsafe<(SearchHit & { label: string | null })[]>(
    `with there as materialized (
      select id, slug, name from organizations where retired_at is null and ($5::text[] is null or slug = any($5::text[]))
    ),
    meant as (
      select *, $2::text as address, search_key($1) as whole,
        case when $1 like '%@%' then search_key(split_part($1, '@', 1)) else search_key($1) end as words
      from there where case when $3::text is null then (select count(*) from there) = 1 else slug = $3 end
    ),
    o as materialized (
      select *, ${patterns} from (
        select *, (
          select array_agg(word order by length(word) desc)
          from regexp_split_to_table(words, '[^[:alnum:]]+') word where word <> '') as each
        from meant
      ) m
    )
    select hits.* from o left join lateral (
      select type, id, label, max(score)::float8 as score from (${branches.join(' union all ') || nothing}) h
      group by type, id, label order by score desc, label, id limit $4
    ) hits on true
    order by score desc, label, id`,
    [text, addressKey(text.trim()), organization, limit, visible && array(visible)],
    { prepare: true },
  )
  if (rows.length === 0) return undefined
  return rows.filter(({ id }) => id !== null).map(({ type, id, score }) => ({ type, id, score }))
}

const nothing = `select null as type, null::bigint as id, null as label, null::float8 as score where false`

/** The longest words as patterns for the trigram index. If there are fewer than three, one is repeated. */
const patterns = `length(each[1]) >= 3 as looked_up, ${[1, 2, 3]
  .map((i) => `'%' || case when length(each[${i}]) >= 3 then each[${i}] else each[1] end || '%' as pattern_${i}`)
  .join(', ')}`

const hasAllWords = `o.looked_up and t.search_key like o.pattern_1 and t.search_key like o.pattern_2 and t.search_key like o.pattern_3
  and (select bool_and(strpos(t.search_key, word) > 0) from unnest(o.each) word)`

/** How well the text of the row `t` contains the search words, and how much of its whole text they are. */
const likeness = `0.9 * word_similarity(o.words, t.search_key) + 0.09 * similarity(o.whole, t.label)`

/**
 * First selects rows that contain all words, so that they are not lost among the many that contain one of them. If
 * there are fewer than requested, adds rows that resemble the text well, by `%>`. Only if there are none, adds rows
 * that resemble it at all, by `%>>`: one wrong letter of five leaves a third of the trigrams. The thresholds are
 * settings of the connection (database.ts).
 *
 * The search text is in `o`, outside of the subquery, where Postgres treats it like a constant: the indexes of all
 * parts of a view then apply (views.ts).
 */
const alike = (type: SearchedType, table: string, label: string, isThere: string) => {
  const found = (condition: string) => `
    select t.id, ${label} as label, t.search_key from ${table} t
    where t.organization_id = o.id and ${isThere} and ${condition} limit ${mostCompared}`
  return `
    select '${type}' as type, t.id, t.label, ${likeness} as score from (
      with whole as materialized (${found(hasAllWords)}),
      good as materialized (${found('t.search_key %> o.words and (select count(*) from whole) < $4')})
      select * from whole union all select * from good
      union all (${found('t.search_key %>> o.words and not exists (select from whole) and not exists (select from good)')})
    ) t`
}

const exact = (type: SearchedType, table: string, isThere: string) => `
  select '${type}', t.id, t.address_key, 1 from ${table} t
  where t.organization_id = o.id and ${isThere} and t.address_key = o.address`

const branchOf: Readonly<Record<SearchedType, string>> = {
  User: `${alike('User', 'users', 't.address_key', 't.deleted_at is null')} union all ${exact('User', 'users', 't.deleted_at is null')}`,
  Alias: `${alike('Alias', 'aliases', 't.address_key', 't.valid_to is null')} union all ${exact('Alias', 'aliases', 't.valid_to is null')}`,
  Group: alike('Group', 'groups', 't.name', 't.deleted_at is null'),
  Role: alike(
    'Role',
    '(select id, organization_id, name, search_key(name) as search_key from roles)',
    't.name',
    'true',
  ),
  Organization: `
    select 'Organization' as type, t.id, t.label, ${likeness} as score
    from (select o.id, o.slug as label, search_key(o.name || ' ' || o.slug) as search_key) t where t.search_key %> o.words`,
}
