import { z } from 'zod'
import { creationStyleSchema } from './creation-styles.ts'

const milliseconds = z.union([z.number().min(0), z.tuple([z.number().min(0), z.number().min(0)]).readonly()])

/**
 * One switch for each point that the vendor's documentation leaves open. The defaults are the documented behaviour where
 * there is one, and else the one that is harder on a client.
 */
export const switchesSchema = z.strictObject({
  /** What a row of `GET /users` carries besides primaryEmail, type, firstName and lastName. `profile`: mailboxSize, spamPolicy and fields that are not documented. */
  listCarries: z.array(z.enum(['status', 'profile', 'roles', 'aliases', 'groups', 'timestamps'])).readonly(),
  /** How `createdAt` is told, in lists and where one user is read. */
  listCreation: creationStyleSchema,
  readCreation: creationStyleSchema,
  /** How often everybody has been active, where `lastActivity` is told. */
  activity: z.int().min(0),
  /** How many of the accounts that were deleted last lists still show. */
  staleRows: z.int().min(0),
  /** How many of the users whose account was created anew lists still show with the account from before, the latest ones. */
  replacedRows: z.int().min(0),
  /** `other`: lists show Alias for a User, and the reverse. */
  listTypes: z.enum(['right', 'other']),
  /** How many accounts lists show twice, in different letters: beside each a newer one, or an older one where the number is negative. */
  caseTwins: z.int(),
  /** What the `groups` of a user hold. */
  userGroups: z.enum(['ids', 'names']),
  /** `total` of `GET /users`; a number is added to the right one. `page`: the number of rows on the page. */
  total: z.union([z.enum(['right', 'absent', 'page']), z.int()]),
  /** `total` of `GET /groups`. */
  groupsTotal: z.union([z.enum(['right', 'absent']), z.int()]),
  /** `shuffled`: a fixed order by lot. `unstable`: another order for every request. */
  pageOrder: z.enum(['insertion', 'email', 'updatedAt', 'shuffled', 'unstable']),
  maximumPageSize: z.int().min(1),
  beyondMaximumPageSize: z.enum(['clamped', 'refused']),
  /** The lists that answer every page number with their first page. */
  pageIgnoredBy: z.array(z.enum(['users', 'groups'])).readonly(),
  /** What a page number beyond the last page gives. */
  beyondTheEnd: z.enum(['empty', 'last']),
  /** The number of a page of users that is empty, with the rest of the list on later pages; 0: none is. */
  emptyPage: z.int().min(0),
  /** How roles, aliases and groups are listed. `unreadable`: the last entry of each list is an object without any name. */
  listEntries: z.enum(['strings', 'objects', 'unreadable']),
  /** What the read of a user that does not exist answers; `body`: 200, with an error in the body. */
  goneAnswer: z.union([z.literal([404, 410, 412, 400, 403]), z.literal('body')]),
  /** How bodies are encoded, whatever the request accepts. `UTF-8`: not at all, and the header says this. */
  contentEncoding: z.enum(['none', 'gzip', 'br', 'deflate', 'raw deflate', 'UTF-8']),
  /** The status by which each GET is redirected once, within the same origin; 0: none is. */
  redirects: z.literal([0, 301, 302, 307, 308]),
  /** How the numbers of users, groups and totals are written. */
  numbers: z.enum(['numbers', 'strings']),
  /** Of a 429. */
  retryAfter: z.enum(['none', 'seconds', 'date']),
  /** On every answer that the allowance was asked for. */
  rateLimitHeaders: z.enum(['none', 'RateLimit', 'X-RateLimit']),
  /** Seconds to go, or seconds since 1970. */
  rateLimitReset: z.enum(['seconds', 'epoch']),
  /** Whether a request that got a 429 uses up allowance all the same. */
  refusedRequestsCount: z.boolean(),
  duplicateCreate: z.union([z.literal(409), z.literal(400)]),
  domainsMustBeRegistered: z.boolean(),
  requiredOnCreate: z.array(z.enum(['firstName', 'lastName', 'password'])).readonly(),
  /** A PUT that carries primaryEmail, type, createdAt or updatedAt. Tolerated, it must name the address and type that there are. */
  systemFieldsInPut: z.enum(['refused', 'tolerated']),
  /** What the status is after a PUT whose status is null. `absent`: it is shown no more. */
  clearedStatus: z.enum(['active', 'null', 'absent']),
  /**
   * `replaced`: the groups of a PUT take the place of those that there are, and a PUT without `groups` leaves none. `byId`: so, but
   * only ids are understood, and names are dropped without a word.
   */
  groupsInPut: z.enum(['ignored', 'replaced', 'byId']),
  /** `dropped`: a PUT loses all aliases without a word. */
  aliasesInPut: z.enum(['replaced', 'dropped']),
  /** A role that is none of USER, ADMINISTRATOR and their like. */
  unknownRoles: z.enum(['taken', 'refused']),
  /** Adding a member again, or removing somebody who is none. Refused: 409 and 404. */
  repeatedMembership: z.enum(['accepted', 'refused']),
  /** Whether joining or leaving a group moves the user's updatedAt. */
  membershipTouchesUser: z.boolean(),
  /** What POST and PUT of a user answer. `key`: primaryEmail and type. `short`: the names too. */
  writeAnswer: z.enum(['key', 'short', 'whole']),
  /** Of addresses as they are stored; `addressMatch` says how they are found. */
  addressCase: z.enum(['kept', 'lowered']),
  /** `decomposed`: letters in NFD before the @, and the domain in punycode. Users are found by either form. */
  addressForm: z.enum(['kept', 'decomposed']),
  /** `title`: "User" and "Quarantine Manager" for USER and QUARANTINE_MANAGER. */
  roleNames: z.enum(['documented', 'title']),
  /** Whether the aliases of a user list its primary address too. */
  aliasesHold: z.enum(['othersOnly', 'primaryToo']),
  /** `further`: "suspended" for an inactive user, and "Functional" for the type Alias. */
  words: z.enum(['documented', 'further']),
  /** Of a write: by its status, or by 200 with a body that says `success: false`. */
  refusesBy: z.enum(['status', 'body']),
  /** `misleading`: a refusal of one user names the domain. */
  refusalWords: z.enum(['plain', 'misleading']),
  /** How many users a create may bring the organization to; null: any number. */
  userLimit: z.int().min(0).nullable(),
  /** How a user is found by its address, in a path or in the body of a new member. An address is borne once whatever its letters. */
  addressMatch: z.enum(['withoutCase', 'exact']),
  /** `message`, `error` and `errors` are three shapes of JSON. */
  errorBody: z.enum(['message', 'error', 'errors', 'text', 'html', 'empty']),
  /** A number is added to the right one. */
  memberCount: z.union([z.enum(['right', 'absent']), z.int()]),
  /** Before a request is acted on: fixed, or by lot between two bounds. */
  latencyMs: milliseconds,
  /** How long after a 201 reads and lists do not show the new user: fixed, or drawn for each write between two bounds. */
  createLagMs: milliseconds,
  /** How long after a 204 reads and lists still show the deleted user. */
  deleteLagMs: milliseconds,
  /** How long after a PUT reads and lists show the user as it was. */
  updateLagMs: milliseconds,
  /** How long after a user joined or left a group reads and lists show the membership as it was. */
  membershipLagMs: milliseconds,
  /** How long the addresses of a deleted user, and aliases that a PUT removed, stay taken. */
  addressHeldMs: milliseconds,
  /** Writes to a user that reads do not show yet: acted on, or answered with 404. */
  writesToUnshown: z.enum(['accepted', 'refused']),
  /** What the POST of a user answers. */
  createStatus: z.union([z.literal(201), z.literal(202)]),
})

export type Switches = z.infer<typeof switchesSchema>
export type ListSection = Switches['listCarries'][number]
export type PageOrder = Switches['pageOrder']
export type ErrorBody = Switches['errorBody']

export const everySection: readonly ListSection[] = ['status', 'profile', 'roles', 'aliases', 'groups', 'timestamps']

export const defaultSwitches: Switches = {
  listCarries: ['status', 'profile'],
  listCreation: 'plain',
  readCreation: 'plain',
  activity: 0,
  staleRows: 0,
  replacedRows: 0,
  listTypes: 'right',
  caseTwins: 0,
  userGroups: 'ids',
  total: 'right',
  groupsTotal: 'absent',
  pageOrder: 'insertion',
  maximumPageSize: 1000,
  beyondMaximumPageSize: 'clamped',
  pageIgnoredBy: [],
  beyondTheEnd: 'empty',
  emptyPage: 0,
  listEntries: 'strings',
  goneAnswer: 404,
  contentEncoding: 'none',
  redirects: 0,
  numbers: 'numbers',
  retryAfter: 'none',
  rateLimitHeaders: 'none',
  rateLimitReset: 'seconds',
  refusedRequestsCount: false,
  duplicateCreate: 409,
  domainsMustBeRegistered: true,
  requiredOnCreate: [],
  systemFieldsInPut: 'refused',
  clearedStatus: 'active',
  groupsInPut: 'ignored',
  aliasesInPut: 'replaced',
  unknownRoles: 'taken',
  repeatedMembership: 'accepted',
  membershipTouchesUser: false,
  writeAnswer: 'short',
  addressCase: 'kept',
  addressForm: 'kept',
  roleNames: 'documented',
  aliasesHold: 'othersOnly',
  words: 'documented',
  refusesBy: 'status',
  refusalWords: 'plain',
  userLimit: null,
  addressMatch: 'withoutCase',
  errorBody: 'message',
  memberCount: 'right',
  latencyMs: 0,
  createLagMs: 0,
  deleteLagMs: 0,
  updateLagMs: 0,
  membershipLagMs: 0,
  addressHeldMs: 0,
  writesToUnshown: 'accepted',
  createStatus: 201,
}

/** Throws a ZodError where a switch or its position does not exist. */
export function withSwitches(current: Switches, change: Partial<Switches>): Switches {
  return switchesSchema.parse({ ...current, ...change })
}
