import { z } from 'zod'
import type { Directory, GroupRecord } from '../data/directory.ts'
import { documented, documentedRole } from '../data/spelling.ts'
import { addressKey, domainOf, knownRoles, type Profile, timestamp } from '../data/user.ts'
import type { Switches } from '../options.ts'
import { Refusal } from './answers.ts'

const addressSchema = z.string().regex(/^[^@\s]+@[^@\s]+$/, 'not an address')
const replaceSchema = z.looseObject({
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
  password: z.string().min(1).nullish(),
  roles: z.array(z.string().min(1)).nullish(),
  aliases: z.array(addressSchema).nullish(),
  groups: z.array(z.string()).nullish(),
  mailboxSize: z.int().min(0).nullish(),
  spamPolicy: z.record(z.string(), z.unknown()).nullish(),
  status: z.enum(['active', 'inactive']).nullish(),
})
const createSchema = replaceSchema.extend({ primaryEmail: addressSchema, type: z.enum(['User', 'Alias']) })

const systemFields = ['primaryEmail', 'type', 'createdAt', 'updatedAt'] as const
const documentedFields = new Set<string>([...systemFields, ...Object.keys(replaceSchema.shape)])

type UserBody = z.infer<typeof replaceSchema>

/** A user as described by a request body. A null field counts as omitted, except the status if a switch says so. */
export interface ReadBody {
  readonly profile: Profile
  readonly password: string | undefined
  /** `undefined`: the body does not mention groups. */
  readonly groups: readonly GroupRecord[] | undefined
}

export function readCreateBody(body: unknown, directory: Directory, switches: Switches, now: number): ReadBody {
  const given = parseBody(createSchema, documented(body, switches))
  refuseFields(given, ['createdAt', 'updatedAt'], switches)
  for (const field of switches.requiredOnCreate) if (!given[field]) throw badRequest(`${field} is required`)
  const createdAt = timestamp(now)
  const { primaryEmail, type } = given
  const roles = given.roles ?? ['USER']
  return readBody({ ...given, roles }, directory, switches, { primaryEmail, type, createdAt, updatedAt: createdAt })
}

/** Keeps only the system fields of the existing profile. */
export function readReplaceBody(
  body: unknown,
  old: Profile,
  directory: Directory,
  switches: Switches,
  now: number,
): ReadBody {
  const given = parseBody(replaceSchema, documented(body, switches))
  refuseFields(given, systemFields, switches)
  const { primaryEmail, type, createdAt } = old
  if (given.primaryEmail !== undefined && addressKey(String(given.primaryEmail)) !== addressKey(primaryEmail)) {
    throw badRequest('primaryEmail cannot change')
  }
  if (given.type !== undefined && given.type !== type) throw badRequest('type cannot change')
  return readBody(given, directory, switches, { primaryEmail, type, createdAt, updatedAt: timestamp(now) })
}

export function refuseForeignDomain(primaryEmail: string, domains: readonly string[]): void {
  const domain = domainOf(primaryEmail)
  if (domains.some((registered) => addressKey(registered) === domain)) return
  throw badRequest(`The domain ${domain} is not registered for this organization`, 'domain_not_registered')
}

function readBody(
  given: UserBody,
  directory: Directory,
  switches: Switches,
  system: Pick<Profile, (typeof systemFields)[number]>,
): ReadBody {
  const roles = [...new Set((given.roles ?? []).map(switches.roleNames === 'title' ? documentedRole : (role) => role))]
  const unknownRole = roles.find((role) => !knownRoles.includes(role))
  if (unknownRole !== undefined && switches.unknownRoles === 'refused') throw badRequest(`unknown role ${unknownRole}`)
  const spell = (address: string) => (switches.addressCase === 'lowered' ? address.toLowerCase() : address)
  return {
    password: given.password ?? undefined,
    groups: given.groups ? groupsOf(given.groups, directory, switches) : undefined,
    profile: {
      ...system,
      primaryEmail: spell(system.primaryEmail),
      firstName: given.firstName ?? undefined,
      lastName: given.lastName ?? undefined,
      roles,
      aliases: distinct((given.aliases ?? []).map(spell)).filter(
        (alias) => switches.aliasesHold === 'othersOnly' || addressKey(alias) !== addressKey(system.primaryEmail),
      ),
      mailboxSize: given.mailboxSize ?? undefined,
      spamPolicy: given.spamPolicy ?? undefined,
      status: given.status === null && switches.clearedStatus !== 'active' ? null : (given.status ?? 'active'),
      undocumented: Object.fromEntries(Object.entries(given).filter(([field]) => !documentedFields.has(field))),
    },
  }
}

/** Returns the body itself: zod's result lacks a field named `__proto__`. */
function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body)
  if (parsed.success) return body as T
  const [issue] = parsed.error.issues
  throw badRequest(`${issue?.path.join('.') || 'body'}: ${issue?.message}`)
}

function refuseFields(given: UserBody, fields: readonly string[], switches: Switches): void {
  if (switches.systemFieldsInPut === 'tolerated') return
  const carried = fields.find((field) => field in given)
  if (carried !== undefined) throw badRequest(`${carried} is set by the system`)
}

function groupsOf(values: readonly string[], directory: Directory, { groupsInPut }: Switches): GroupRecord[] {
  if (groupsInPut !== 'byId') return values.map((value) => resolveGroup(value, directory))
  return values.flatMap((value) => directory.group(value) ?? [])
}

function resolveGroup(value: string, directory: Directory): GroupRecord {
  const group = directory.groupByIdOrName(value)
  if (!group) throw badRequest(`unknown group ${value}`)
  return group
}

function distinct(addresses: readonly string[]): string[] {
  return [...new Map(addresses.map((address) => [addressKey(address), address])).values()]
}

function badRequest(text: string, code = 'bad_request'): Refusal {
  return new Refusal(400, code, text)
}
