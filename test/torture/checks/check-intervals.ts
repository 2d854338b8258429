/** I6: the time bounds of each change are true. */
import { isDeepStrictEqual } from 'node:util'
import type { CreationStyle } from '../../../src/simulator/data/creation-styles.ts'
import { isSpelled } from '../schedule/spellings.ts'
import type { Change, Mirror } from '../world/mirror.ts'
import { fact, type Truth } from './truth.ts'

export function checkIntervals(
  mirror: Mirror,
  truth: Truth,
  userGroups: 'ids' | 'names',
  styles: ReadonlySet<CreationStyle>,
): string[] {
  const names = new Names(mirror)
  const namesakes = userGroups === 'names' ? truth.namesakes : new Set()
  return mirror.changes.flatMap((change) => {
    if (change.kind.startsWith('MEMBER') && namesakes.has(names.group(change.objectId ?? 0))) return []
    const claim = claimOf(change, names, styles)
    if (!claim) return []
    const holds = ({ fact, after, isOfOldTruth }: Claim) =>
      truth.became(fact, after, isOfOldTruth ? null : change.notBefore, change.notAfter)
    // If rows lack createdAt, the relationships of a new account count as the old account's until its end is known, and
    // end then.
    const isEndOfLife =
      /_(REMOVED|REVOKED)$/.test(change.kind) &&
      holds({ fact: fact.user(names.user(change.subjectId)), after: () => true })
    if (isEndOfLife || holds(claim)) return []
    return [`I6: ${claim.fact}: ${JSON.stringify(change)}, but truly\n${truth.told(claim.fact)}`]
  })
}

interface Claim {
  readonly fact: string
  readonly after: (value: string | undefined) => boolean
  /** The change corrects a false value that a list showed, so the true value may be older than `notBefore`. */
  readonly isOfOldTruth?: boolean
}

const present = (value: string | undefined) => value !== undefined
const absent = (value: string | undefined) => value === undefined

function claimOf(change: Change, names: Names, styles: ReadonlySet<CreationStyle>): Claim | undefined {
  const key = names.user(change.subjectId)
  const object = change.objectId ?? 0
  switch (change.kind) {
    case 'USER_CREATED':
    case 'USER_RECREATED':
      return { fact: fact.user(key), after: present }
    case 'USER_DELETED':
      // Another account may have replaced the old one between two of our observations.
      return { fact: fact.user(key), after: () => true }
    case 'FIELD_CHANGED':
      if (change.field === 'createdAt') {
        const isSo = (json: string | undefined) =>
          json !== undefined && isSpelled(change.after, JSON.parse(json), styles)
        return { fact: fact.field(key, 'createdAt'), after: isSo, isOfOldTruth: styles.has('lastActivity') }
      }
      if (change.field === 'primaryEmail') {
        // A list without creation times does not say which of two accounts that differ in case a row means.
        const isOpen = (['yearOne', 'absent', 'lastActivity'] as const).some((style) => styles.has(style))
        const isSo = (value: string | undefined) => isDeepStrictEqual(ours(value), change.after)
        return { fact: fact.field(key, 'primaryEmail'), after: isSo, isOfOldTruth: isOpen }
      }
      return change.field === 'aliases'
        ? { fact: fact.alias(key, String(change.after)), after: (value) => value === change.after }
        : { fact: fact.field(key, change.field ?? ''), after: (value) => isDeepStrictEqual(ours(value), change.after) }
    case 'MEMBER_ADDED':
      return { fact: fact.member(key, names.group(object)), after: present }
    case 'MEMBER_REMOVED':
      return { fact: fact.member(key, names.group(object)), after: absent }
    case 'ROLE_GRANTED':
      return { fact: fact.role(key, names.role(object)), after: present }
    case 'ROLE_REVOKED':
      return { fact: fact.role(key, names.role(object)), after: absent }
    case 'ALIAS_ADDED':
      return { fact: fact.alias(key, names.alias(object)), after: present }
    case 'ALIAS_REMOVED':
      return { fact: fact.alias(key, names.alias(object)), after: absent }
    case 'GROUP_CREATED':
      return { fact: fact.group(names.group(change.subjectId)), after: present }
    case 'GROUP_DELETED':
      return { fact: fact.group(names.group(change.subjectId)), after: absent }
    case 'GROUP_RENAMED':
      return { fact: fact.groupName(names.group(change.subjectId)), after: (value) => value === change.after }
    default:
      return undefined
  }
}

/** The vendor's JSON of a field, as the mirror stores it. */
function ours(json: string | undefined): unknown {
  const value: unknown = json === undefined ? null : JSON.parse(json)
  if (typeof value !== 'string') return value
  if (/^\d{4}-\d\d-\d\dT.*Z$/.test(value)) return value.replace('Z', '000Z')
  return ['User', 'Alias', 'active', 'inactive'].includes(value) ? value.toUpperCase() : value
}

class Names {
  readonly #users: ReadonlyMap<number, string>
  readonly #groups: ReadonlyMap<number, string>
  readonly #aliases: ReadonlyMap<number, string>
  readonly #roles: ReadonlyMap<number, string>

  constructor(mirror: Mirror) {
    this.#users = new Map(mirror.users.map(({ id, key }) => [id, key]))
    this.#groups = new Map(mirror.groups.map(({ id, groupId }) => [id, groupId]))
    this.#aliases = new Map(mirror.aliases.map(({ objectId, address }) => [objectId, address]))
    this.#roles = mirror.roleNames
  }

  user = (id: number) => this.#users.get(id) ?? `?${id}`
  group = (id: number) => this.#groups.get(id) ?? `?${id}`
  alias = (id: number) => this.#aliases.get(id) ?? `?${id}`
  role = (id: number) => this.#roles.get(id) ?? `?${id}`
}
