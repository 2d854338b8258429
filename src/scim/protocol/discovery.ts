/** The resources by which a client discovers what is supported. Only what works is listed. */
import { listOf } from './list-response.ts'
import { schemas } from './schemas.ts'
import { ScimError } from './scim-error.ts'

/** `base`: the address of the organization's SCIM service. */
export function discoveryAnswer(
  segments: readonly string[],
  base: string,
  { hasGroups, hasRoles }: { readonly hasGroups: boolean; readonly hasRoles: boolean },
): object | undefined {
  const [first = '', id, ...more] = segments
  if (more.length > 0) return undefined
  if (first === 'ServiceProviderConfig') return id === undefined ? providerConfig(base) : undefined
  const all = first === 'ResourceTypes' ? resourceTypes(base, hasGroups) : schemaList(base, hasGroups, hasRoles)
  if (id === undefined) return listOf(all)
  const found = all.find((one) => one.id.toLowerCase() === id.toLowerCase())
  if (!found) throw new ScimError(404, `There is no resource ${first} with this id`)
  return found
}

export const discoveryNames: readonly string[] = ['ServiceProviderConfig', 'ResourceTypes', 'Schemas']

function providerConfig(base: string) {
  return {
    schemas: [schemas.providerConfig],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: 500 },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'A token with the scope scim, bound to this organization',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  }
}

function resourceTypes(base: string, hasGroups: boolean) {
  const typeOf = (id: string, endpoint: string, schema: string, extensions: readonly string[]) => ({
    schemas: [schemas.resourceType],
    id,
    name: id,
    endpoint,
    description: `${id}s of the organization`,
    schema,
    schemaExtensions: extensions.map((one) => ({ schema: one, required: false })),
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${id}` },
  })
  return [
    typeOf('User', '/Users', schemas.user, [schemas.essentials]),
    ...(hasGroups ? [typeOf('Group', '/Groups', schemas.group, [])] : []),
  ]
}

interface Attribute {
  readonly type?: string
  readonly multiValued?: boolean
  readonly required?: boolean
  readonly caseExact?: boolean
  readonly mutability?: 'readOnly' | 'readWrite' | 'writeOnly'
  readonly uniqueness?: 'none' | 'server'
  readonly description: string
  readonly subAttributes?: readonly object[]
  readonly referenceTypes?: readonly string[]
}

function attribute(name: string, given: Attribute): object {
  const { type = 'string', multiValued = false, required = false, caseExact = false, ...rest } = given
  const { mutability = 'readWrite', uniqueness = 'none', ...others } = rest
  return { name, type, multiValued, required, caseExact, mutability, returned: 'default', uniqueness, ...others }
}

function schemaList(base: string, hasGroups: boolean, hasRoles: boolean) {
  const schemaOf = (id: string, name: string, description: string, attributes: readonly object[]) => ({
    schemas: [schemas.schema],
    id,
    name,
    description,
    attributes,
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${id}` },
  })
  return [
    schemaOf(schemas.user, 'User', 'A user account', userAttributes(hasGroups, hasRoles)),
    ...(hasGroups ? [schemaOf(schemas.group, 'Group', 'A group', groupAttributes)] : []),
    schemaOf(schemas.essentials, 'Essentials', 'Attributes of Proofpoint Essentials', essentialsAttributes),
  ]
}

const value = (description: string, more: Partial<Attribute> = {}) => attribute('value', { description, ...more })

const userAttributes = (hasGroups: boolean, hasRoles: boolean) => [
  attribute('userName', { description: 'The primary address', required: true, uniqueness: 'server' }),
  attribute('externalId', { description: "The client's own identifier", caseExact: true }),
  attribute('name', {
    type: 'complex',
    description: 'The name',
    subAttributes: [
      attribute('givenName', { description: 'The first name' }),
      attribute('familyName', { description: 'The last name' }),
      attribute('formatted', { description: 'The whole name', mutability: 'readOnly' }),
    ],
  }),
  attribute('displayName', { description: 'The whole name', mutability: 'readOnly' }),
  attribute('active', { type: 'boolean', description: 'Whether the account is active' }),
  attribute('emails', {
    type: 'complex',
    multiValued: true,
    description: 'The primary address, and the aliases that clients have set',
    subAttributes: [
      value('The address'),
      attribute('type', { description: 'work: the primary address; other: an alias' }),
      attribute('primary', { type: 'boolean', description: 'Whether it is the primary address' }),
    ],
  }),
  attribute('roles', {
    type: 'complex',
    multiValued: true,
    description: "The vendor's roles",
    mutability: hasRoles ? 'readWrite' : 'readOnly',
    subAttributes: [value('The name of the role')],
  }),
  ...(hasGroups
    ? [
        attribute('groups', {
          type: 'complex',
          multiValued: true,
          description: 'The groups of the user',
          mutability: 'readOnly',
          subAttributes: [
            value('The id of the group', { mutability: 'readOnly' }),
            attribute('$ref', {
              type: 'reference',
              description: 'The group',
              mutability: 'readOnly',
              referenceTypes: ['Group'],
            }),
            attribute('display', { description: 'The name of the group', mutability: 'readOnly' }),
            attribute('type', { description: 'Always direct', mutability: 'readOnly' }),
          ],
        }),
      ]
    : []),
]

const groupAttributes = [
  attribute('displayName', { description: 'The name', required: true, uniqueness: 'server' }),
  attribute('externalId', { description: "The client's own identifier", caseExact: true }),
  attribute('members', {
    type: 'complex',
    multiValued: true,
    description: 'The members',
    subAttributes: [
      value('The id of the user'),
      attribute('$ref', { type: 'reference', description: 'The user', referenceTypes: ['User'] }),
      attribute('display', { description: 'The address of the user', mutability: 'readOnly' }),
      attribute('type', { description: 'Always User' }),
    ],
  }),
]

const essentialsAttributes = [
  attribute('aliases', { multiValued: true, description: 'All aliases', mutability: 'readOnly' }),
  attribute('accountKind', { description: 'USER or ALIAS', mutability: 'readOnly' }),
  attribute('mailboxSize', { type: 'integer', description: 'In MB', mutability: 'readOnly' }),
]
