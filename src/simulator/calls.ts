import { type Answer, jsonAnswer, noContent, Refusal } from './answers.ts'
import type { Account, GroupRecord } from './directory.ts'
import { extraAccounts } from './extra-rows.ts'
import type { SimulatedOrganization } from './organization.ts'
import { shownAddress } from './spelling.ts'
import type { Switches } from './switches.ts'
import { addressKey, domainOf, timestamp } from './user.ts'
import { readCreateBody, readReplaceBody, refuseForeignDomain } from './user-body.ts'
import { listedGroup, listRow, wholeUser, writtenUser } from './wire.ts'

/** One request that was let in. */
export interface Call {
  readonly organization: SimulatedOrganization
  readonly now: number
  readonly query: URLSearchParams
  /** Of the path, decoded. */
  readonly parameters: readonly string[]
  /** Parsed JSON. */
  readonly body: unknown
  /** Answer as if it were done, and do nothing. */
  readonly pretend: boolean
  /** Stored in place of what the body says; the answer speaks of the body. */
  readonly storedInstead: Readonly<Record<string, unknown>> | undefined
}

export function listUsers({ organization, query }: Call): Answer {
  const { directory, switches } = organization
  const extra = extraAccounts(directory, switches)
  const size = directory.size + extra.length
  const { page, offset, limit } = readPaging(query, switches, 'users', size)
  if (offset > 0) organization.turnPage('users', Math.floor(offset / limit) + 1)
  const rows =
    switches.emptyPage > 0 && switches.emptyPage === page
      ? []
      : organization.pages
          .accounts(switches.pageOrder, offset, limit)
          .concat(extra.slice(Math.max(0, offset - directory.size), Math.max(0, offset + limit - directory.size)))
          .map((account) => listRow(account, directory, switches))
  return jsonAnswer(200, `{"users":[${rows.join(',')}]${totalOf(switches.total, size, rows.length, switches)}}`)
}

export function listGroups({ organization, query }: Call): Answer {
  const { directory, switches } = organization
  const { offset, limit } = readPaging(query, switches, 'groups', directory.groups.length)
  if (offset > 0) organization.turnPage('groups', Math.floor(offset / limit) + 1)
  const rows = organization.pages
    .groups(switches.pageOrder, offset, limit)
    .map((group) => JSON.stringify(listedGroup(group, switches)))
  return jsonAnswer(
    200,
    `{"groups":[${rows.join(',')}]${totalOf(switches.groupsTotal, directory.groups.length, rows.length, switches)}}`,
  )
}

export function readUser(call: Call): Answer {
  const { switches, directory } = call.organization
  const [email = ''] = call.parameters
  if (switches.goneAnswer === 'body' && !directory.find(email)) {
    return jsonAnswer(200, JSON.stringify({ success: false, error: 'the user does not exist' }))
  }
  if (typeof switches.goneAnswer === 'number' && switches.goneAnswer !== 404 && !directory.find(email)) {
    throw new Refusal(switches.goneAnswer, 'gone', 'the user does not exist')
  }
  const { profile, groups } = accountOf(call, email)
  return jsonAnswer(200, JSON.stringify(wholeUser(profile, groups, call.organization.switches)))
}

export function createUser(call: Call): Answer {
  const { organization, body, now } = call
  const { directory, switches, domains } = organization
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
    if (stored.password !== undefined) directory.setPassword(account, stored.password)
  }
  return jsonAnswer(201, JSON.stringify(writtenUser(asked.profile, asked.groups ?? [], switches)))
}

export function replaceUser(call: Call): Answer {
  const { organization, body, now } = call
  const { directory, switches } = organization
  const account = accountOf(call, call.parameters[0])
  const old = account.profile
  const asked = readReplaceBody(body, old, directory, switches, now)
  const own = new Set([old.primaryEmail, ...old.aliases].map(addressKey))
  refuseBorne(
    call,
    asked.profile.aliases.filter((alias) => !own.has(addressKey(alias))),
  )
  if (!call.pretend) {
    const stored = call.storedInstead
      ? readReplaceBody({ ...Object(body), ...call.storedInstead }, old, directory, switches, now)
      : asked
    directory.replace(account, stored.profile)
    if (switches.groupsInPut === 'replaced') directory.setGroups(account, stored.groups ?? [])
    if (stored.password !== undefined) directory.setPassword(account, stored.password)
  }
  const groups = call.pretend && switches.groupsInPut === 'replaced' ? (asked.groups ?? []) : account.groups
  return jsonAnswer(200, JSON.stringify(writtenUser(asked.profile, groups, switches)))
}

export function deleteUser(call: Call): Answer {
  const account = accountOf(call, call.parameters[0])
  if (!call.pretend) call.organization.directory.remove(account)
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
  if (!call.pretend && call.organization.directory.join(account, group)) touch(call, account)
  return jsonAnswer(201, JSON.stringify({ groupId: group.id, primaryEmail: account.profile.primaryEmail }))
}

export function removeMember(call: Call): Answer {
  const group = groupOf(call)
  const account = accountOf(call, call.parameters[1])
  if (!group.members.has(account) && call.organization.switches.repeatedMembership === 'refused') {
    throw new Refusal(404, 'not_found', 'the user is not a member of the group')
  }
  if (!call.pretend && call.organization.directory.leave(account, group)) touch(call, account)
  return noContent
}

/** `page` and `pageSize`, or else `offset` and `limit`. */
function readPaging(query: URLSearchParams, switches: Switches, list: 'users' | 'groups', size: number) {
  const { maximumPageSize: maximum, beyondMaximumPageSize, pageIgnoredBy, beyondTheEnd, emptyPage } = switches
  const byOffset = !query.has('page') && !query.has('pageSize') && (query.has('offset') || query.has('limit'))
  const asked = wholeNumber(query, byOffset ? 'limit' : 'pageSize', 1, 100)
  if (asked > maximum && beyondMaximumPageSize === 'refused') {
    throw new Refusal(400, 'bad_request', `a page holds ${maximum} rows at most`)
  }
  const limit = Math.min(asked, maximum)
  if (byOffset) return { page: 0, offset: wholeNumber(query, 'offset', 0, 0), limit }
  const page = pageIgnoredBy.includes(list) ? 1 : wholeNumber(query, 'page', 1, 1)
  const isLater = list === 'users' && emptyPage > 0 && page > emptyPage
  const place = isLater ? page - 1 : page
  const last = Math.max(1, Math.ceil(size / limit))
  return {
    page: list === 'users' ? page : 0,
    offset: (Math.min(place, beyondTheEnd === 'last' ? last : place) - 1) * limit,
    limit,
  }
}

function wholeNumber(query: URLSearchParams, name: string, least: number, otherwise: number): number {
  const value = query.get(name) ?? String(otherwise)
  if (/^\d{1,9}$/.test(value) && Number(value) >= least) return Number(value)
  throw new Refusal(400, 'bad_request', `${name} must be a whole number from ${least}`)
}

function totalOf(total: Switches['total'], right: number, rows: number, { numbers }: Switches): string {
  if (total === 'absent') return ''
  const shown = total === 'page' ? rows : Math.max(0, right + (total === 'right' ? 0 : total))
  return `,"total":${numbers === 'strings' ? `"${shown}"` : shown}`
}

/** An alias is no name of a user in a path. */
function accountOf({ organization }: Call, email = ''): Account {
  const account = organization.directory.find(email)
  const asSpelled =
    organization.switches.addressMatch === 'withoutCase' ||
    (account && shownAddress(account.profile.primaryEmail, organization.switches) === email)
  if (!account || !asSpelled) throw new Refusal(404, 'not_found', 'the user does not exist')
  return account
}

function groupOf({ organization, parameters: [groupId = ''] }: Call): GroupRecord {
  const group = organization.directory.group(groupId)
  if (!group) throw new Refusal(404, 'not_found', 'the group does not exist')
  return group
}

function refuseBorne({ organization: { directory, switches } }: Call, addresses: readonly string[]): void {
  const borne = addresses.find((address) => directory.bears(address))
  if (borne === undefined) return
  const text =
    switches.refusalWords === 'misleading'
      ? `${borne} is already registered in ${domainOf(borne)}`
      : `A user with the address ${borne} already exists`
  throw new Refusal(switches.duplicateCreate, 'already_exists', text)
}

function refuseBeyondLimit({ organization: { directory, switches } }: Call, primaryEmail: string): void {
  if (switches.userLimit === null || directory.size < switches.userLimit) return
  const where = switches.refusalWords === 'misleading' ? ` for ${domainOf(primaryEmail)}` : ''
  throw new Refusal(400, 'user_limit', `User limit reached${where}`)
}

function touch({ organization, now }: Call, account: Account): void {
  if (!organization.switches.membershipTouchesUser) return
  organization.directory.replace(account, { ...account.profile, updatedAt: timestamp(now) })
}
