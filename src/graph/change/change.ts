/** The types of the change feed, and how changes are found by global ID. Pages of the feed are in changes.ts. */

import { changeKind, changeOrigin } from '../../db/schema/tables.ts'
import { type ChangeRow, readChangesAt } from '../../mirror/feed/read-changes.ts'
import { type Ref, ref } from '../../planner/read.ts'
import { GraphNode } from '../analysis/graph-node.ts'
import { builder, Node } from '../builder.ts'
import { encodeGlobalId, noSuchId } from '../core/global-id.ts'
import { addNodeType } from '../core/node.ts'
import { visibleSlugs } from '../core/tenant-visibility.ts'

type Kind = ChangeRow['kind']

const kinds: Record<Kind, string> = {
  USER_CREATED: 'An account was created. `after` is its profile.',
  USER_DELETED: 'An account was deleted. `before` is its profile.',
  USER_RECREATED: 'A new account was created at the address of a deleted one. `after` is its profile.',
  FIELD_CHANGED: 'A field of the subject changed. `field` names it.',
  MEMBER_ADDED: 'The subject became a member of the object, a group.',
  MEMBER_REMOVED: 'The subject is no longer a member of the object, a group.',
  ROLE_GRANTED: 'The object, a role, was granted to the subject.',
  ROLE_REVOKED: 'The object, a role, was revoked from the subject.',
  ALIAS_ADDED: 'The object, an alias, was added to the subject.',
  ALIAS_REMOVED: 'The object, an alias, was removed from the subject.',
  GROUP_CREATED: 'A group was created.',
  GROUP_DELETED: 'A group was deleted.',
  GROUP_RENAMED: 'A group was renamed.',
}

const origins: Record<ChangeRow['origin'], string> = {
  PULL: 'A pull found the change.',
  REFRESH: 'A read of this single user found the change.',
  WRITE: 'The change was written through this API.',
}

export const ChangeKind = builder.enumType('ChangeKind', {
  description: 'The kind of a change.',
  values: described(changeKind.enumValues, kinds),
})

const ChangeOrigin = builder.enumType('ChangeOrigin', {
  description: 'How the mirror observed a change.',
  values: described(changeOrigin.enumValues, origins),
})

export const Change = builder.objectRef<ChangeRow>('Change').implement({
  description: "A single difference between two observations of the vendor's data.",
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({
      description: 'The global ID of the change.',
      resolve: ({ organizationId, position }) => encodeGlobalId('Change', `${organizationId}-${position}`),
    }),
    kind: t.expose('kind', { type: ChangeKind, description: 'The kind of the change.' }),
    subject: t.field({
      type: GraphNode,
      description: 'The user or group that changed. Returned even if it has been deleted since.',
      refs: ({ kind, subjectId }) => ref(kind.startsWith('GROUP_') ? 'Group' : 'User', subjectId),
    }),
    object: t.field({
      type: GraphNode,
      nullable: true,
      description: 'The group, role or alias of a changed relationship. Null for changes of other kinds.',
      refs: objectOf,
    }),
    field: t.exposeString('field', {
      nullable: true,
      description:
        'For FIELD_CHANGED: the name of the changed field of the subject, as in this API. Null for changes of ' +
        'other kinds.',
    }),
    before: t.expose('before', {
      type: 'JSON',
      nullable: true,
      description: 'The previous value. Null if there was none or it is unknown.',
    }),
    after: t.expose('after', {
      type: 'JSON',
      nullable: true,
      description: 'The new value. Null if there is none.',
    }),
    origin: t.expose('origin', {
      type: ChangeOrigin,
      description: 'How the mirror observed the change.',
    }),
    baseline: t.expose('baseline', {
      type: 'Boolean',
      description:
        'Whether the change belongs to the baseline: the mirror read this for the first time, and it existed before ' +
        'the first pull of the organization was complete. It is not known to have changed at the vendor.',
    }),
    notBefore: t.expose('notBefore', {
      type: 'DateTime',
      nullable: true,
      description: 'The change happened at the vendor after this time. Null if unknown.',
    }),
    notAfter: t.expose('notAfter', {
      type: 'DateTime',
      description: 'The change happened at the vendor no later than this time.',
    }),
    actor: t.exposeString('actor', {
      nullable: true,
      description:
        'The name of the caller that caused the change: who requested the write (origin WRITE), requested the ' +
        'read (origin REFRESH), or declared the user gone. Null for other changes.',
    }),
  }),
})

addNodeType('Change', {
  checkKey: (key) => void placeOf(key),
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

function objectOf({ kind, objectId }: ChangeRow): Ref | null {
  if (objectId === null) return null
  const [word = ''] = kind.split('_')
  const type = { MEMBER: 'Group', ROLE: 'Role', ALIAS: 'Alias' }[word]
  return type === undefined ? null : ref(type, objectId)
}

function described<Value extends string>(values: readonly Value[], descriptions: Record<Value, string>) {
  return Object.fromEntries(values.map((value) => [value, { description: descriptions[value] }])) as Record<
    Value,
    { description: string }
  >
}
