/** References from other subgraphs: how each is parsed. */
import { addressKey } from '../../addresses/address-key.ts'
import { roleName } from '../../mirror/role-name.ts'
import { type Ref, ref } from '../../planner/read.ts'
import { numericKey, parseGlobalId } from '../core/global-id.ts'
import { parseAddress } from '../core/scalars.ts'
import { checkedText, userInputError } from '../core/user-input-error.ts'
import { identityRef } from '../user/identity.ts'
import type { EntityName } from './subgraph.ts'

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
export function referenceOf(typeName: EntityName, representation: Representation): Ref {
  const { id, organization } = representation
  if (typeof id === 'string' && typeName !== 'Identity') {
    return ref(typeName, numericKey(parseGlobalId(id, [typeName])))
  }
  const { field, needsOrganization, fold } = nameFields[typeName]
  const name = representation[field]
  const slug =
    typeof organization === 'object' && organization !== null && 'slug' in organization ? organization.slug : null
  if (typeof name === 'string' && (typeof slug === 'string' || (slug === null && !needsOrganization))) {
    if (typeName === 'Identity') return identityRef(parseAddress(name, field))
    const scope = typeof slug === 'string' ? checkedText('organization.slug', slug) : null
    return { type: typeName, by: scope === null ? 'name' : 'scoped', id: null, name: fold(name), scope }
  }
  throw userInputError(
    `The representation of a ${typeName} contains none of its keys; expected id, or ` +
      `${needsOrganization ? 'organization { slug } and ' : ''}${field}`,
  )
}
