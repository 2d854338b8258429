/** Stores unrecognized values of a user's status and type, and reports them once per pull. */

import type { Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import type { ObservedUser } from '../observation.ts'

const fields = ['type', 'status'] as const

/**
 * Updates the stored values for the users of a response, by id. A field that the response lacks keeps its stored value.
 * Writes only differences.
 */
export async function noteUnrecognized(
  tx: Transaction,
  organizationId: number,
  seen: ReadonlyMap<number, ObservedUser>,
): Promise<void> {
  const speaking = [...seen].filter(([, user]) => user.unrecognized)
  const rows = await tx<{ id: number; noted: string[] }[]>`
    select id, unrecognized as noted from users
    where organization_id = ${organizationId} and unrecognized is not null and id = any(${array([...seen.keys()])}::bigint[])`
  if (speaking.length === 0 && rows.length === 0) return
  const notedBefore = new Map(rows.map(({ id, noted }) => [id, noted]))
  const changed = new Map<number, readonly string[]>()
  for (const id of new Set([...speaking.map(([id]) => id), ...notedBefore.keys()])) {
    const before = notedBefore.get(id) ?? []
    const after = notesOf(seen.get(id), before)
    if (after.length !== before.length || after.some((note, i) => note !== before[i])) changed.set(id, after)
  }
  if (changed.size === 0) return
  await tx`
    update users set unrecognized = nullif(string_to_array(t.notes, ${separator}), '{}')
    from unnest(${array([...changed.keys()])}::bigint[], ${array([...changed.values()].map((notes) => notes.join(separator)))}::text[]) as t(id, notes)
    where users.id = t.id`
}

/** No value contains a control character (essentials/unrecognized.ts). */
const separator = '\n'

function notesOf(user: ObservedUser | undefined, before: readonly string[]): string[] {
  return fields.flatMap((field) => {
    const word = user?.unrecognized?.[field]
    if (word !== undefined) return [`${field} "${word}"`]
    const isCarried = user?.profile[field] !== undefined
    return isCarried ? [] : before.filter((note) => note.startsWith(`${field} `))
  })
}

/** The notice for `problem`. Undefined if every value is recognized. */
export async function unrecognizedNotice(tx: Transaction, organizationId: number): Promise<string | undefined> {
  const notes = await tx<{ note: string; users: number }[]>`
    select note, count(*) as users from users, unnest(unrecognized) as note
    where organization_id = ${organizationId} and deleted_at is null and unrecognized is not null
    group by note order by count(*) desc, note limit 4`
  if (notes.length === 0) return undefined
  const shown = notes.slice(0, 3).map(({ note, users }) => `${note} for ${users} ${users === 1 ? 'user' : 'users'}`)
  return `The vendor uses unrecognized values: ${[...shown, ...(notes.length > 3 ? ['and others'] : [])].join(', ')}`
}
