/** A user's own fields, apart from its relationships. */
import { isoOf } from '../../db/timestamps.ts'

export interface Profile {
  primaryEmail: string
  firstName: string | null
  lastName: string | null
  type: 'USER' | 'ALIAS' | null
  status: 'ACTIVE' | 'INACTIVE' | null
  mailboxSize: number | null
  spamPolicy: unknown
  createdAt: string | null
  updatedAt: string | null
  accountKind: string | null
  billable: boolean | null
  senderLists: unknown
}

/**
 * Where each field is stored, and the column's type. Inserts, updates, versions and selects derive from this. In the
 * order of the bits in `users.profile_known`. Append only: the bits are stored.
 */
const columns = {
  primaryEmail: { name: 'primary_email', type: 'text' },
  firstName: { name: 'first_name', type: 'text' },
  lastName: { name: 'last_name', type: 'text' },
  type: { name: 'type', type: 'user_type' },
  status: { name: 'status', type: 'user_status' },
  mailboxSize: { name: 'mailbox_size', type: 'int' },
  spamPolicy: { name: 'spam_policy', type: 'jsonb' },
  createdAt: { name: 'created_at', type: 'timestamptz' },
  updatedAt: { name: 'updated_at', type: 'timestamptz' },
  accountKind: { name: 'account_kind', type: 'text' },
  billable: { name: 'billable', type: 'boolean' },
  senderLists: { name: 'sender_lists', type: 'jsonb' },
} as const satisfies Record<keyof Profile, { name: string; type: string }>

export const profileFields = Object.keys(columns) as (keyof Profile)[]

type Columns = typeof columns
/** The values of a row's columns, as parameters and as the driver reads them: JSON is text. */
export type ProfileRow = { [Field in ProfileField as Columns[Field]['name']]: string | number | boolean | null }

/** The type of each column, by name. */
export const profileColumnTypes = Object.fromEntries(Object.values(columns).map(({ name, type }) => [name, type])) as {
  readonly [Field in ProfileField as Columns[Field]['name']]: Columns[Field]['type']
}

/** The select list from a table that has the columns. */
export function selectProfile(table: string): string {
  return Object.values(columns)
    .map(({ name, type }) => `${table}.${name}${type === 'jsonb' ? '::text' : ''}`)
    .join(', ')
}

export function profileRow(profile: Profile): ProfileRow {
  const values = profileFields.map((field) => {
    const { name, type } = columns[field]
    const value = profile[field] ?? null
    return [name, type === 'jsonb' && value !== null ? JSON.stringify(value) : value]
  })
  return Object.fromEntries(values) as ProfileRow
}

export function profileOfRow(row: ProfileRow): Profile {
  const values = profileFields.map((field) => {
    const { name, type } = columns[field]
    const value = row[name]
    if (typeof value !== 'string') return [field, value]
    return [field, type === 'jsonb' ? (JSON.parse(value) as unknown) : type === 'timestamptz' ? isoOf(value) : value]
  })
  return Object.fromEntries(values) as Profile
}

/** A profile in which only the address is known. */
export const emptyProfile = Object.fromEntries(
  profileFields.filter((field) => field !== 'primaryEmail').map((field) => [field, null]),
) as Omit<Profile, 'primaryEmail'>

export type ProfileField = keyof Profile

export function bitOf(field: ProfileField): number {
  return 1 << profileFields.indexOf(field)
}

/** The fields that a write can set and clear, apart from the lists and the password. */
export const writableFields = [
  'firstName',
  'lastName',
  'mailboxSize',
  'spamPolicy',
  'status',
] as const satisfies readonly ProfileField[]

export type WritableField = (typeof writableFields)[number]

/** The bits of the fields that are present. */
export function knownBits(profile: Partial<Profile>): number {
  return profileFields.reduce((bits, field) => (profile[field] === undefined ? bits : bits | bitOf(field)), 0)
}

/** Whether two values of a profile field are equal. Objects are compared by content, regardless of key order. */
export function sameValue(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && canonical(a) === canonical(b))
}

/** Serializes a value to JSON that does not depend on key order. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
