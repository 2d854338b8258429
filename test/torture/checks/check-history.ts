/** I4: history has no gaps and no overlaps. */
import { addressesOf, type Mirror, type Tie, type Version } from '../world/mirror.ts'

export function checkHistory(mirror: Mirror): string[] {
  return [
    ...lives(mirror),
    ...versions('user', mirror.users, mirror.userVersions),
    ...versions('group', mirror.groups, mirror.groupVersions),
    ...ties('membership', mirror.memberships, mirror),
    ...ties('grant', mirror.grants, mirror),
    ...ties('alias', addressesOf(mirror), mirror),
  ]
}

interface Owner {
  readonly id: number
  readonly validFrom: string
  readonly versionFrom: string
  readonly deletedAt: string | null
}

/** The accounts of one address follow one another. */
function lives({ users }: Mirror): string[] {
  return [...Map.groupBy(users, ({ key }) => key)].flatMap(([key, lives]) =>
    lives.slice(1).flatMap((life, i) => {
      const before = lives[i]
      return before?.deletedAt && before.deletedAt <= life.validFrom ? [] : [`I4: two lives of ${key} overlap`]
    }),
  )
}

/** From the first to the latest version, each begins where the previous one ends. */
function versions(what: string, owners: readonly Owner[], all: readonly Version[]): string[] {
  const byOwner = Map.groupBy(all, ({ ownerId }) => ownerId)
  return owners.flatMap((owner) => {
    let from = owner.validFrom
    for (const version of byOwner.get(owner.id) ?? []) {
      if (version.validFrom !== from)
        return [`I4: a version of ${what} ${owner.id} begins at ${version.validFrom}, not ${from}`]
      if (version.validTo <= from)
        return [`I4: a version of ${what} ${owner.id} ends at ${version.validTo}, not after ${from}`]
      from = version.validTo
    }
    const missing = from !== owner.versionFrom
    return missing ? [`I4: ${what} ${owner.id} has no version from ${from} to ${owner.versionFrom}`] : []
  })
}

/** Relationships lie within the life of their user, and those of one object follow one another. */
function ties(what: string, all: readonly Tie[], { users }: Mirror): string[] {
  const users_ = new Map(users.map((user) => [user.id, user]))
  return [...Map.groupBy(all, ({ userId, objectId }) => `${userId} ${objectId}`)].flatMap(([pair, several]) => {
    const inOrder = several.toSorted((a, b) => (a.validFrom < b.validFrom ? -1 : 1))
    return inOrder.flatMap((tie, i) => {
      const user = users_.get(tie.userId)
      const next = inOrder[i + 1]
      const problems = []
      if (!user || tie.validFrom < user.validFrom) problems.push('begins before its user')
      if (user?.deletedAt && (tie.validTo === null || tie.validTo > user.deletedAt)) problems.push('outlives its user')
      if (tie.validTo !== null && tie.validTo <= tie.validFrom) problems.push('ends before it begins')
      if (next && (tie.validTo === null || tie.validTo > next.validFrom)) problems.push('overlaps with the next')
      return problems.map((problem) => `I4: ${what} ${pair} ${problem}: ${JSON.stringify(tie)}`)
    })
  })
}
