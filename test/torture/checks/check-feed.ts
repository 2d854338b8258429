/** I2: replaying the feed from the start gives the mirror's state, including its times. Positions have no gaps. */
import { isDeepStrictEqual } from 'node:util'
import type { Change, Mirror, Spelling } from '../world/mirror.ts'

interface Replayed {
  readonly users: Map<number, { fields: Record<string, unknown>; from: string; to: string | null }>
  readonly groups: Map<number, { groupId: string; name: string; from: string; to: string | null }>
  /** By user, object and start. */
  readonly ties: Map<string, string | null>
  readonly addresses: Map<number, string>
  /** By alias and end. */
  readonly spellings: Map<string, string>
  readonly problems: string[]
}

export function checkFeed(mirror: Mirror): string[] {
  const { changes, feedPosition } = mirror
  const gaps = changes.filter((change, i) => change.position !== i + 1)
  const problems = gaps.slice(0, 1).map((change) => `I6: the feed has a gap at ${change.position}`)
  if (changes.length !== feedPosition)
    problems.push(`I6: the feed ends at ${feedPosition}, but has ${changes.length} changes`)
  const replayed = replay(changes)
  return [...problems, ...replayed.problems, ...compare(replayed, mirror)]
}

function replay(changes: readonly Change[]): Replayed {
  const state: Replayed = {
    users: new Map(),
    groups: new Map(),
    ties: new Map(),
    addresses: new Map(),
    spellings: new Map(),
    problems: [],
  }
  const open = new Map<string, string>()
  for (const change of changes) {
    const { kind, subjectId, objectId, appliedAt } = change
    const impossible = (why: string) => state.problems.push(`I2: ${why}: ${JSON.stringify(change)}`)
    const tie = `${relationOf(kind)} ${subjectId} ${objectId}`
    const user = state.users.get(subjectId)
    const group = state.groups.get(subjectId)
    switch (kind) {
      case 'USER_CREATED':
      case 'USER_RECREATED':
        if (user) impossible('an existing user begins')
        state.users.set(subjectId, { fields: { ...(change.after as object) }, from: appliedAt, to: null })
        break
      case 'USER_DELETED':
        if (user?.to !== null) impossible('a missing user ends')
        else user.to = appliedAt
        break
      case 'FIELD_CHANGED':
        if (change.field === 'aliases') {
          if (state.addresses.get(objectId ?? 0) !== change.before) impossible('an alias had another spelling')
          state.addresses.set(objectId ?? 0, String(change.after))
          state.spellings.set(`${objectId} ${appliedAt}`, String(change.before))
        } else if (user?.to !== null || !isDeepStrictEqual(user.fields[change.field ?? ''] ?? null, change.before)) {
          impossible(`a field was ${JSON.stringify(user?.fields[change.field ?? ''])}`)
        } else user.fields[change.field ?? ''] = change.after
        break
      case 'GROUP_CREATED':
        state.groups.set(subjectId, {
          ...(change.after as { groupId: string; name: string }),
          from: appliedAt,
          to: null,
        })
        break
      case 'GROUP_RENAMED':
        if (group?.to !== null || group.name !== change.before) impossible(`a group was called ${group?.name}`)
        else group.name = String(change.after)
        break
      case 'GROUP_DELETED':
        if (group?.to !== null) impossible('a missing group ends')
        else group.to = appliedAt
        break
      case 'ALIAS_ADDED':
      case 'ROLE_GRANTED':
      case 'MEMBER_ADDED':
        if (open.has(tie)) impossible('an existing relationship begins')
        if (kind === 'ALIAS_ADDED') state.addresses.set(objectId ?? 0, String(change.after))
        open.set(tie, appliedAt)
        state.ties.set(`${tie} ${appliedAt}`, null)
        break
      default: {
        const from = open.get(tie)
        if (from === undefined) impossible('a missing relationship ends')
        else state.ties.set(`${tie} ${from}`, appliedAt)
        open.delete(tie)
      }
    }
  }
  return state
}

function compare(replayed: Replayed, mirror: Mirror): string[] {
  const users = new Map(
    mirror.users.map(({ id, fields: { updatedAt: _updatedAt, ...fields }, validFrom, deletedAt }) => [
      id,
      { fields, from: validFrom, to: deletedAt },
    ]),
  )
  for (const { fields } of replayed.users.values()) delete fields.updatedAt
  const groups = new Map(
    mirror.groups.map(({ id, groupId, name, validFrom, deletedAt }) => [
      id,
      { groupId, name, from: validFrom, to: deletedAt },
    ]),
  )
  const ties = new Map(
    (['aliases', 'grants', 'memberships'] as const).flatMap((table) =>
      mirror[table].map((tie) => [`${table} ${tie.userId} ${tie.objectId} ${tie.validFrom}`, tie.validTo] as const),
    ),
  )
  const addresses = new Map(mirror.aliases.map((alias) => [alias.objectId, alias.address]))
  const keyOf = ({ aliasId, validTo }: Spelling) => `${aliasId} ${validTo}`
  const spellings = new Map(mirror.spellings.map((one) => [keyOf(one), one.address]))
  return [
    ...differences('user', replayed.users, users),
    ...differences('group', replayed.groups, groups),
    ...differences('relationship', replayed.ties, ties),
    ...differences('address', replayed.addresses, addresses),
    ...differences('spelling', replayed.spellings, spellings),
  ]
}

function differences<K>(what: string, replayed: ReadonlyMap<K, unknown>, mirrored: ReadonlyMap<K, unknown>): string[] {
  const keys = new Set([...replayed.keys(), ...mirrored.keys()])
  return [...keys]
    .filter((key) => !isDeepStrictEqual(replayed.get(key), mirrored.get(key)))
    .map(
      (key) =>
        `I2: ${what} ${key} is ${JSON.stringify(replayed.get(key))} by the feed, in the mirror ${JSON.stringify(mirrored.get(key))}`,
    )
}

function relationOf(kind: string): string {
  return kind.startsWith('ALIAS') ? 'aliases' : kind.startsWith('ROLE') ? 'grants' : 'memberships'
}
