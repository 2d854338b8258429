/** The writes of the interface API v1. */
import { z } from 'zod'
import type { Account } from '../data/directory.ts'
import { addressKey, type InterfaceFields, type Profile, timestamp } from '../data/user.ts'
import { type Answer, jsonAnswer, noContent, Refusal } from '../http/answers.ts'
import { accountOf, type Call, refuseBorne } from '../http/endpoints.ts'
import { refuseForeignDomain } from '../http/user-body.ts'
import { requireOwn } from './interface-endpoints.ts'
import { shownUser } from './interface-wire.ts'

const address = z.string().regex(/^[^@\s]+@[^@\s]+$/, 'not an address')
const truth = z
  .union([z.boolean(), z.literal([0, 1]), z.literal(['0', '1', 'true', 'false'])])
  .transform((value) => value === true || value === 1 || value === '1' || value === 'true')
const senders = z.array(z.string()).optional()

const bodySchema = z.looseObject({
  uid: z.int().optional(),
  primary_email: address,
  is_active: truth.optional(),
  type: z
    .enum([
      'oem_partner_admin',
      'strategic_partner_admin',
      'channel_admin',
      'organization_admin',
      'end_user',
      'silent_user',
      'functional_account',
    ])
    .optional(),
  firstname: z.string().optional(),
  surname: z.string().optional(),
  alias_emails: z.array(address).optional(),
  safe_list_senders: senders,
  block_list_senders: senders,
  white_list_senders: senders,
  black_list_senders: senders,
  is_billable: truth.optional(),
  odin_settings: z.record(z.string(), truth).optional(),
  read_only_user: truth.optional(),
  password: z.string().min(1).optional(),
  send_welcome_email: truth.optional(),
})

type Body = z.infer<typeof bodySchema>

const documented: ReadonlySet<string> = new Set(Object.keys(bodySchema.shape))

export function createUser(call: Call): Answer {
  const { organization, now } = call
  requireWriter(call)
  const body = parseBody(call.body)
  const { directory, visibility, switches, interfaceSwitches, domains } = organization
  const addresses = [body.primary_email, ...(body.alias_emails ?? [])]
  if (switches.domainsMustBeRegistered) refuseForeignDomain(body.primary_email, domains)
  refuseBorne(call, addresses)
  if (call.pretend) return jsonAnswer(201, '{}')
  const stored = call.storedInstead ? parseBody({ ...body, ...call.storedInstead }) : body
  const createdAt = timestamp(now)
  const nothing = { primaryEmail: body.primary_email, type: 'User', roles: ['USER'], createdAt } as const
  const account = directory.add(profileOf(stored, { ...nothing, aliases: [], status: 'active' }, now, 'replace'))
  visibility.created(account, now, visibility.draw('create', switches))
  if (interfaceSwitches.passwordInPost === 'honored' && stored.password) directory.setPassword(account, stored.password)
  return jsonAnswer(201, JSON.stringify(shownUser(account, interfaceSwitches)))
}

export function replaceUser(call: Call): Answer {
  const { organization, now } = call
  requireWriter(call)
  const account = accountAt(call)
  const body = parseBody(call.body)
  const { directory, visibility, switches, interfaceSwitches } = organization
  const old = account.profile
  if (addressKey(body.primary_email) !== account.key) throw new Refusal(422, 'invalid', 'primary_email cannot change')
  if (body.uid !== undefined && interfaceSwitches.uidInPut === 'refused') {
    throw new Refusal(422, 'invalid', 'uid: this field is read-only')
  }
  const own = new Set([old.primaryEmail, ...old.aliases].map(addressKey))
  const added = (body.alias_emails ?? []).filter((alias) => !own.has(addressKey(alias)))
  refuseBorne(call, added, account)
  if (call.pretend) return noContent
  const stored = call.storedInstead ? parseBody({ ...body, ...call.storedInstead }) : body
  directory.replace(account, profileOf(stored, old, now, interfaceSwitches.putMode))
  visibility.replaced(account, old, now, visibility.draw('update', switches), visibility.draw('address', switches))
  if (stored.password !== undefined) directory.setPassword(account, stored.password)
  return noContent
}

export function deleteUser(call: Call): Answer {
  requireWriter(call)
  const account = accountAt(call)
  const { directory, switches, visibility } = call.organization
  if (call.pretend) return noContent
  visibility.removing(account, call.now, visibility.draw('delete', switches), visibility.draw('address', switches))
  directory.remove(account)
  return noContent
}

export function readDirectorySync({ organization }: Call): Answer {
  const { syncFrequency } = organization.interfaceSwitches
  if (syncFrequency === null) throw new Refusal(404, 'not_found', 'there are no settings')
  return jsonAnswer(200, JSON.stringify({ sync_frequency: syncFrequency, ad_key: '****', remove_deleted_users: true }))
}

export function readExemptions(call: Call): Answer {
  requireOwn(call)
  return jsonAnswer(200, JSON.stringify(call.organization.exemptions.map((email) => ({ email }))))
}

/** Public sources call it both the whole list and entries to add. */
export function putExemptions(call: Call): Answer {
  requireWriter(call)
  const given = z.array(address).parse(call.body)
  const { organization } = call
  const kept = organization.interfaceSwitches.putMode === 'merge' ? organization.exemptions : []
  if (!call.pretend) organization.exemptions = [...new Set([...kept, ...given])]
  return noContent
}

const listsSchema = z.strictObject({ allow_list: senders, block_list: senders })

export function addSenders(call: Call): Answer {
  return changeSenders(call, (before, given) => [...new Set([...before, ...given])])
}

export function replaceSenders(call: Call): Answer {
  return changeSenders(call, (_before, given) => [...given])
}

function changeSenders(call: Call, after: (before: readonly string[], given: readonly string[]) => string[]): Answer {
  requireWriter(call)
  const account = accountAt(call)
  const parsed = listsSchema.safeParse(call.body)
  if (!parsed.success) throw new Refusal(422, 'invalid', 'the lists are invalid')
  const { allow_list: allowed, block_list: blocked } = parsed.data
  const { profile } = account
  const own = profile.ofInterface
  const changed = {
    ...profile,
    ofInterface: {
      ...own,
      safe: allowed ? after(own?.safe ?? [], allowed) : own?.safe,
      blocked: blocked ? after(own?.blocked ?? [], blocked) : own?.blocked,
    },
  }
  if (call.pretend) return noContent
  const { directory, visibility, switches } = call.organization
  directory.replace(account, changed)
  visibility.replaced(account, profile, call.now, visibility.draw('update', switches), 0)
  return noContent
}

function requireWriter(call: Call): void {
  requireOwn(call)
  if (call.organization.interfaceSwitches.readOnlyUser) throw new Refusal(403, 'forbidden', 'the user is read-only')
}

function accountAt(call: Call): Account {
  return accountOf(call, call.parameters[1])
}

function parseBody(body: unknown): Body {
  const parsed = bodySchema.safeParse(body)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new Refusal(422, 'invalid', `${issue?.path.join('.') || 'body'}: ${issue?.message}`)
  }
  const { data } = parsed
  for (const [present, former] of [
    ['safe_list_senders', 'white_list_senders'],
    ['block_list_senders', 'black_list_senders'],
  ] as const) {
    if (data[present] && data[former]) throw new Refusal(422, 'invalid', `${former} contradicts ${present}`)
  }
  return data
}

/** `replace`: a field that the body leaves out becomes its default. `merge`: it stays as it is. */
function profileOf(
  body: Body,
  old: Omit<Profile, 'updatedAt' | 'undocumented'> & Partial<Profile>,
  now: number,
  mode: 'replace' | 'merge',
): Profile {
  const kept = mode === 'merge' ? old : undefined
  const own: InterfaceFields | undefined = kept?.ofInterface
  const others = Object.entries(body).filter(([name]) => !documented.has(name))
  return {
    ...old,
    updatedAt: timestamp(now),
    firstName: body.firstname ?? kept?.firstName ?? '',
    lastName: body.surname ?? kept?.lastName ?? '',
    aliases: body.alias_emails ?? kept?.aliases ?? [],
    status: (body.is_active ?? (kept ? kept.status !== 'inactive' : true)) ? 'active' : 'inactive',
    undocumented: { ...kept?.undocumented, ...Object.fromEntries(others) },
    ofInterface: {
      type: body.type ?? (kept ? own?.type : 'end_user'),
      billable: body.is_billable ?? (kept ? own?.billable : true),
      safe: body.safe_list_senders ?? body.white_list_senders ?? own?.safe ?? [],
      blocked: body.block_list_senders ?? body.black_list_senders ?? own?.blocked ?? [],
      readOnly: body.read_only_user ?? own?.readOnly ?? false,
      odin: body.odin_settings ?? own?.odin,
    },
  }
}
