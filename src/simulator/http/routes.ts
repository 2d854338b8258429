import { Refusal } from './answers.ts'
import {
  addMember,
  createUser,
  deleteUser,
  listGroups,
  listUsers,
  readUser,
  removeMember,
  replaceUser,
} from './endpoints.ts'

const table = [
  { name: 'listUsers', method: 'GET', pattern: /^\/users$/, perform: listUsers },
  { name: 'createUser', method: 'POST', pattern: /^\/users$/, perform: createUser },
  { name: 'readUser', method: 'GET', pattern: /^\/users\/([^/]+)$/, perform: readUser },
  { name: 'replaceUser', method: 'PUT', pattern: /^\/users\/([^/]+)$/, perform: replaceUser },
  { name: 'deleteUser', method: 'DELETE', pattern: /^\/users\/([^/]+)$/, perform: deleteUser },
  { name: 'listGroups', method: 'GET', pattern: /^\/groups$/, perform: listGroups },
  { name: 'addMember', method: 'POST', pattern: /^\/groups\/([^/]+)\/members$/, perform: addMember },
  { name: 'removeMember', method: 'DELETE', pattern: /^\/groups\/([^/]+)\/members\/([^/]+)$/, perform: removeMember },
] as const

export type CallName = (typeof table)[number]['name']

/** `path`: below the base URL and still percent-encoded, so that an encoded slash does not split it. */
export function nameCall(method: string, path: string): CallName | undefined {
  return table.find((row) => row.method === method && row.pattern.test(path))?.name
}

/** Throws a Refusal: 404 if there is no such path, 405 if it does not allow the method. */
export function findCall(method: string, path: string) {
  const candidates = table.filter(({ pattern }) => pattern.test(path))
  const found = candidates.find((row) => row.method === method)
  if (found) return { perform: found.perform, parameters: decode(found.pattern.exec(path)?.slice(1) ?? []) }
  if (candidates.length === 0) throw new Refusal(404, 'not_found', 'there is no such path')
  const allowed = candidates.map((row) => row.method).join(', ')
  throw new Refusal(405, 'method_not_allowed', `allowed here: ${allowed}`, { allow: allowed })
}

function decode(parameters: readonly string[]): string[] {
  try {
    return parameters.map((parameter) => decodeURIComponent(parameter))
  } catch {
    throw new Refusal(400, 'bad_request', 'the path has invalid percent-encoding')
  }
}
