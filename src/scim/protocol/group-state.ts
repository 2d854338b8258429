/** The attributes of a group that clients can set, and how PUT and PATCH change them. Pure. */
import { type Attributes, attributesOf, shown, textOf } from './attributes.ts'
import type { Filter } from './filter-parser.ts'
import type { PatchOperation } from './patch.ts'
import { badValue, ScimError } from './scim-error.ts'

export interface GroupState {
  readonly displayName: string
  readonly externalId: string | null
  /** The ids of the members. */
  readonly members: ReadonlySet<string>
}

const longestExternalId = 512
const mostMembers = 10_000

/** Reads the body of a POST or PUT. */
export function groupOfBody(body: Attributes, before?: GroupState): GroupState {
  const displayName = textOf(body.get('displayname'), 'displayName')
  if (displayName === null) throw badValue('displayName is required')
  return {
    displayName,
    externalId: textOf(body.get('externalid'), 'externalId', longestExternalId) ?? before?.externalId ?? null,
    members: new Set(memberIdsOf(body.get('members') ?? [])),
  }
}

/** Applies the operations in order to a copy of the state. Throws if one of them is invalid. */
export function patchedGroup(before: GroupState, operations: readonly PatchOperation[]): GroupState {
  let state = before
  for (const operation of operations) state = patched(state, operation)
  return state
}

function patched(state: GroupState, operation: PatchOperation): GroupState {
  const { op, path, value, isByPath } = operation
  switch (path.attribute) {
    case 'displayname': {
      const displayName = op === 'remove' ? null : textOf(value, 'displayName')
      if (displayName === null) throw badValue('displayName cannot be removed')
      return { ...state, displayName }
    }
    case 'externalid':
      return { ...state, externalId: op === 'remove' ? null : textOf(value, 'externalId', longestExternalId) }
    case 'members':
    case 'members.value':
      return { ...state, members: membersAfter(state.members, operation) }
    case 'id':
    case 'meta':
      if (!isByPath) return state
      throw new ScimError(400, `${path.attribute} is read-only`, { type: 'mutability' })
    default:
      return state
  }
}

function membersAfter(before: ReadonlySet<string>, { op, path, value }: PatchOperation): ReadonlySet<string> {
  if (op === 'remove') {
    // Without a filter and a value, all members are removed.
    const removed = new Set(path.filter ? selectedBy(path.filter) : value == null ? before : memberIdsOf(value))
    return new Set([...before].filter((id) => !removed.has(id)))
  }
  const given = path.filter && value == null ? selectedBy(path.filter) : memberIdsOf(value)
  return new Set(op === 'add' || path.filter ? [...before, ...given] : given)
}

/** Understands `value eq "…"`, and several of them with `or`. */
function selectedBy(filter: Filter): string[] {
  const parts = filter.kind === 'or' ? filter.all : [filter]
  return parts.map((part) => {
    if (part.kind === 'compare' && part.attribute === 'value' && part.operator === 'eq') return part.value.text
    throw new ScimError(400, 'A path to members supports only value eq', { type: 'invalidPath' })
  })
}

/** A list of objects with a value, one object, or plain ids. The other attributes of an entry are ignored. */
function memberIdsOf(value: unknown): string[] {
  const entries = value === null || value === undefined ? [] : Array.isArray(value) ? value : [value]
  if (entries.length > mostMembers) throw badValue(`members exceeds the limit of ${mostMembers} entries`)
  return entries.map((entry) => {
    const attributes = attributesOf(entry)
    const id = textOf(attributes ? attributes.get('value') : entry, 'members.value')
    if (id === null) throw badValue('Each member must have a value, the id of a user')
    if (attributes && textOf(attributes.get('type'), 'members.type')?.toLowerCase() === 'group')
      throw badValue(`The member ${shown(id)} is a group; only users can be members`)
    return id
  })
}
