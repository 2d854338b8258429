/**
 * References from other subgraphs: how each is parsed, and how all references of a type are resolved in one statement.
 */
import { type Column, or, type SQL, sql } from 'drizzle-orm'
import { addressKey } from '../../addresses/address-key.ts'
import { array } from '../../db/pg-array.ts'
import { organizations } from '../../db/schema/tables.ts'
import { roleName } from '../../mirror/role-name.ts'
import { numericKey, parseGlobalId } from '../core/global-id.ts'
import { parseAddress } from '../core/scalars.ts'
import { checkedText, userInputError } from '../core/user-input-error.ts'
import type { EntityName } from './subgraph.ts'

/** One key of an object. `slug`: null if the key does not include an organization. */
export type Reference =
  | { readonly by: 'id'; readonly id: number }
  | { readonly by: 'name'; readonly slug: string | null; readonly name: string }

export type Representation = Readonly<Record<string, unknown>>

/**
 * The field that identifies an object of the type within its organization, and how its values are normalized for
 * comparison.
 */
const nameFields: Readonly<
  Record<EntityName, { field: string; needsOrganization: boolean; fold(value: string): string }>
> = {
  User: {
    field: 'primaryEmail',
    needsOrganization: false,
    fold: (value) => addressKey(parseAddress(value, 'primaryEmail')),
  },
  Group: { field: 'groupId', needsOrganization: true, fold: (value) => checkedText('groupId', value) },
  Role: { field: 'name', needsOrganization: true, fold: (value) => roleName(checkedText('name', value)) },
  Organization: { field: 'slug', needsOrganization: false, fold: (value) => checkedText('slug', value) },
  Identity: { field: 'address', needsOrganization: false, fold: (value) => addressKey(parseAddress(value, 'address')) },
}

/** Returns the strongest key in the representation. Throws bad input if it contains none. */
export function referenceOf(typeName: EntityName, representation: Representation): Reference {
  const { id, organization } = representation
  if (typeof id === 'string' && typeName !== 'Identity') {
    return { by: 'id', id: numericKey(parseGlobalId(id, [typeName])) }
  }
  const { field, needsOrganization, fold } = nameFields[typeName]
  const name = representation[field]
  const slug =
    typeof organization === 'object' && organization !== null && 'slug' in organization ? organization.slug : null
  if (typeof name === 'string' && (typeof slug === 'string' || (slug === null && !needsOrganization))) {
    return {
      by: 'name',
      slug: typeof slug === 'string' ? checkedText('organization.slug', slug) : null,
      name: fold(name),
    }
  }
  throw userInputError(
    `The representation of a ${typeName} contains none of its keys; expected id, or ` +
      `${needsOrganization ? 'organization { slug } and ' : ''}${field}`,
  )
}

/** The values of a row that references are compared with. */
export interface ReferredRow {
  readonly id: number
  /** Null for rows that only an id can find: deleted rows do not match by name. */
  readonly referredName: string | null
  readonly referredSlug: string
}

/** Returns the row of each reference, in order: undefined if there is none, an error if there are several. */
export function inPlace<Row extends ReferredRow>(
  references: readonly Reference[],
  rows: readonly Row[],
): (Row | Error | undefined)[] {
  const found = new Map<string, Row[]>()
  for (const row of rows) {
    const { id, referredName: name, referredSlug: slug } = row
    const ways: Reference[] = [{ by: 'id', id }]
    if (name !== null) ways.push({ by: 'name', slug: null, name }, { by: 'name', slug, name })
    for (const way of ways) {
      const same = found.get(keyOf(way))
      if (same) same.push(row)
      else found.set(keyOf(way), [row])
    }
  }
  return references.map((reference) => {
    const [first, second] = found.get(keyOf(reference)) ?? []
    if (second === undefined || reference.by === 'id') return first
    return userInputError('Several organizations have an object with this key; add `organization { slug }` to the key')
  })
}

function keyOf(reference: Reference): string {
  return JSON.stringify(reference.by === 'id' ? [reference.id] : [reference.slug, reference.name])
}

interface Columns {
  readonly id: Column
  readonly organizationId: Column
  readonly name: Column
}

/** Returns the condition that a row is referenced. `isNamed`: the additional condition to be found by name. */
export function isReferred(references: readonly Reference[], { id, organizationId, name }: Columns, isNamed: SQL): SQL {
  const ids = references.flatMap((one) => (one.by === 'id' ? [one.id] : []))
  const names = references.flatMap((one) => (one.by === 'name' && one.slug === null ? [one.name] : []))
  const scoped = references.flatMap((one) =>
    one.by === 'name' && one.slug !== null ? [[one.slug, one.name] as const] : [],
  )
  const ways = [
    ids.length > 0 ? sql`${id} = any(${array(ids)}::bigint[])` : undefined,
    names.length > 0 ? sql`(${name} = any(${array(names)}::text[]) and ${isNamed})` : undefined,
    scoped.length > 0
      ? sql`((${organizationId}, ${name}) in (
          select o.id, wanted.name
          from unnest(${array(scoped.map(([slug]) => slug))}::text[], ${array(scoped.map(([, own]) => own))}::text[]) as wanted(slug, name)
          join ${organizations} o on o.slug = wanted.slug) and ${isNamed})`
      : undefined,
  ]
  return or(...ways) ?? sql`false`
}
