import type { Account, GroupRecord } from '../data/directory.ts'
import { accountsBefore, extraAccounts } from '../data/extra-rows.ts'
import { shownAddress } from '../data/spelling.ts'
import { addressKey, domainOf, timestamp } from '../data/user.ts'
import type { Switches } from '../options.ts'
import type { SimulatedOrganization } from '../organization.ts'
import { type Answer, jsonAnswer, noContent, Refusal } from './answers.ts'
import { readCreateBody, readReplaceBody, refuseForeignDomain } from './user-body.ts'
import { listedGroup, listRow, wholeUser, writtenUser } from './wire.ts'

/** One accepted request. */
export interface Call {
  readonly organization: SimulatedOrganization
  readonly now: number
  readonly query: URLSearchParams
  /** Of the path, decoded. */
  readonly parameters: readonly string[]
  /** Parsed JSON. */
  readonly body: unknown
  /** Respond as if the request were carried out, and do nothing. */
  readonly pretend: boolean
  /** Stored instead of what the body says; the response reflects the body. */
  readonly storedInstead: Readonly<Record<string, unknown>> | undefined
}

export function listUsers({ organization, query, now }: Call): Answer {
  const { directory, switches } = organization
  const visible = () => {
    const shown = organization.visibility.accounts(now)
    const extra = extraAccounts(directory, switches)
    return { shown, extra, size: (shown?.length ?? directory.size) + extra.length }
  }
  const { page, offset, limit } = readPaging(query, switches, 'users', () => visible().size)
  if (offset > 0) organization.turnPage('users', Math.floor(offset / limit) + 1)
  // Edits between two pages are visible on the second one.
  const { shown, extra, size } = visible()
  const first = size - extra.length
  const before = accountsBefore(directory, switches)
  const rows =
    switches.emptyPage > 0 && switches.emptyPage === page
      ? []
      : organization.pages
          .accounts(switches.pageOrder, offset, limit, shown)
          .concat(extra.slice(Math.max(0, offset - first), Math.max(0, offset + limit - first)))
          .map((account) => listRow(before.get(account.key) ?? account, directory, switches))
  return jsonAnswer(200, `{"users":[${rows.join(',')}]${totalOf(switches.total, size, rows.length, switches)}}`)
}

export function listGroups({ organization, query, now }: Call): Answer {
  const { directory, switches, visibility } = organization
  const { offset, limit } = readPaging(query, switches, 'groups', () => directory.groups.length)
  if (offset > 0) organization.turnPage('groups', Math.floor(offset / limit) + 1)
  const rows = organization.pages
    .groups(switches.pageOrder, offset, limit)
    .map((group) => JSON.stringify(listedGroup(group, visibility.memberCount(group, now), switches)))
  return jsonAnswer(
    200,
    `{"groups":[${rows.join(',')}]${totalOf(switches.groupsTotal, directory.groups.length, rows.length, switches)}}`,
  )
}

export function readUser(call: Call): Answer {
  const { switches, visibility } = call.organization
  const [email = ''] = call.parameters
  const shown = visibility.find(email, call.now)
  if (!shown && switches.goneAnswer === 'body') {
    return jsonAnswer(200, JSON.stringify({ success: false, error: 'the user does not exist' }))
  }
  if (!shown && switches.goneAnswer !== 404)
    throw new Refusal(Number(switches.goneAnswer), 'gone', 'the user does not exist')
  const { profile, groups } = asSpelled(call, email, shown)
  return jsonAnswer(200, JSON.stringify(wholeUser(profile, groups, call.organization.switches)))
}

export function createUser(call: Call): Answer {
  const { organization, body, now } = call
  const { directory, switches, visibility, domains } = organization
  const asked = readCreateBody(body, directory, switches, now)
  const { primaryEmail, aliases } = asked.profile
  refuseBeyondLimit(call, primaryEmail)
  if (switches.domainsMustBeRegistered) refuseForeignDomain(primaryEmail, domains)
  refuseBorne(call, [primaryEmail, ...aliases])
  if (!call.pretend) {
    const stored = call.storedInstead
      ? readCreateBody({ ...Object(body), ...call.storedInstead }, directory, switches, now)
      : asked
    const account = directory.add(stored.profile, stored.groups)
    visibility.created(account, now, visibility.draw('create', switches))
    if (stored.password !== undefined) directory.setPassword(account, stored.password)
  }
  const answer = writtenUser(asked.profile, asked.groups ?? [], switches)
  return jsonAnswer(switches.createStatus, JSON.stringify(answer))
}

export function replaceUser(call: Call): Answer {
  const { organization, body, now } = call
  const { directory, switches, visibility } = organization
  const account = accountOf(call, call.parameters[0])
  const old = account.profile
  const asked = readReplaceBody(body, old, directory, switches, now)
  const own = new Set([old.primaryEmail, ...old.aliases].map(addressKey))
  refuseBorne(
    call,
    asked.profile.aliases.filter((alias) => !own.has(addressKey(alias))),
    account,
  )
  if (!call.pretend) {
    const stored = call.storedInstead
      ? readReplaceBody({ ...Object(body), ...call.storedInstead }, old, directory, switches, now)
      : asked
    const dropsAliases = switches.aliasesInPut === 'dropped'
    directory.replace(account, dropsAliases ? { ...stored.profile, aliases: [] } : stored.profile)
    const lag = visibility.draw('update', switches)
    visibility.replaced(account, old, now, lag, visibility.draw('address', switches))
    if (switches.groupsInPut !== 'ignored') replaceGroups(call, account, stored.groups ?? [], lag)
    if (stored.password !== undefined) directory.setPassword(account, stored.password)
  }
  const groups = call.pretend && switches.groupsInPut !== 'ignored' ? (asked.groups ?? []) : account.groups
  return jsonAnswer(200, JSON.stringify(writtenUser(asked.profile, groups, switches)))
}

export function deleteUser(call: Call): Answer {
  const account = accountOf(call, call.parameters[0])
  const { directory, switches, visibility } = call.organization
  if (!call.pretend) {
    visibility.removing(account, call.now, visibility.draw('delete', switches), visibility.draw('address', switches))
    directory.remove(account)
  }
  return noContent
}

export function addMember(call: Call): Answer {
  const group = groupOf(call)
  const primaryEmail = Object(call.body).primaryEmail
  if (typeof primaryEmail !== 'string') throw new Refusal(400, 'bad_request', 'primaryEmail is required')
  const account = accountOf(call, primaryEmail)
  if (group.members.has(account) && call.organization.switches.repeatedMembership === 'refused') {
    throw new Refusal(409, 'conflict', 'the user is a member of the group')
  }
  if (!call.pretend && call.organization.directory.join(account, group)) changed(call, account, group, true)
  return jsonAnswer(201, JSON.stringify({ groupId: group.id, primaryEmail: account.profile.primaryEmail }))
}

export function removeMember(call: Call): Answer {
  const group = groupOf(call)
  const account = accountOf(call, call.parameters[1])
  if (!group.members.has(account) && call.organization.switches.repeatedMembership === 'refused') {
    throw new Refusal(404, 'not_found', 'the user is not a member of the group')
  }
  if (!call.pretend && call.organization.directory.leave(account, group)) changed(call, account, group, false)
  return noContent
}

/** `page` and `pageSize`, or else `offset` and `limit`. */
function readPaging(query: URLSearchParams, switches: Switches, list: 'users' | 'groups', size: () => number) {
  const { maximumPageSize: maximum, beyondMaximumPageSize, pageIgnoredBy, beyondTheEnd, emptyPage } = switches
  const byOffset = !query.has('page') && !query.has('pageSize') && (query.has('offset') || query.has('limit'))
  const asked = wholeNumber(query, byOffset ? 'limit' : 'pageSize', 1, 100)
  if (asked > maximum && beyondMaximumPageSize === 'refused') {
    throw new Refusal(400, 'bad_request', `a page holds at most ${maximum} rows`)
  }
  const limit = Math.min(asked, maximum)
  if (byOffset) return { page: 0, offset: wholeNumber(query, 'offset', 0, 0), limit }
  const page = pageIgnoredBy.includes(list) ? 1 : wholeNumber(query, 'page', 1, 1)
  const isLater = list === 'users' && emptyPage > 0 && page > emptyPage
  const place = isLater ? page - 1 : page
  const last = beyondTheEnd === 'empty' ? place : Math.max(1, Math.ceil(size() / limit))
  const shown = beyondTheEnd === 'first' ? ((place - 1) % last) + 1 : Math.min(place, last)
  return {
    page: list === 'users' ? page : 0,
    offset: (shown - 1) * limit,
    limit,
  }
}

function wholeNumber(query: URLSearchParams, name: string, least: number, otherwise: number): number {
  const value = query.get(name) ?? String(otherwise)
  if (/^\d{1,9}$/.test(value) && Number(value) >= least) return Number(value)
  throw new Refusal(400, 'bad_request', `${name} must be an integer of at least ${least}`)
}

function totalOf(total: Switches['total'], right: number, rows: number, { numbers }: Switches): string {
  if (total === 'absent') return ''
  const shown = total === 'page' ? rows : Math.max(0, right + (total === 'right' ? 0 : total))
  return `,"total":${numbers === 'strings' ? `"${shown}"` : shown}`
}

/** The user that a write changes. An alias does not identify a user in a path. */
export function accountOf(call: Call, email = ''): Account {
  const { directory, switches, visibility } = call.organization
  const account = asSpelled(call, email, directory.find(email))
  const unknown = switches.writesToUnshown === 'refused' && !visibility.shows(account, call.now)
  if (unknown) throw new Refusal(404, 'not_found', 'the user does not exist')
  return account
}

function asSpelled({ organization: { switches } }: Call, email: string, account: Account | undefined): Account {
  const matches =
    switches.addressMatch === 'withoutCase' ||
    (account && shownAddress(account.profile.primaryEmail, switches) === email)
  if (!account || !matches) throw new Refusal(404, 'not_found', 'the user does not exist')
  return account
}

function groupOf({ organization, parameters: [groupId = ''] }: Call): GroupRecord {
  const group = organization.directory.group(groupId)
  if (!group) throw new Refusal(404, 'not_found', 'the group does not exist')
  return group
}

/** `account`: the account that the addresses are for, if it exists. */
export function refuseBorne({ organization, now }: Call, addresses: readonly string[], account?: Account): void {
  const { directory, switches, visibility } = organization
  const inUse = addresses.find((address) => directory.bears(address))
  const held = addresses.find((address) => visibility.holds(address, now, account))
  const taken = inUse ?? held
  if (taken === undefined) return
  if (inUse === undefined) visibility.heldAddresses++
  const text =
    switches.refusalWords === 'misleading'
      ? `${taken} is already registered in ${domainOf(taken)}`
      : `A user with the address ${taken} already exists`
  throw new Refusal(switches.duplicateCreate, 'already_exists', text)
}

function refuseBeyondLimit({ organization: { directory, switches } }: Call, primaryEmail: string): void {
  if (switches.userLimit === null || directory.size < switches.userLimit) return
  const where = switches.refusalWords === 'misleading' ? ` for ${domainOf(primaryEmail)}` : ''
  throw new Refusal(400, 'user_limit', `User limit reached${where}`)
}

function replaceGroups(call: Call, account: Account, groups: readonly GroupRecord[], lag: number): void {
  const { directory, visibility } = call.organization
  const before = new Set(account.groups)
  directory.setGroups(account, groups)
  for (const group of new Set([...before, ...account.groups])) {
    const member = account.groups.has(group)
    if (member !== before.has(group)) visibility.joinedOrLeft(account, group, member, call.now, lag)
  }
}

function changed({ organization, now }: Call, account: Account, group: GroupRecord, member: boolean): void {
  const { directory, switches, visibility } = organization
  const lag = visibility.draw('membership', switches)
  visibility.joinedOrLeft(account, group, member, now, lag)
  if (!switches.membershipTouchesUser) return
  const before = account.profile
  directory.replace(account, { ...before, updatedAt: timestamp(now) })
  visibility.replaced(account, before, now, lag, 0)
}
