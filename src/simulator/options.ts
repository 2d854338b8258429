import { z } from 'zod'
import { creationStyleSchema } from './data/creation-styles.ts'

const milliseconds = z.union([z.number().min(0), z.tuple([z.number().min(0), z.number().min(0)]).readonly()])

/**
 * One switch for each point that the vendor's documentation leaves open. The default is the documented behavior if
 * there is one, otherwise the behavior that is harder for a client.
 */
export const switchesSchema = z.strictObject({
  /**
   * The fields of a row of `GET /users` in addition to primaryEmail, type, firstName and lastName. `profile`:
   * mailboxSize, spamPolicy and undocumented fields.
   */
  listCarries: z.array(z.enum(['status', 'profile', 'roles', 'aliases', 'groups', 'timestamps'])).readonly(),
  /** How `createdAt` is rendered, in lists and in the read of one user. */
  listCreation: creationStyleSchema,
  readCreation: creationStyleSchema,
  /** The number of times that every user has been active, for `lastActivity`. */
  activity: z.int().min(0),
  /** How many of the most recently deleted accounts lists still show. */
  staleRows: z.int().min(0),
  /** How many of the users with a re-created account lists still show with the previous account, the latest ones. */
  replacedRows: z.int().min(0),
  /** `other`: lists show Alias for a User, and the reverse. */
  listTypes: z.enum(['right', 'other']),
  /**
   * How many accounts lists show twice, in different letter case: next to each a newer account, or an older one if the
   * number is negative.
   */
  caseTwins: z.int(),
  /** The content of a user's `groups`. */
  userGroups: z.enum(['ids', 'names']),
  /** `total` of `GET /users`. A number is added to the correct total. `page`: the number of rows on the page. */
  total: z.union([z.enum(['right', 'absent', 'page']), z.int()]),
  /** `total` of `GET /groups`. */
  groupsTotal: z.union([z.enum(['right', 'absent']), z.int()]),
  /** `shuffled`: a fixed random order. `unstable`: another order for every request. */
  pageOrder: z.enum(['insertion', 'email', 'updatedAt', 'shuffled', 'unstable']),
  maximumPageSize: z.int().min(1),
  beyondMaximumPageSize: z.enum(['clamped', 'refused']),
  /** The lists that answer every page number with their first page. */
  pageIgnoredBy: z.array(z.enum(['users', 'groups'])).readonly(),
  /** The response to a page number beyond the last page. */
  beyondTheEnd: z.enum(['empty', 'last', 'first']),
  /** The number of a page of users that is empty, while later pages hold the rest of the list; 0: none. */
  emptyPage: z.int().min(0),
  /**
   * How roles, aliases and groups are listed. `unreadable`: the last entry of each list is an object without a name.
   */
  listEntries: z.enum(['strings', 'objects', 'unreadable']),
  /** The response to the read of a user that does not exist; `body`: 200, with an error in the body. */
  goneAnswer: z.union([z.literal([404, 410, 412, 400, 403]), z.literal('body')]),
  /** How bodies are encoded, whatever the request accepts. `UTF-8`: not encoded, with that value in the header. */
  contentEncoding: z.enum(['none', 'gzip', 'br', 'deflate', 'raw deflate', 'UTF-8']),
  /** The status with which each GET is redirected once, within the same origin; 0: none. */
  redirects: z.literal([0, 301, 302, 307, 308]),
  /** How the numbers of users, groups and totals are written. */
  numbers: z.enum(['numbers', 'strings']),
  /** Of a 429. */
  retryAfter: z.enum(['none', 'seconds', 'date']),
  /** On every response to a request that used the allowance. */
  rateLimitHeaders: z.enum(['none', 'RateLimit', 'X-RateLimit']),
  /** Seconds remaining, or seconds since 1970. */
  rateLimitReset: z.enum(['seconds', 'epoch']),
  /** Whether a request that got a 429 also uses the allowance. */
  refusedRequestsCount: z.boolean(),
  duplicateCreate: z.union([z.literal(409), z.literal(400)]),
  domainsMustBeRegistered: z.boolean(),
  requiredOnCreate: z.array(z.enum(['firstName', 'lastName', 'password'])).readonly(),
  /**
   * A PUT with primaryEmail, type, createdAt or updatedAt. If tolerated, the address and the type must match the stored
   * ones.
   */
  systemFieldsInPut: z.enum(['refused', 'tolerated']),
  /** The status after a PUT whose status is null. `absent`: it is no longer shown. */
  clearedStatus: z.enum(['active', 'null', 'absent']),
  /**
   * `replaced`: the groups of a PUT replace the current ones, and a PUT without `groups` removes all. `byId`: the same,
   * but only ids are accepted, and names are silently dropped.
   */
  groupsInPut: z.enum(['ignored', 'replaced', 'byId']),
  /** `dropped`: a PUT silently removes all aliases. */
  aliasesInPut: z.enum(['replaced', 'dropped']),
  /** A role other than USER, ADMINISTRATOR and the other documented ones. */
  unknownRoles: z.enum(['taken', 'refused']),
  /** Adding an existing member, or removing a user that is not a member. If refused: 409 and 404. */
  repeatedMembership: z.enum(['accepted', 'refused']),
  /** Whether joining or leaving a group changes the user's updatedAt. */
  membershipTouchesUser: z.boolean(),
  /** The response to a POST or PUT of a user. `key`: primaryEmail and type. `short`: also the names. */
  writeAnswer: z.enum(['key', 'short', 'whole']),
  /** The letter case of stored addresses; `addressMatch` determines how they are found. */
  addressCase: z.enum(['kept', 'lowered']),
  /** `decomposed`: letters before the @ in NFD, and the domain in punycode. Users are found by either form. */
  addressForm: z.enum(['kept', 'decomposed']),
  /** `title`: "User" and "Quarantine Manager" for USER and QUARANTINE_MANAGER. */
  roleNames: z.enum(['documented', 'title']),
  /** Whether the aliases of a user include its primary address. */
  aliasesHold: z.enum(['othersOnly', 'primaryToo']),
  /** `further`: "suspended" for an inactive user, and "Functional" for the type Alias. */
  words: z.enum(['documented', 'further']),
  /** How a write is refused: by its status, or by 200 with a body that says `success: false`. */
  refusesBy: z.enum(['status', 'body']),
  /** `misleading`: the refusal of one user names the domain. */
  refusalWords: z.enum(['plain', 'misleading']),
  /** The maximum number of users that a create may lead to; null: no maximum. */
  userLimit: z.int().min(0).nullable(),
  /**
   * How a user is found by its address, in a path or in the body of a new member. An address is in use once, whatever
   * its letter case.
   */
  addressMatch: z.enum(['withoutCase', 'exact']),
  /** `message`, `error` and `errors` are three shapes of JSON. */
  errorBody: z.enum(['message', 'error', 'errors', 'text', 'html', 'empty']),
  /** A number is added to the correct count. */
  memberCount: z.union([z.enum(['right', 'absent']), z.int()]),
  /** Before a request is carried out: fixed, or drawn between two bounds. */
  latencyMs: milliseconds,
  /**
   * How long after a 201 reads and lists do not show the new user: fixed, or drawn between two bounds for each write.
   */
  createLagMs: milliseconds,
  /** How long after a 204 reads and lists still show the deleted user. */
  deleteLagMs: milliseconds,
  /** How long after a PUT reads and lists show the previous state of the user. */
  updateLagMs: milliseconds,
  /** How long after a user joined or left a group reads and lists show the previous membership. */
  membershipLagMs: milliseconds,
  /** How long the addresses of a deleted user, and aliases that a PUT removed, stay taken. */
  addressHeldMs: milliseconds,
  /** Writes to a user that reads do not show yet: carried out, or answered with 404. */
  writesToUnshown: z.enum(['accepted', 'refused']),
  /** The status of the response to the POST of a user. */
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

/** Throws a ZodError if the switch or the value does not exist. */
export function withSwitches(current: Switches, change: Partial<Switches>): Switches {
  return switchesSchema.parse({ ...current, ...change })
}
