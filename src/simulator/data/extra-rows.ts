/** Additional rows of `GET /users`: accounts that have been deleted, and accounts that differ only in letter case. */

import type { Switches } from '../options.ts'
import type { Account, Directory } from './directory.ts'

const threeYearsMs = 3 * 365 * 24 * 60 * 60_000

/** They are at the end of the list, whatever its order. */
export function extraAccounts(directory: Directory, { staleRows, caseTwins }: Switches): Account[] {
  if (staleRows === 0 && caseTwins === 0) return []
  const stale = directory.removed.filter(({ key }) => !directory.find(key)).slice(-Math.max(1, staleRows))
  return [
    ...(staleRows === 0 ? [] : stale),
    ...directory.accounts
      .slice(0, Math.abs(caseTwins))
      .map((account) => ({ ...account, rowEpoch: -1, profile: twinOf(account, caseTwins > 0) })),
  ]
}

/** The previous account of each user that lists still show with it. */
export function accountsBefore(directory: Directory, { replacedRows }: Switches): ReadonlyMap<string, Account> {
  if (replacedRows === 0) return new Map()
  const replaced = directory.removed.filter(({ key }) => directory.find(key))
  return new Map([...new Map(replaced.map((account) => [account.key, account]))].slice(-replacedRows))
}

function twinOf({ profile }: Account, isNewer: boolean): Account['profile'] {
  const { primaryEmail, createdAt, updatedAt } = profile
  const created = new Date(Date.parse(createdAt) + (isNewer ? threeYearsMs : -threeYearsMs)).toISOString()
  const lower = primaryEmail.toLowerCase()
  return {
    ...profile,
    primaryEmail: primaryEmail === lower ? primaryEmail.toUpperCase() : lower,
    ...(isNewer && { firstName: 'Twin' }),
    createdAt: created,
    updatedAt: created > updatedAt ? created : updatedAt,
  }
}
