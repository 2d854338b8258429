import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { editALittle } from './data/edits.ts'
import { createRandom, type Random } from './data/random.ts'
import type { NewUser, UserPatch } from './data/user.ts'
import { type Fault, type Faults, faultSchema } from './faults.ts'
import { type Answer, jsonAnswer, Refusal, refusalAnswer } from './http/answers.ts'
import { type Destination, parseJson, readBody } from './http/http.ts'
import type { RequestLog } from './http/request-log.ts'
import { type Switches, switchesSchema } from './options.ts'
import type { SimulatedOrganization } from './organization.ts'

export interface ControlParts {
  readonly organizations: readonly SimulatedOrganization[]
  readonly organization: (apiKey: string) => SimulatedOrganization
  readonly faults: Faults
  readonly log: RequestLog
  readonly random: Random
}

const prefix = '/_control'
const none = {}

/**
 * The simulator's control methods over JSON, for tests that run the program as another process. `apiKey` in the body or
 * the query selects the organization. Defaults to the first one.
 */
export function createControl(parts: ControlParts) {
  return (request: IncomingMessage, destination: Destination): Promise<Answer> | undefined =>
    destination.path.startsWith(`${prefix}/`) ? answer(parts, request, destination) : undefined
}

async function answer(parts: ControlParts, request: IncomingMessage, destination: Destination): Promise<Answer> {
  const text = await readBody(request)
  try {
    if (!isLoopback(request.socket.remoteAddress)) throw new Refusal(403, 'forbidden', 'only allowed from this machine')
    const verb = verbs[`${request.method} ${destination.path.slice(prefix.length)}`]
    if (!verb) throw new Refusal(404, 'not_found', `available: ${Object.keys(verbs).join(', ')}`)
    const query = Object.fromEntries(new URLSearchParams(destination.query))
    return jsonAnswer(200, JSON.stringify(verb(parts, parseJson(text) ?? query) ?? none))
  } catch (error) {
    // Every error is caused by the request: a wrong shape, a wrong key, or an address that does not exist.
    const refusal = error instanceof Refusal ? error : new Refusal(400, 'bad_request', String(error))
    return refusalAnswer(refusal, 'message')
  }
}

const whose = z.object({ apiKey: z.string().optional() })
const switchesBody = whose.extend({ switches: switchesSchema.partial() })
const requestsBody = z.object({ since: z.coerce.number().optional() })
const faultBody = z.object({ id: z.coerce.number() })
const littleEdits = whose.extend({ times: z.int().min(1).max(10_000).optional(), seed: z.number().optional() })
const email = z.string()
const fields = z
  .strictObject({
    type: z.enum(['User', 'Alias']),
    firstName: z.string(),
    lastName: z.string(),
    password: z.string(),
    roles: z.array(z.string()),
    aliases: z.array(z.string()),
    groups: z.array(z.string()),
    mailboxSize: z.int(),
    spamPolicy: z.record(z.string(), z.unknown()),
    status: z.enum(['active', 'inactive']),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    undocumented: z.record(z.string(), z.unknown()),
  })
  .partial()
const adminEdit = z.discriminatedUnion('do', [
  whose.extend({ do: z.literal('createUser'), user: fields.extend({ primaryEmail: email }) }),
  whose.extend({ do: z.literal('updateUser'), email, patch: fields }),
  whose.extend({ do: z.literal('deleteUser'), email }),
  whose.extend({ do: z.enum(['addMember', 'removeMember']), groupId: z.string(), email }),
  whose.extend({ do: z.literal('createGroup'), name: z.string(), id: z.string().optional() }),
  whose.extend({ do: z.literal('renameGroup'), groupId: z.string(), name: z.string() }),
  whose.extend({ do: z.literal('deleteGroup'), groupId: z.string() }),
  whose.extend({ do: z.literal('refuseKey'), refused: z.boolean() }),
])

const verbs: Record<string, (parts: ControlParts, body: unknown) => unknown> = {
  'GET /snapshot': (parts, body) => organizationOf(parts, body).snapshot(),
  'GET /peak': (parts, body) => ({ peak: organizationOf(parts, body).peakRequestsInWindow() }),
  /** Those after the serial number `since`. */
  'GET /requests': ({ log }, body) => {
    const { since = 0 } = requestsBody.parse(body)
    return { requests: log.entries.filter(({ serial }) => serial > since) }
  },
  'DELETE /requests': ({ log }) => log.clear(),
  'GET /faults': ({ faults }) => ({ faults: faults.all.map(showFault) }),
  /** A rule as `Faults.add` accepts it, with `path` as the source of a regular expression. */
  'POST /faults': ({ faults }, body) => showFault(faults.add(faultSchema.parse(body))),
  /** The one with the given `id`, or all. */
  'DELETE /faults': ({ faults }, body) => {
    const one = faultBody.safeParse(body)
    if (one.success) faultOf(faults, one.data.id).remove()
    else faults.clear()
  },
  'POST /release': ({ faults }, body) => faultOf(faults, faultBody.parse(body).id).release(),
  /** Applies to every organization if none is named. */
  'POST /switches': ({ organizations, organization }, body) => {
    const { apiKey, switches } = switchesBody.parse(body)
    const chosen = apiKey === undefined ? organizations : [organization(apiKey)]
    for (const each of chosen) each.setSwitches(withoutUndefined(switches))
    return chosen[0]?.switches
  },
  /** `{do, …}` makes that edit. Without it, `times` small random edits are made. Both return a description. */
  'POST /edit': (parts, body) => {
    const organization = organizationOf(parts, body)
    if (typeof body === 'object' && body !== null && 'do' in body) return edit(organization, adminEdit.parse(body))
    const { times = 1, seed } = littleEdits.parse(body ?? {})
    const random = seed === undefined ? parts.random : createRandom(seed)
    return { edits: Array.from({ length: times }, () => editALittle(organization, random)) }
  },
}

function edit(organization: SimulatedOrganization, wish: z.infer<typeof adminEdit>): unknown {
  switch (wish.do) {
    case 'createUser':
      return organization.createUser(wish.user as NewUser)
    case 'updateUser':
      return organization.updateUser(wish.email, wish.patch as UserPatch)
    case 'deleteUser':
      return organization.deleteUser(wish.email)
    case 'addMember':
    case 'removeMember':
      return organization[wish.do](wish.groupId, wish.email)
    case 'createGroup':
      return organization.createGroup(wish.name, wish.id)
    case 'renameGroup':
      return organization.renameGroup(wish.groupId, wish.name)
    case 'deleteGroup':
      return organization.deleteGroup(wish.groupId)
    case 'refuseKey':
      return organization.refuseKey(wish.refused)
  }
}

function organizationOf({ organizations: [first], organization }: ControlParts, body: unknown): SimulatedOrganization {
  const { apiKey } = whose.parse(body)
  if (apiKey !== undefined) return organization(apiKey)
  if (!first) throw new Error('no organization is simulated')
  return first
}

function faultOf(faults: Faults, id: number): Fault {
  const fault = faults.all.find((each) => each.id === id)
  if (!fault) throw new Error(`unknown fault ${id}`)
  return fault
}

function showFault({ id, rule, fired }: Fault): object {
  return { id, rule: { ...rule, path: rule.path === undefined ? undefined : String(rule.path) }, fired }
}

function withoutUndefined(switches: { [name in keyof Switches]?: Switches[name] | undefined }): Partial<Switches> {
  return Object.fromEntries(Object.entries(switches).filter(([, position]) => position !== undefined))
}

function isLoopback(address = ''): boolean {
  return address === '::1' || address.replace(/^::ffff:/, '').startsWith('127.')
}
