import { z } from 'zod'
import { addressKey } from '../../addresses/address-key.ts'
import { parseExactly } from './exact-json.ts'
import {
  collectWarnings,
  kindOf,
  type Report,
  readInteger,
  readJson,
  readOneOf,
  readString,
  readStrings,
  readTimestamp,
  type Unrecognized,
  unrecognizedOf,
} from './fields.ts'
import { isAddress, listRules } from './lists.ts'
import {
  at,
  canBeStored,
  isObject,
  type JsonObject,
  type Mutable,
  type Parsed,
  parseJson,
  reportIdentity,
  set,
  withoutPassword,
} from './rows.ts'

export type { JsonObject, Parsed } from './rows.ts'

/**
 * A user as the vendor returned it. An absent key is unknown. null (if the type allows it) and [] are known to be
 * empty. Times are UTC with six fractional digits.
 */
export interface WireUser {
  readonly primaryEmail: string
  readonly firstName?: string | null
  readonly lastName?: string | null
  readonly type?: 'User' | 'Alias'
  /**
   * Present if `type` or `status` holds an unknown value. The unknown type is then absent, and the unknown status is
   * null.
   */
  readonly unrecognized?: Unrecognized
  readonly roles?: readonly string[]
  readonly aliases?: readonly string[]
  /** Ids or names: the vendor does not specify which. */
  readonly groups?: readonly string[]
  /** In MB. */
  readonly mailboxSize?: number | null
  /** Arbitrary JSON. */
  readonly spamPolicy?: unknown
  readonly status?: 'active' | 'inactive' | null
  readonly createdAt?: string
  readonly updatedAt?: string
  /** The vendor's own number of the account, which it never reuses. */
  readonly vendorId?: string
  /** The vendor's word for the kind of account, in upper case, such as FUNCTIONAL_ACCOUNT. */
  readonly accountKind?: string
  readonly billable?: boolean
  readonly senderLists?: SenderLists
  /** Rights of the account that no write changes, by their names at the vendor. */
  readonly rights?: Readonly<Record<string, boolean>>
  /**
   * Everything that the vendor sent about this user, including fields that are not parsed, except a password. Fields
   * that both APIs have bear the names of the API v2, and a PUT carries them under these names. May
   * contain strings that Postgres cannot store. If it comes from `GET /users/{primaryEmail}`, numbers that JavaScript
   * would change keep their original text (JSON.rawJSON).
   */
  readonly raw: JsonObject
}

/** Senders whose messages are always delivered, and those whose messages never are. */
export interface SenderLists {
  readonly safe: readonly string[]
  readonly blocked: readonly string[]
}

export interface WireGroup {
  readonly id: string
  readonly name: string
  readonly memberCount?: number
}

export interface UsersPage {
  readonly users: readonly WireUser[]
  /** Number of rows in the page, including those omitted from `users` because they have no usable address. */
  readonly rows: number
  readonly total?: number
}

export interface GroupsPage {
  readonly groups: readonly WireGroup[]
  /** Number of rows in the page, including those omitted from `groups`. */
  readonly rows: number
  readonly total?: number
}

/** Parses the response to `GET /users`. Pure; never throws. */
export function parseUsersPage(text: string): Parsed<UsersPage> {
  return parsePage(text, 'users', readUser, (users, rest) => ({ users, ...rest }))
}

/** Parses the response to `GET /groups`. Pure; never throws. */
export function parseGroupsPage(text: string): Parsed<GroupsPage> {
  return parsePage(text, 'groups', readGroup, (groups, rest) => ({ groups, ...rest }))
}

/** Parses the response to `GET /users/{primaryEmail}`. Pure; never throws. */
export function parseUser(text: string): Parsed<WireUser> {
  const json = parseJson(text)
  if ('unreadable' in json) return json
  const { report, warnings } = collectWarnings()
  const value = readUser(json.value, '', report)
  if (value !== undefined)
    return { value: { ...value, raw: withoutPassword(parseExactly(text) as JsonObject) }, warnings: warnings() }
  const found = isObject(json.value) ? 'an object without a usable primaryEmail' : kindOf(json.value)
  return { unreadable: { reason: 'wrong shape', found } }
}

/**
 * Parses the response to a write that returns an abbreviated user. The response is not an observation, and the write
 * was accepted, so any JSON or an empty body is valid: the value is null if it holds no user. Only text that is not
 * JSON is rejected.
 */
export function parseWrittenUser(text: string): Parsed<WireUser | null> {
  if (text.trim() === '') return { value: null, warnings: [] }
  const json = parseJson(text)
  if ('unreadable' in json) return json
  const { report, warnings } = collectWarnings()
  return { value: readUser(json.value, '', report) ?? null, warnings: warnings() }
}

/** Parses the response to a write that returns no data. */
export function parseNothing(text: string): Parsed<null> {
  const json = text.trim() === '' ? { value: null } : parseJson(text)
  return 'unreadable' in json ? json : { value: null, warnings: [] }
}

const envelopes = {
  users: z.union([z.array(z.unknown()), z.looseObject({ users: z.array(z.unknown()) })]),
  groups: z.union([z.array(z.unknown()), z.looseObject({ groups: z.array(z.unknown()) })]),
}

type Rest = { rows: number; total?: number }

function parsePage<Row, Page>(
  text: string,
  list: 'users' | 'groups',
  readRow: (value: unknown, prefix: string, report: Report) => Row | undefined,
  pageOf: (rows: Row[], rest: Rest) => Page,
): Parsed<Page> {
  const json = parseJson(text)
  if ('unreadable' in json) return json
  const envelope = envelopes[list].safeParse(json.value)
  if (!envelope.success) {
    const found = isObject(json.value) ? `an object without a list "${list}"` : kindOf(json.value)
    return { unreadable: { reason: 'wrong shape', found } }
  }
  const { report, warnings } = collectWarnings()
  const given = Array.isArray(envelope.data) ? envelope.data : ((envelope.data as JsonObject)[list] as unknown[])
  const rows: Row[] = []
  for (const [index, value] of given.entries()) {
    const row = readRow(value, `${list}[${index}]`, report)
    if (row !== undefined) rows.push(row)
  }
  const total = isObject(json.value) ? readInteger(json.value.total, [0, int32[1]], 'total', report) : undefined
  return {
    value: pageOf(rows, { rows: given.length, ...(total === undefined ? {} : { total }) }),
    warnings: warnings(),
  }
}

const userIdentity = z.looseObject({ primaryEmail: z.string().refine((text) => isAddress(text) && canBeStored(text)) })
const groupIdentity = z.looseObject({
  id: z.union([z.string().min(1).refine(canBeStored), z.number().refine(Number.isSafeInteger).transform(String)]),
  name: z.string().refine(canBeStored),
})

const int32 = [-2_147_483_648, 2_147_483_647] as const

function readUser(value: unknown, prefix: string, report: Report): WireUser | undefined {
  if (!userIdentity.safeParse(value).success) {
    reportIdentity(value, 'primaryEmail', prefix, report)
    return undefined
  }
  const row = value as JsonObject & { readonly primaryEmail: string }
  const tell: Report = (field, found) => report(at(prefix, field), found)
  const user: Mutable<WireUser> = { primaryEmail: row.primaryEmail, raw: withoutPassword(row) }
  set(user, 'firstName', nullOr(row.firstName, 'firstName', tell, readString))
  set(user, 'lastName', nullOr(row.lastName, 'lastName', tell, readString))
  set(user, 'type', readOneOf(['User', 'Alias'], row.type, 'type', tell))
  set(user, 'roles', readStrings(row.roles, listRules.roles, 'roles', tell))
  // Some vendors list the primary address as an alias.
  const isOther = (alias: string) => addressKey(alias) !== addressKey(row.primaryEmail)
  set(user, 'aliases', readStrings(row.aliases, listRules.aliases, 'aliases', tell)?.filter(isOther))
  set(user, 'groups', readStrings(row.groups, listRules.groups, 'groups', tell))
  set(user, 'mailboxSize', nullOr(row.mailboxSize, 'mailboxSize', tell, readInt32))
  set(user, 'spamPolicy', nullOr(row.spamPolicy, 'spamPolicy', tell, readJson))
  const status = nullOr(row.status, 'status', tell, readStatus)
  const unrecognized = unrecognizedOf(row, { type: user.type, status })
  set(user, 'unrecognized', unrecognized)
  // Keeping an earlier status could show an account as active although the vendor reports something else.
  set(user, 'status', unrecognized?.status === undefined ? status : null)
  set(user, 'createdAt', readTimestamp(row.createdAt, 'createdAt', tell))
  set(user, 'updatedAt', readTimestamp(row.updatedAt, 'updatedAt', tell))
  return user
}

function readGroup(value: unknown, prefix: string, report: Report): WireGroup | undefined {
  const identity = groupIdentity.safeParse(value)
  if (!identity.success) {
    const field = identity.error.issues.some((issue) => issue.path[0] === 'id') ? 'id' : 'name'
    reportIdentity(value, field, prefix, report)
    return undefined
  }
  const { id, name } = identity.data
  const group: Mutable<WireGroup> = { id, name }
  const tell: Report = (field, found) => report(at(prefix, field), found)
  set(group, 'memberCount', readInteger(identity.data.memberCount, [0, int32[1]], 'memberCount', tell))
  return group
}

/** For fields in which null means "known to be empty" rather than "absent". */
function nullOr<T>(
  value: unknown,
  field: string,
  report: Report,
  read: (value: unknown, field: string, report: Report) => T,
): T | null {
  return value === null ? null : read(value, field, report)
}

function readStatus(value: unknown, field: string, report: Report): 'active' | 'inactive' | undefined {
  return readOneOf(['active', 'inactive'], value, field, report)
}

function readInt32(value: unknown, field: string, report: Report): number | undefined {
  return readInteger(value, int32, field, report)
}
