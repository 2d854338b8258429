/** The entities of the supergraph and their keys, the strongest key first. */
export const entityKeys = {
  User: ['id', 'primaryEmail', 'organization { slug } primaryEmail'],
  Group: ['id', 'organization { slug } groupId'],
  Role: ['id', 'organization { slug } name'],
  Organization: ['id', 'slug'],
  Identity: ['address'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type EntityName = keyof typeof entityKeys
