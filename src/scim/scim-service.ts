/** The SCIM service: checks who may use it, and finds what answers a request. */
import { capabilitiesOf } from './capabilities.ts'
import { parseBody } from './protocol/attributes.ts'
import { discoveryAnswer, discoveryNames } from './protocol/discovery.ts'
import { badSyntax, ScimError } from './protocol/scim-error.ts'
import { keepDirectory, readDirectory } from './resources/keep-directory.ts'
import type { ScimAnswer, ScimCall, ScimDeps, ScimRequest, ScimSettings } from './scim-call.ts'
import { getGroup, listGroups, patchGroup, postGroup, putGroup, removeGroup } from './serve-groups.ts'
import { getUser, listQueryOf, listUsers, patchUser, postUser, putUser, removeUser } from './serve-users.ts'

export interface ScimService {
  readonly settings: ScimSettings
  /** Answers a request. Throws a ScimError for those that it refuses. `address`: where the server listens. */
  answer(request: ScimRequest, address: string): Promise<ScimAnswer>
}

export function openScim(deps: ScimDeps): ScimService {
  return {
    settings: deps.settings,
    async answer(request, address) {
      const [slug = '', ...segments] = segmentsOf(request.path)
      authorize(request, slug)
      const isHeavy = request.query.has('filter') || segments.at(-1) === '.search'
      const read = deps.reader({ caller: request.viewer.name, signal: request.signal, isHeavy })
      const directory = await readDirectory(read, slug)
      if (!directory) throw new ScimError(404, 'This organization is not mirrored')
      const { organizationId, isStale, capabilities } = directory
      const sql = deps.sql.as(`scim of ${request.viewer.name}`)
      const call: ScimCall = {
        deps,
        request,
        viewer: request.viewer.name,
        slug,
        organizationId,
        capabilities: capabilitiesOf(capabilities),
        base: `${deps.settings.publicUrl ?? address}/scim/v2/${slug}`,
        read,
        sql,
      }
      const isDiscovery = discoveryNames.includes(segments[0] ?? '')
      if (isStale && !isDiscovery) await keepDirectory(sql, organizationId)
      return await route(call, segments)
    },
  }
}

/** A token is bound to exactly one organization, and sees no other. */
function authorize({ viewer }: ScimRequest, slug: string): void {
  const { scopes, organizations } = viewer
  if (!scopes.has('scim')) throw new ScimError(403, 'The token needs the scope scim')
  if (organizations === 'all' || organizations.size !== 1)
    throw new ScimError(403, 'The token must be bound to exactly one organization')
  if (!organizations.has(slug)) throw new ScimError(403, 'The token is bound to another organization')
}

function segmentsOf(path: string): string[] {
  try {
    const segments = path.split('/').map(decodeURIComponent)
    return segments.at(-1) === '' ? segments.slice(0, -1) : segments
  } catch {
    throw badSyntax('The path is not encoded correctly')
  }
}

type Handlers = Readonly<Partial<Record<string, () => Promise<ScimAnswer>>>>

async function route(call: ScimCall, [type = '', id, ...more]: readonly string[]): Promise<ScimAnswer> {
  const { request, base, capabilities, deps } = call
  if (discoveryNames.includes(type)) return discovery(call, [type, ...(id === undefined ? [] : [id]), ...more])
  if (type === 'Me') throw new ScimError(501, '/Me is not supported: a token belongs to no user')
  const isKnown = (type === 'Users' || type === 'Groups') && more.length === 0
  if (!isKnown) throw new ScimError(404, `There is nothing here; the resources are at ${base}/Users and ${base}/Groups`)
  const isUsers = type === 'Users'
  const query = () => listQueryOf((name) => request.query.get(name))
  if (id === undefined) {
    return await handle(request, {
      GET: () => (isUsers ? listUsers(call, query()) : listGroups(call, query())),
      POST: () => (isUsers ? postUser(call, bodyOf(request)) : postGroup(call, bodyOf(request))),
    })
  }
  if (id === '.search') {
    return await handle(request, {
      POST: () => {
        const body = parseBody(bodyOf(request))
        const asked = listQueryOf((name) => body.get(name.toLowerCase()))
        return isUsers ? listUsers(call, asked) : listGroups(call, asked)
      },
    })
  }
  return await handle(request, {
    GET: () => (isUsers ? getUser(call, id) : getGroup(call, id)),
    PUT: () => (isUsers ? putUser(call, id, bodyOf(request)) : putGroup(call, id, bodyOf(request))),
    PATCH: () => (isUsers ? patchUser(call, id, bodyOf(request)) : patchGroup(call, id, bodyOf(request))),
    DELETE: () => (isUsers ? removeUser(call, id) : removeGroup(call, id)),
  })

  function discovery(_call: ScimCall, segments: readonly string[]): Promise<ScimAnswer> {
    return handle(request, {
      GET: async () => {
        if (request.query.has('filter')) throw new ScimError(403, 'These resources cannot be filtered')
        const body = discoveryAnswer(segments, base, {
          hasGroups: capabilities.hasGroups,
          hasRoles: deps.settings.roles.length > 0,
        })
        if (!body) throw new ScimError(404, 'There is nothing here')
        return { status: 200, body }
      },
    })
  }
}

async function handle({ method }: ScimRequest, handlers: Handlers): Promise<ScimAnswer> {
  const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined
  if (handler) return await handler()
  const allowed = Object.keys(handlers).join(', ')
  throw new ScimError(405, `The method ${method} is not supported here; use ${allowed}`, {
    headers: { allow: allowed },
  })
}

function bodyOf({ body }: ScimRequest): string {
  if (body === undefined || body.trim() === '') throw badSyntax('The request needs a body')
  return body
}
