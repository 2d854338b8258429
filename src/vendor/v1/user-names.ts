/**
 * Translates users between the names of the interface API v1 and those of the API v2. The writes use the latter, so
 * they need not know which API carries them. Fields that only this API has keep their names. Pure.
 */
import { isObject, type JsonObject } from '../wire/rows.ts'

/** The kinds of account. Others are sent as they are spelled. */
export const accountKinds = [
  'END_USER',
  'SILENT_USER',
  'FUNCTIONAL_ACCOUNT',
  'ORGANIZATION_ADMIN',
  'CHANNEL_ADMIN',
  'STRATEGIC_PARTNER_ADMIN',
  'OEM_PARTNER_ADMIN',
] as const

/** Fields with the same meaning in both APIs, by their names in this one. */
const renamed: Readonly<Record<string, string>> = {
  primary_email: 'primaryEmail',
  firstname: 'firstName',
  surname: 'lastName',
  alias_emails: 'aliases',
  is_billable: 'billable',
}
const ownNames = new Map(Object.entries(renamed).map(([own, common]) => [common, own]))

/** How a value is cleared, if not with an empty text. */
const cleared: Readonly<Record<string, unknown>> = { aliases: [], billable: true }

/** Names of the API v2. An undocumented field with such a name must not be taken for what that API means by it. */
const common: ReadonlySet<string> = new Set([
  ...Object.values(renamed),
  'createdAt',
  'groups',
  'mailboxSize',
  'roles',
  'spamPolicy',
  'status',
  'updatedAt',
])
const ownPrefix = 'undocumented '

/** The deprecated names of the sender lists. Sent together with the present ones, they could contradict them. */
const deprecated = [
  ['white_list_senders', 'safe_list_senders'],
  ['black_list_senders', 'block_list_senders'],
] as const

/** A row of this API with the names of the API v2. An account has one role: its kind. */
export function toCommonNames(row: JsonObject): JsonObject {
  const { type, is_active: present, isactive: former, ...rest } = row
  const active = present ?? former
  return {
    ...Object.fromEntries(
      Object.entries(rest).map(([name, value]) => [
        renamed[name] ?? (common.has(name) ? `${ownPrefix}${name}` : name),
        value,
      ]),
    ),
    type: 'User',
    ...(type !== undefined && { roles: typeof type === 'string' ? [knownKind(type) ?? type] : type }),
    ...(active !== undefined && { status: statusOf(active) }),
  }
}

/** A body with the names of the API v2 as this API takes it. Null clears a value. */
export function toOwnNames(body: JsonObject): JsonObject {
  const { type: _type, createdAt: _createdAt, updatedAt: _updatedAt, ...rest } = body
  const fields = Object.entries(rest).flatMap(([name, value]): [string, unknown][] => {
    if (name.startsWith(ownPrefix)) return [[name.slice(ownPrefix.length), value]]
    const own = ownNames.get(name)
    if (own !== undefined) return [[own, value ?? cleared[name] ?? '']]
    if (name === 'status') return value === null ? [] : [['is_active', activeOf(value)]]
    if (name === 'roles') return value === null ? [] : [['type', kindOf(value)]]
    // The API has no such fields.
    return common.has(name) ? [] : [[name, value]]
  })
  return Object.fromEntries(fields)
}

/** The body of a POST or PUT: the whole user. `send_welcome_email` has a meaning on creation only. */
export function wholeBody(primaryEmail: string, body: JsonObject): JsonObject {
  const own = toOwnNames({ ...body, primaryEmail })
  const left: ReadonlySet<string> = new Set([
    'send_welcome_email',
    ...deprecated.flatMap(([former, present]) => (present in own ? [former] : [])),
  ])
  return Object.fromEntries(Object.entries(own).filter(([name]) => !left.has(name)))
}

/** Clients have seen true, 1, "1" and "true". Undefined if the value is neither true nor false. */
export function booleanIn(value: unknown): boolean | undefined {
  const text = isObject(value) || Array.isArray(value) ? '' : String(value).toLowerCase()
  if (text === 'true' || text === '1') return true
  return text === 'false' || text === '0' ? false : undefined
}

function statusOf(active: unknown): unknown {
  const isActive = booleanIn(active)
  if (isActive === undefined) return active
  return isActive ? 'active' : 'inactive'
}

function activeOf(status: unknown): unknown {
  if (status === 'active') return true
  return status === 'inactive' ? false : status
}

function kindOf(roles: unknown): unknown {
  const [kind] = Array.isArray(roles) && roles.length === 1 ? (roles as unknown[]) : [roles]
  return (typeof kind === 'string' && knownKind(kind)?.toLowerCase()) || kind
}

function knownKind(kind: string): string | undefined {
  return accountKinds.find((one) => one === kind.trim().toUpperCase())
}
