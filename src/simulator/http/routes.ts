import { listOrganizations } from '../v1/hierarchy.ts'
import * as v1 from '../v1/interface-endpoints.ts'
import * as writes from '../v1/interface-writes.ts'
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
import { interfacePath } from './http.ts'

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

const azure = /^\/orgs\/([^/]+)\/settings\/azure$/
const exemptions = /^\/orgs\/([^/]+)\/settings\/azure\/exemptions$/
const senderLists = /^\/orgs\/([^/]+)\/users\/([^/]+)\/sender-lists$/

const interfaceTable = [
  { name: 'v1 me', method: 'GET', pattern: /^\/me$/, perform: v1.me },
  { name: 'v1 endpoints', method: 'GET', pattern: /^\/endpoints\/([^/]+)$/, perform: v1.readEndpoints },
  { name: 'v1 organization', method: 'GET', pattern: /^\/orgs\/([^/]+)$/, perform: v1.readOrganization },
  { name: 'v1 organizations', method: 'GET', pattern: /^\/orgs\/([^/]+)\/orgs$/, perform: listOrganizations },
  { name: 'v1 domains', method: 'GET', pattern: /^\/orgs\/([^/]+)\/domains$/, perform: v1.readDomains },
  { name: 'v1 licensing', method: 'GET', pattern: /^\/orgs\/([^/]+)\/licensing$/, perform: v1.readLicensing },
  { name: 'v1 listUsers', method: 'GET', pattern: /^\/orgs\/([^/]+)\/users$/, perform: v1.listUsers },
  { name: 'v1 createUser', method: 'POST', pattern: /^\/orgs\/([^/]+)\/users$/, perform: writes.createUser },
  { name: 'v1 replaceUser', method: 'PUT', pattern: /^\/orgs\/([^/]+)\/users\/([^/]+)$/, perform: writes.replaceUser },
  { name: 'v1 deleteUser', method: 'DELETE', pattern: /^\/orgs\/([^/]+)\/users\/([^/]+)$/, perform: writes.deleteUser },
  { name: 'v1 readDirectorySync', method: 'GET', pattern: azure, perform: writes.readDirectorySync },
  { name: 'v1 readExemptions', method: 'GET', pattern: exemptions, perform: writes.readExemptions },
  { name: 'v1 putExemptions', method: 'PUT', pattern: exemptions, perform: writes.putExemptions },
  { name: 'v1 addSenders', method: 'POST', pattern: senderLists, perform: writes.addSenders },
  { name: 'v1 replaceSenders', method: 'PATCH', pattern: senderLists, perform: writes.replaceSenders },
  { name: 'v1 readUser', method: 'GET', pattern: /^\/orgs\/([^/]+)\/users\/([^/]+)$/, perform: v1.readUser },
] as const

type Row = (typeof table)[number] | (typeof interfaceTable)[number]
export type CallName = Row['name']

function rowsOf(base: string): readonly Row[] {
  return base === interfacePath ? interfaceTable : table
}

/** `path`: below the base URL and still percent-encoded, so that an encoded slash does not split it. */
export function nameCall(base: string, method: string, path: string): CallName | undefined {
  return rowsOf(base).find((row) => row.method === method && row.pattern.test(path))?.name
}

/** Throws a Refusal: 404 if there is no such path, 405 if it does not allow the method. */
export function findCall(base: string, method: string, path: string) {
  const candidates = rowsOf(base).filter(({ pattern }) => pattern.test(path))
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
