/**
 * Validates inputs before anything is sent, and reports all issues. Leaves rules that only the vendor can check to the
 * vendor. Pure.
 */
import { addressKey } from '../addresses/address-key.ts'
import { roleName } from '../mirror/role-name.ts'
import type { InputIssue } from './failure.ts'
import type {
  CreateUserInput,
  GroupMemberInput,
  ListPatch,
  SenderListsInput,
  UpdateUserInput,
  UserPatch,
} from './inputs.ts'

type Path = readonly string[]

const longestName = 256
const longestPassword = 1_000
const longestAddress = 320
const longestPolicy = 65_536
const longestList = 1_000
const deepestPolicy = 32

export function checkCreateUser(input: CreateUserInput): InputIssue[] {
  const { primaryEmail, roles, aliases, groups } = input
  return [
    ...checkAddress(primaryEmail, ['primaryEmail']),
    ...checkScalars(input, []),
    ...checkList(roles, ['roles'], checkName, roleName),
    ...checkList(aliases, ['aliases'], checkAddress, addressKey),
    ...checkList(groups, ['groups'], checkName),
    ...checkNotOwn(aliases, ['aliases'], primaryEmail),
  ]
}

export function checkUpdateUser({ primaryEmail, set }: UpdateUserInput): InputIssue[] {
  const path = ['set']
  return [
    ...checkPrimaryEmail(primaryEmail),
    ...(Object.values(set).every((value) => value === undefined)
      ? [issue(path, 'set must contain at least one field')]
      : []),
    ...(set.password === null
      ? [issue([...path, 'password'], 'a password cannot be removed; omit it, or give a new one')]
      : []),
    ...checkScalars(set, path),
    ...checkListPatch(set.roles, [...path, 'roles'], checkName, roleName),
    ...checkListPatch(set.aliases, [...path, 'aliases'], checkAddress, addressKey, checkExistingAddress),
    ...checkNotOwn(set.aliases?.set, [...path, 'aliases', 'set'], primaryEmail),
    ...checkNotOwn(set.aliases?.add, [...path, 'aliases', 'add'], primaryEmail),
  ]
}

export function checkSenderLists({ primaryEmail, safe, blocked }: SenderListsInput): InputIssue[] {
  const keyOf = (sender: string) => sender.toLowerCase()
  return [
    ...checkPrimaryEmail(primaryEmail),
    ...(safe === undefined && blocked === undefined ? [issue([], 'safe or blocked is required')] : []),
    ...checkListPatch(safe, ['safe'], checkName, keyOf),
    ...checkListPatch(blocked, ['blocked'], checkName, keyOf),
  ]
}

export function checkGroupMember({ primaryEmail, groupId }: GroupMemberInput): InputIssue[] {
  return [...checkPrimaryEmail(primaryEmail), ...checkName(groupId, ['groupId'])]
}

export function checkPrimaryEmail(primaryEmail: string): InputIssue[] {
  return checkExistingAddress(primaryEmail, ['primaryEmail'])
}

/** Checks the address of an existing user. The vendor decides about quoted local parts and white space. */
export function checkExistingAddress(address: string, path: Path): InputIssue[] {
  const at = address.indexOf('@', 1)
  if (at !== -1 && at < address.length - 1 && !address.includes('\0') && address.isWellFormed()) return []
  return [issue(path, 'the address is invalid: it must have an @ between two non-empty parts')]
}

export function checkPassword(password: string, path: Path): InputIssue[] {
  return checkText(password, path, longestPassword)
}

export function checkIdempotencyKey(key: string | null | undefined): InputIssue[] {
  return key == null ? [] : checkText(key, ['idempotencyKey'], 255)
}

function checkScalars(given: CreateUserInput | UserPatch, path: Path): InputIssue[] {
  const { firstName, lastName, password, mailboxSize, spamPolicy } = given
  return [
    ...(firstName == null ? [] : checkName(firstName, [...path, 'firstName'])),
    ...(lastName == null ? [] : checkName(lastName, [...path, 'lastName'])),
    ...(password == null ? [] : checkPassword(password, [...path, 'password'])),
    ...(mailboxSize != null && mailboxSize < 0
      ? [issue([...path, 'mailboxSize'], 'mailboxSize is in MB and must be 0 or more')]
      : []),
    ...(spamPolicy == null ? [] : checkPolicy(spamPolicy, [...path, 'spamPolicy'])),
  ]
}

function checkListPatch(
  patch: ListPatch | null | undefined,
  path: Path,
  checkEntry: (entry: string, path: Path) => InputIssue[],
  keyOf: (entry: string) => string = (entry) => entry,
  checkRemoved = checkEntry,
): InputIssue[] {
  if (patch == null) return []
  const { set, add, remove } = patch
  if (set != null && (add != null || remove != null)) {
    return [issue(path, 'set cannot be combined with add or remove, because it replaces the whole list')]
  }
  if (set == null && add == null && remove == null) {
    return [issue(path, 'one of set, add and remove is required; null in place of the object removes the whole list')]
  }
  const removed = new Set((remove ?? []).map(keyOf))
  const both = (add ?? []).flatMap((entry, i) =>
    removed.has(keyOf(entry)) ? [issue([...path, 'add', String(i)], 'the entry is also in remove')] : [],
  )
  return [
    ...checkList(set, [...path, 'set'], checkEntry, keyOf),
    ...checkList(add, [...path, 'add'], checkEntry, keyOf),
    ...checkList(remove, [...path, 'remove'], checkRemoved, keyOf),
    ...both,
  ]
}

function checkList(
  list: readonly string[] | null | undefined,
  path: Path,
  checkEntry: (entry: string, path: Path) => InputIssue[],
  keyOf: (entry: string) => string = (entry) => entry,
): InputIssue[] {
  if (list == null) return []
  if (list.length > longestList)
    return [issue(path, `${last(path)} has ${list.length} entries; at most ${longestList} are allowed`)]
  const seen = new Set<string>()
  return list.flatMap((entry, i) => {
    const at = [...path, String(i)]
    if (seen.has(keyOf(entry))) return [issue(at, 'the list already contains this entry')]
    seen.add(keyOf(entry))
    return checkEntry(entry, at)
  })
}

function checkNotOwn(list: readonly string[] | null | undefined, path: Path, primaryEmail: string): InputIssue[] {
  return (list ?? []).flatMap((entry, i) =>
    addressKey(entry) === addressKey(primaryEmail)
      ? [issue([...path, String(i)], "an alias must differ from the user's primary address")]
      : [],
  )
}

export function checkAddress(address: string, path: Path): InputIssue[] {
  if (address.length > longestAddress)
    return [issue(path, `the address has ${address.length} characters; at most ${longestAddress} are allowed`)]
  if (/^[^@\s\p{Cc}]+@[^@\s\p{Cc}]+$/u.test(address) && address.isWellFormed()) return []
  return [
    issue(
      path,
      'the address is invalid: it must have one @ between two non-empty parts, and no white space or control characters',
    ),
  ]
}

function checkName(name: string, path: Path): InputIssue[] {
  if (name.trim() === '') return [issue(path, `${last(path)} must not be empty; ${emptied(path)}`)]
  return checkText(name, path, longestName)
}

function checkText(text: string, path: Path, longest: number): InputIssue[] {
  if (text === '') return [issue(path, `${last(path)} must not be empty`)]
  if (text.length > longest)
    return [issue(path, `${last(path)} has ${text.length} characters; at most ${longest} are allowed`)]
  if (/\p{Cc}/u.test(text) || !text.isWellFormed())
    return [issue(path, `${last(path)} must not contain control characters or unpaired surrogates`)]
  return []
}

function checkPolicy(policy: unknown, path: Path): InputIssue[] {
  if (typeof policy !== 'object' || policy === null || Array.isArray(policy))
    return [issue(path, 'spamPolicy must be an object')]
  if (!isStorable(policy, deepestPolicy)) {
    return [
      issue(
        path,
        `spamPolicy must not be nested deeper than ${deepestPolicy} levels, and must not contain NUL or unpaired surrogates`,
      ),
    ]
  }
  const size = JSON.stringify(policy).length
  return size > longestPolicy
    ? [issue(path, `spamPolicy has ${size} characters as JSON; at most ${longestPolicy} are allowed`)]
    : []
}

/** Postgres rejects NUL characters and unpaired surrogates. */
function isStorable(value: unknown, deepest: number): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed()
  if (typeof value !== 'object' || value === null) return true
  if (deepest === 0) return false
  return Object.entries(value).every(([key, inner]) => isStorable(key, deepest) && isStorable(inner, deepest - 1))
}

function emptied(path: Path): string {
  return path[0] === 'set' ? 'null removes it' : 'omit it instead'
}

/** Returns the field's name if the path ends with a name. */
function last(path: Path): string {
  const name = path.at(-1) ?? ''
  return /^\d+$/.test(name) ? 'it' : name
}

function issue(path: Path, message: string): InputIssue {
  return { path, message }
}
