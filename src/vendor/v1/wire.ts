/** Reads users of the interface API v1. Lenient: public clients have seen several spellings of one value. Pure. */
import { addressKey } from '../../addresses/address-key.ts'
import { parseExactly } from '../wire/exact-json.ts'
import { collectWarnings, kindOf, type ListRules, type Report, readString, readStrings } from '../wire/fields.ts'
import { isAddress, listRules } from '../wire/lists.ts'
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
} from '../wire/rows.ts'
import type { UsersPage, WireUser } from '../wire/wire.ts'
import { booleanIn, toCommonNames, toOwnNames } from './user-names.ts'

/** Parses the response to `GET /orgs/{domain}/users/{email}`. Pure; never throws. */
export function parseUser(text: string): Parsed<WireUser> {
  const json = parseJson(text)
  if ('unreadable' in json) return json
  const { report, warnings } = collectWarnings()
  const value = readUser(json.value, '', report)
  if (value !== undefined)
    return { value: { ...value, raw: rawOf(parseExactly(text) as JsonObject) }, warnings: warnings() }
  const found = isObject(json.value) ? 'an object without a usable primary_email' : kindOf(json.value)
  return { unreadable: { reason: 'wrong shape', found } }
}

/** Parses the `raw` of a user that was stored. Pure; never throws. */
export function parseStoredUser(text: string): Parsed<WireUser> {
  const json = parseJson(text)
  if ('unreadable' in json) return json
  if (!isObject(json.value)) return { unreadable: { reason: 'wrong shape', found: kindOf(json.value) } }
  return parseUser(JSON.stringify(toOwnNames(parseExactly(text) as JsonObject)))
}

/** Parses the response to a write that may return the user. Any JSON, or an empty body, is valid. */
export function parseWrittenUser(text: string): Parsed<WireUser | null> {
  if (text.trim() === '') return { value: null, warnings: [] }
  const json = parseJson(text)
  if ('unreadable' in json) return json
  const { report, warnings } = collectWarnings()
  return { value: readUser(json.value, '', report) ?? null, warnings: warnings() }
}

/** Parses the text of a page that was cut from a list: `{"users":[…]}`. */
export function parseUsers(text: string): Parsed<UsersPage> {
  const json = parseJson(text)
  if ('unreadable' in json) return json
  const rows = isObject(json.value) ? json.value.users : json.value
  if (!Array.isArray(rows)) return { unreadable: { reason: 'wrong shape', found: kindOf(rows) } }
  return readUsers(rows)
}

/** A row without a usable address makes the whole list unreadable: it would lack a user. */
export function readUsers(rows: readonly unknown[]): Parsed<UsersPage> {
  const { report, warnings } = collectWarnings()
  const users: WireUser[] = []
  for (const [index, row] of rows.entries()) {
    const user = readUser(row, `users[${index}]`, report)
    if (user === undefined) {
      return { unreadable: { reason: 'wrong shape', found: 'a list with a row that has no usable primary_email' } }
    }
    users.push(user)
  }
  return { value: { users, rows: rows.length }, warnings: warnings() }
}

function readUser(value: unknown, prefix: string, report: Report): WireUser | undefined {
  const primaryEmail = isObject(value) ? value.primary_email : undefined
  if (!isObject(value) || typeof primaryEmail !== 'string' || !isAddress(primaryEmail) || !canBeStored(primaryEmail)) {
    reportIdentity(value, 'primary_email', prefix, report)
    return undefined
  }
  const tell: Report = (field, found) => report(at(prefix, field), found)
  const user: Mutable<WireUser> = { primaryEmail, raw: rawOf(value) }
  set(user, 'vendorId', readId(value.uid, 'uid', tell))
  set(user, 'firstName', orNone(readString(value.firstname, 'firstname', tell)))
  set(user, 'lastName', orNone(readString(value.surname, 'surname', tell)))
  // Every account of this API is a user.
  set(user, 'type', 'User')
  const kind = readString(value.type, 'type', tell)?.trim().toUpperCase()
  if (kind !== undefined && kind !== '') {
    set(user, 'accountKind', kind)
    set(user, 'roles', [kind])
  }
  const isOther = (alias: string) => addressKey(alias) !== addressKey(primaryEmail)
  set(user, 'aliases', readStrings(value.alias_emails, listRules.aliases, 'alias_emails', tell)?.filter(isOther))
  const isActive = readBoolean(value.is_active ?? value.isactive, 'is_active', tell)
  if (isActive !== undefined) set(user, 'status', isActive ? 'active' : 'inactive')
  set(user, 'billable', readBoolean(value.is_billable, 'is_billable', tell))
  const safe = readSenders(value, 'safe_list_senders', 'white_list_senders', tell)
  const blocked = readSenders(value, 'block_list_senders', 'black_list_senders', tell)
  if (safe && blocked) set(user, 'senderLists', { safe, blocked })
  set(user, 'rights', readRights(value))
  return user
}

function rawOf(row: JsonObject): JsonObject {
  return toCommonNames(withoutPassword(row))
}

function readRights({
  read_only_user: readOnly,
  odin_settings: odin,
}: JsonObject): Record<string, boolean> | undefined {
  const rights = { read_only_user: readOnly, ...(isObject(odin) && odin) }
  const read = Object.entries(rights).flatMap(([name, value]): [string, boolean][] => {
    const right = booleanIn(value)
    return right === undefined ? [] : [[name, right]]
  })
  return read.length === 0 ? undefined : Object.fromEntries(read)
}

function readId(value: unknown, field: string, report: Report): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (typeof value === 'string' && /^\d{1,40}$/.test(value)) return value
  report(field, `${kindOf(value)} that is not an integer`)
  return undefined
}

function readBoolean(value: unknown, field: string, report: Report): boolean | undefined {
  if (value === undefined || value === null) return undefined
  const read = booleanIn(value)
  if (read === undefined) report(field, `${kindOf(value)} that is neither true nor false`)
  return read
}

/** The vendor sends an empty string for a name that is not set. */
function orNone(name: string | undefined): string | null | undefined {
  return name?.trim() === '' ? null : name
}

const senderRules: ListRules = {
  keyOf: (entry) => entry.toLowerCase(),
  numbers: false,
  readText: (text) => text,
  readObject: () => undefined,
}

/** The list by its present name, or else by its deprecated one. */
function readSenders(row: JsonObject, name: string, deprecated: string, report: Report): string[] | undefined {
  const field = row[name] === undefined ? deprecated : name
  return readStrings(row[field], senderRules, field, report)
}
