/**
 * Compiles a filter to a condition in SQL. All names in the text come from the tables below, and all values of the
 * caller are parameters.
 */

import { addressKey } from '../../addresses/address-key.ts'
import { functionalRole } from '../../writes/not-offered.ts'
import { isStorable, isUuid, shown } from './attributes.ts'
import type { Filter, FilterValue, Operator } from './filter-parser.ts'
import { ScimError } from './scim-error.ts'

/** The parameters of a statement that is built as text. */
export class Parameters {
  readonly values: unknown[] = []

  /** Adds a value, and returns its place in the text. */
  add(value: unknown, type: string): string {
    this.values.push(value)
    return `$${this.values.length}::${type}`
  }
}

/** An attribute that filters can name. */
export interface FilterColumn {
  /** EXACT and FOLDED are text; FOLDED ignores letter case. */
  readonly type: 'EXACT' | 'FOLDED' | 'TRUTH' | 'MOMENT'
  readonly sql: string
  /** A condition that an index supports, for `eq`. */
  readonly equals?: (value: string, parameters: Parameters) => string
}

/** A list that filters can name, as rows. */
export interface FilterList {
  /** A subquery whose columns the entries name. It may refer to the row of the resource. */
  readonly from: string
  readonly columns: Readonly<Record<string, FilterColumn>>
  /** The column that a filter without a sub-attribute means. */
  readonly main: string
  /** A condition that an index supports, for `eq` of the main column. */
  readonly equals?: (value: string, parameters: Parameters) => string
}

export interface Filterable {
  readonly columns: Readonly<Record<string, FilterColumn>>
  readonly lists: Readonly<Record<string, FilterList>>
}

/** Returns a condition that is true or false, never null. */
export function compileFilter(filter: Filter, kind: Filterable, parameters: Parameters): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${filter.all.map((one) => compileFilter(one, kind, parameters)).join(` ${filter.kind} `)})`
    case 'not':
      return `(not ${compileFilter(filter.filter, kind, parameters)})`
    case 'entry': {
      const list = own(kind.lists, filter.attribute)
      if (!list) throw unsupported(filter.attribute)
      return existsIn(list, compileFilter(filter.filter, { columns: list.columns, lists: {} }, parameters))
    }
    default:
      return compileTerm(filter, kind, parameters)
  }
}

type Term = Extract<Filter, { kind: 'present' | 'compare' }>

function compileTerm(term: Term, kind: Filterable, parameters: Parameters): string {
  const column = own(kind.columns, term.attribute)
  if (column) return conditionOn(column, term, parameters)
  const [name = '', sub] = term.attribute.split('.')
  const list = own(kind.lists, name)
  const entry = list && own(list.columns, sub ?? list.main)
  if (!entry) throw unsupported(term.attribute)
  const isMain = (sub ?? list.main) === list.main
  if (isMain && list.equals && term.kind === 'compare' && term.operator === 'eq')
    return list.equals(textIn(term.value, term.attribute), parameters)
  if (term.kind === 'compare' && term.operator === 'ne')
    return `(not ${existsIn(list, conditionOn(entry, { ...term, operator: 'eq' }, parameters))})`
  return existsIn(list, conditionOn(entry, term, parameters))
}

function existsIn(list: FilterList, condition: string): string {
  return `exists (select from (${list.from}) e where ${condition})`
}

function conditionOn(column: FilterColumn, term: Term, parameters: Parameters): string {
  const { sql, type } = column
  if (term.kind === 'present')
    return type === 'TRUTH' || type === 'MOMENT' ? `(${sql} is not null)` : `(coalesce(${sql}, '') <> '')`
  const { attribute, operator, value } = term
  if (!value.isQuoted && value.text.toLowerCase() === 'null') return nullCondition(sql, term)
  if (operator === 'ne') return `(not ${conditionOn(column, { ...term, operator: 'eq' }, parameters)})`
  if (type === 'TRUTH') {
    if (operator !== 'eq') throw invalid(`${attribute} supports only eq, ne and pr`)
    return `coalesce(${sql} = ${parameters.add(truthIn(value, attribute), 'boolean')}, false)`
  }
  if (type === 'MOMENT') return momentCondition(sql, term, parameters)
  const text = textIn(value, attribute)
  if (operator === 'eq' && column.equals) return column.equals(text, parameters)
  return `coalesce(${textCondition(column, operator, text, parameters)}, false)`
}

function textCondition({ sql, type }: FilterColumn, operator: Operator, text: string, parameters: Parameters): string {
  const given = parameters.add(text, 'text')
  const [left, right] = type === 'FOLDED' ? [`fold_case(${sql})`, `fold_case(${given})`] : [sql, given]
  switch (operator) {
    case 'co':
      return `strpos(${left}, ${right}) > 0`
    case 'sw':
      return `starts_with(${left}, ${right})`
    case 'ew':
      return `right(${left}, length(${right})) = ${right}`
    default:
      return `${left} collate "C" ${comparisons[operator]} ${right} collate "C"`
  }
}

const comparisons = { eq: '=', ne: '<>', gt: '>', ge: '>=', lt: '<', le: '<=' } as const

function momentCondition(
  sql: string,
  { attribute, operator, value }: Term & { kind: 'compare' },
  parameters: Parameters,
): string {
  if (operator === 'co' || operator === 'sw' || operator === 'ew')
    throw invalid(`${attribute} does not support ${operator}`)
  const time = /^\d{4}-\d\d-\d\d/.test(value.text) ? Date.parse(value.text) : Number.NaN
  if (Number.isNaN(time))
    throw invalid(`${attribute} must be compared with a date and time, such as "2026-01-31T12:00:00Z"`)
  const given = parameters.add(new Date(time).toISOString(), 'timestamptz')
  return `coalesce(date_trunc('milliseconds', ${sql}) ${comparisons[operator]} ${given}, false)`
}

function nullCondition(sql: string, { attribute, operator }: Term & { kind: 'compare' }): string {
  if (operator === 'eq') return `(${sql} is null)`
  if (operator === 'ne') return `(${sql} is not null)`
  throw invalid(`${attribute} can be compared with null only by eq and ne`)
}

function textIn({ text }: FilterValue, attribute: string): string {
  if (!isStorable(text)) throw invalid(`the value of ${attribute} contains control characters or unpaired surrogates`)
  return text
}

function truthIn({ text }: FilterValue, attribute: string): boolean {
  const lower = text.toLowerCase()
  if (lower !== 'true' && lower !== 'false') throw invalid(`${attribute} must be compared with true or false`)
  return lower === 'true'
}

function own<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

function unsupported(attribute: string): ScimError {
  return invalid(`the attribute ${shown(attribute)} cannot be filtered by`)
}

function invalid(problem: string): ScimError {
  return new ScimError(400, `The filter is invalid: ${problem}`, { type: 'invalidFilter' })
}

/** Live users with this primary address, as ids of resources. Also resources whose user the mirror does not show yet. */
const byAddress = (key: string) => `
  select x.id from users y join scim_resources x on x.node_id = y.id
  where y.organization_id = $1 and y.deleted_at is null and y.address_key = ${key}
  union all
  select x.id from scim_resources x where x.organization_id = $1 and x.node_id is null and x.address_key = ${key}`

const id: FilterColumn = {
  type: 'EXACT',
  sql: 'r.id::text',
  equals: (value, parameters) => (isUuid(value) ? `(r.id = ${parameters.add(value, 'uuid')})` : '(false)'),
}

const externalId = (kind: 'User' | 'Group'): FilterColumn => ({
  type: 'EXACT',
  sql: 'r.external_id',
  equals: (value, parameters) => `(r.id = any(array(
    select x.id from scim_resources x
    where x.organization_id = $1 and x.kind = '${kind}' and x.external_id = ${parameters.add(value, 'text')}
      and x.hidden_at is null and x.ended_at is null)))`,
})

const first = `coalesce(u.first_name, r.pending->>'givenName')`
const last = `coalesce(u.last_name, r.pending->>'familyName')`
const email = `coalesce(u.primary_email, r.pending->>'userName')`

/** A client turned the user off by making it a functional account. Other functional accounts are on. */
export const isFunctional = `(r.deprovisioned->>'how' = 'FUNCTIONAL' and exists (
  select from role_grants p join roles o on o.id = p.role_id
  where p.user_id = u.id and p.valid_to is null and o.name = '${functionalRole}'))`
const active = `coalesce(u.status = 'ACTIVE' and ${isFunctional} is not true, (r.pending->>'active')::boolean)`

/** `$1` is the organization, `r` the resource, and `u` its user. */
export const userFilters: Filterable = {
  columns: {
    id,
    username: {
      type: 'FOLDED',
      sql: email,
      equals: (value, parameters) => `(r.id = any(array(${byAddress(parameters.add(addressKey(value), 'text'))})))`,
    },
    externalid: externalId('User'),
    'name.givenname': { type: 'FOLDED', sql: first },
    'name.familyname': { type: 'FOLDED', sql: last },
    'name.formatted': { type: 'FOLDED', sql: `nullif(concat_ws(' ', ${first}, ${last}), '')` },
    active: { type: 'TRUTH', sql: active },
    'meta.lastmodified': { type: 'MOMENT', sql: 'greatest(r.changed_at, u.version_from)' },
  },
  lists: {
    emails: {
      from: `
        select ${email} as value, 'work' as type, true as is_primary
        union all
        select a.address, 'other', false from aliases a
        where a.user_id = u.id and a.valid_to is null and a.address_key = any(r.managed_aliases)`,
      columns: {
        value: { type: 'FOLDED', sql: 'e.value' },
        type: { type: 'FOLDED', sql: 'e.type' },
        primary: { type: 'TRUTH', sql: 'e.is_primary' },
      },
      main: 'value',
      equals: (value, parameters) => {
        const key = parameters.add(addressKey(value), 'text')
        return `(r.id = any(array(${byAddress(key)}
          union all
          select x.id from aliases a join scim_resources x on x.node_id = a.user_id
          where a.organization_id = $1 and a.valid_to is null and a.address_key = ${key} and ${key} = any(x.managed_aliases))))`
      },
    },
  },
}

/** `$1` is the organization, `r` the resource, and `g` its group. */
export const groupFilters: Filterable = {
  columns: {
    id,
    displayname: { type: 'FOLDED', sql: 'g.name' },
    externalid: externalId('Group'),
    'meta.lastmodified': { type: 'MOMENT', sql: 'greatest(r.changed_at, g.version_from)' },
  },
  lists: {
    members: {
      from: `
        select x.id::text as value from memberships m join scim_resources x on x.node_id = m.user_id
        where m.group_id = g.id and m.valid_to is null and x.hidden_at is null`,
      columns: { value: { type: 'EXACT', sql: 'e.value' } },
      main: 'value',
    },
  },
}
