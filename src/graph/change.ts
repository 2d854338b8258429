/** The feed of changes: its types, and how they are found by their global ids. Who asks for pages of it is changes.ts. */
import { type ChangeRow, readChangesAt } from '../mirror/read-changes.ts'
import { changeKind, changeOrigin } from '../mirror/tables.ts'
import { batchedNode } from './batch.ts'
import { builder } from './builder.ts'
import { encodeGlobalId, type GlobalId, noSuchId } from './global-id.ts'
import { GraphNode } from './graph-node.ts'
import { addNodeSource } from './node.ts'
import { visibleSlugs } from './visible.ts'

type Kind = ChangeRow['kind']

const kinds: Record<Kind, string> = {
  USER_CREATED: 'An account came. `after`: its profile.',
  USER_DELETED: 'An account is gone. `before`: its profile.',
  USER_RECREATED: 'An account came at the address of one that is gone: a new life. `after`: its profile.',
  FIELD_CHANGED: 'A field of the subject is another. `field` names it.',
  MEMBER_ADDED: 'The subject became a member of the object.',
  MEMBER_REMOVED: 'The subject is no longer a member of the object.',
  ROLE_GRANTED: 'The subject holds the object.',
  ROLE_REVOKED: 'The subject no longer holds the object.',
  ALIAS_ADDED: 'The subject claims the object.',
  ALIAS_REMOVED: 'The subject no longer claims the object.',
  GROUP_CREATED: 'A group came.',
  GROUP_DELETED: 'A group is gone.',
  GROUP_RENAMED: 'A group has another name.',
}

const origins: Record<ChangeRow['origin'], string> = {
  PULL: 'A pull found it.',
  REFRESH: 'Reading this one user found it.',
  WRITE: 'It was written through this graph.',
}

export const ChangeKind = builder.enumType('ChangeKind', {
  description: 'What became different.',
  values: described(changeKind.enumValues, kinds),
})

const ChangeOrigin = builder.enumType('ChangeOrigin', {
  description: 'How the mirror learnt of a change.',
  values: described(changeOrigin.enumValues, origins),
})

export const Change = builder.objectRef<ChangeRow>('Change').implement({
  description: 'One thing that became different, as the mirror learnt it.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      description: 'Names the change in this graph.',
      resolve: ({ organizationId, position }) => encodeGlobalId('Change', `${organizationId}-${position}`),
    }),
    kind: t.field({ type: ChangeKind, description: 'What became different.', resolve: ({ kind }) => kind }),
    subject: t.field({
      type: GraphNode,
      description: 'Whom it is about: a user or a group, also where that is gone by now.',
      resolve: async (change, _args, context, info) => {
        const id = subjectOf(change)
        const subject = await batchedNode(id, context, info)
        if (!subject) throw new Error(`A change is about ${id.typeName} ${id.key}, which the mirror does not have`)
        return subject as never
      },
    }),
    object: t.field({
      type: GraphNode,
      nullable: true,
      description: 'The group, role or alias of a relationship; null for changes of other kinds.',
      resolve: (change, _args, context, info) => {
        const id = objectOf(change)
        return id && (batchedNode(id, context, info) as never)
      },
    }),
    field: t.string({
      nullable: true,
      description: 'Of a FIELD_CHANGED: the field of the subject, by its name in this graph.',
      resolve: ({ field }) => field,
    }),
    before: t.field({
      type: 'JSON',
      nullable: true,
      description: 'What it was; null where there was nothing, or it is not known.',
      resolve: ({ before }) => before,
    }),
    after: t.field({
      type: 'JSON',
      nullable: true,
      description: 'What it is since; null where there is nothing.',
      resolve: ({ after }) => after,
    }),
    origin: t.field({
      type: ChangeOrigin,
      description: 'How the mirror learnt of it.',
      resolve: ({ origin }) => origin,
    }),
    notBefore: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'It happened at the vendor after this; null: unknown.',
      resolve: ({ notBefore }) => notBefore,
    }),
    notAfter: t.field({
      type: 'DateTime',
      description: 'It happened at the vendor not after this.',
      resolve: ({ notAfter }) => notAfter,
    }),
    actor: t.string({
      nullable: true,
      description:
        'Who asked for it, where origin is WRITE; who asked for the reading, where it is REFRESH; who declared the user gone, where a person did.',
      resolve: ({ actor }) => actor,
    }),
  }),
})

addNodeSource<string>('Change', {
  keyOf: ({ key }) => {
    placeOf(key)
    return key
  },
  load: async (keys, context) => {
    const changes = await readChangesAt(context.sql, visibleSlugs(context), keys.map(placeOf))
    return new Map(changes.map((change) => [`${change.organizationId}-${change.position}`, change]))
  },
})

function placeOf(key: string): { organizationId: number; position: number } {
  const [, organizationId = '', position = ''] = /^([1-9]\d*)-([1-9]\d*)$/.exec(key) ?? []
  const place = { organizationId: Number(organizationId), position: Number(position) }
  if (!position || !Number.isSafeInteger(place.organizationId) || !Number.isSafeInteger(place.position)) {
    throw noSuchId('Change')
  }
  return place
}

function subjectOf({ kind, subjectId }: ChangeRow): GlobalId {
  return { typeName: kind.startsWith('GROUP_') ? 'Group' : 'User', key: String(subjectId) }
}

function objectOf({ kind, objectId }: ChangeRow): GlobalId | null {
  if (objectId === null) return null
  const [word = ''] = kind.split('_')
  const typeName = { MEMBER: 'Group', ROLE: 'Role', ALIAS: 'Alias' }[word]
  return typeName === undefined ? null : { typeName, key: String(objectId) }
}

function described<Value extends string>(values: readonly Value[], descriptions: Record<Value, string>) {
  return Object.fromEntries(values.map((value) => [value, { description: descriptions[value] }])) as Record<
    Value,
    { description: string }
  >
}
