/** What names our things to other subgraphs: the entities of the supergraph and their keys, the strongest first. */
export const entityKeys = {
  User: ['id', 'primaryEmail', 'organization { slug } primaryEmail'],
  Group: ['id', 'organization { slug } groupId'],
  Role: ['id', 'organization { slug } name'],
  Organization: ['id', 'slug'],
  Identity: ['address'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type EntityName = keyof typeof entityKeys
