/** Notices for `problem` about what a complete pull could not determine. */
import type { Transaction } from '../../db/database.ts'
import { mayBeCut } from './list-rounds.ts'
import { readPages } from './pulls.ts'

/** Maximum quoted length of an address and of a reason. */
const longestAddress = 100
const longestReason = 200

export async function pullNotices(tx: Transaction, pullId: number): Promise<string[]> {
  const pages = await readPages(tx, pullId)
  const cut = (['USERS', 'GROUPS'] as const).filter((kind) => mayBeCut(pages, kind)).map((kind) => kind.toLowerCase())
  const lists = cut.map(
    (list) =>
      `The list of ${list} may be cut: its last page is full, and the vendor returns the same ${list} for the page after it. No ${list} are treated as deleted, and some may be missing`,
  )
  const putOff = await readPutOff(tx, pullId)
  return [...lists, ...(putOff.length === 0 ? [] : [putOffNotice(putOff)])]
}

/** The notice about deferred users, in the order in which they were deferred. */
export function putOffNotice(users: readonly PutOffUser[]): string {
  const names = users.map(({ primaryEmail }) => `"${cut(primaryEmail, longestAddress)}"`)
  const reason = cut(users[0]?.reason ?? '', longestReason)
  return users.length === 1
    ? `The user ${names[0]} is missing from the list and could not be read (${reason}): it is neither confirmed nor treated as deleted`
    : `${users.length} users are missing from the list and could not be read, the first because of "${reason}": ${names.join(', ')}. They are neither confirmed nor treated as deleted`
}

export interface PutOffUser {
  readonly primaryEmail: string
  readonly reason: string
}

export async function readPutOff(tx: Transaction, pullId: number): Promise<PutOffUser[]> {
  return await tx<PutOffUser[]>`
    select u.primary_email as "primaryEmail", c.put_off as reason from pull_candidates c join users u on u.id = c.user_id
    where c.pull_id = ${pullId} and c.put_off is not null and u.deleted_at is null order by c.user_id limit 20`
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1).toWellFormed()}…` : text
}
