/** Converts the mirror's terms to the vendor's. Pure. */
import { writableFields } from '../../mirror/users/profile.ts'
import type { NewUser } from '../../vendor/adapter.ts'
import { booleanIn } from '../../vendor/v1/user-names.ts'
import { entryText } from '../../vendor/wire/lists.ts'
import { parseUser } from '../../vendor/wire/wire.ts'
import { type CreateUserInput, type ListPatch, normalizeInput, type UserPatch } from '../inputs.ts'
import type { ListChange, ListField, VendorPatch } from './merge-patch.ts'

const types = { USER: 'User', ALIAS: 'Alias' } as const
const statuses = { ACTIVE: 'active', INACTIVE: 'inactive' } as const

/** Returns the body of a POST: only what the caller gave. Groups are joined one by one afterwards. */
export function newUserOf(input: CreateUserInput): NewUser {
  const given = normalizeInput(input)
  const { primaryEmail, type, password, roles, aliases, status, sendWelcomeEmail } = given
  const scalars = Object.fromEntries(writableFields.map((field) => [field, given[field]]))
  return {
    primaryEmail,
    type: types[type],
    ...definedOf({
      ...scalars,
      password,
      roles,
      aliases,
      status: status && statuses[status],
      sendWelcomeEmail,
    }),
  }
}

/**
 * Returns the fields that a user must have after this creation. A copied account has the vendor's spelling of a value,
 * such as "8" for 8, or 1 for true: it is read as the vendor's answers are, because it is compared with one.
 */
export function patchOf(created: NewUser): VendorPatch {
  const { roles, aliases, password: _password, sendWelcomeEmail: _email, ...rest } = created
  const parsed = parseUser(JSON.stringify(rest))
  const read = 'value' in parsed ? parsed.value : undefined
  const scalars = Object.fromEntries(writableFields.map((field) => [field, read?.[field] ?? rest[field]]))
  const billable = 'billable' in rest ? booleanIn(rest.billable) : undefined
  return definedOf({
    ...rest,
    ...scalars,
    billable,
    roles: wholeList('roles', roles),
    aliases: wholeList('aliases', aliases),
  })
}

/** Undefined if an entry cannot be read, for example in a copied account. */
function wholeList(field: ListField, entries: unknown): ListChange | undefined {
  if (!Array.isArray(entries)) return undefined
  const set = entries.flatMap((entry: unknown) => entryText(field, entry) ?? [])
  return set.length === entries.length ? { set } : undefined
}

export function vendorPatchOf({ status, roles, aliases, password, ...rest }: UserPatch): VendorPatch {
  return definedOf({
    ...rest,
    status: status == null ? status : statuses[status],
    roles: listChangeOf(roles),
    aliases: listChangeOf(aliases),
    password: password ?? undefined,
  })
}

function listChangeOf(patch: ListPatch | null | undefined): ListChange | null | undefined {
  if (patch == null) return patch
  return patch.set == null ? { add: patch.add ?? [], remove: patch.remove ?? [] } : { set: patch.set }
}

/** Removes the keys whose value is undefined. */
function definedOf<T extends object>(object: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>
  }
}
