import { closest, distance } from 'fastest-levenshtein'
import type { Sql } from '../db/database.ts'
import { roleName } from '../mirror/role-name.ts'
import type { InputIssue } from './failure.ts'

export interface NamedRole {
  readonly name: string
  readonly path: readonly string[]
}

/**
 * The roles that the mirror has seen in the organization, and `documented`, those that the connection documents. Empty
 * while no role has been read at all.
 */
export async function readKnownRoles(
  sql: Sql,
  organizationId: number,
  documented: readonly string[] = [],
): Promise<readonly string[]> {
  const rows = await sql<
    { name: string }[]
  >`select name from roles where organization_id = ${organizationId} order by name`
  return rows.length === 0 ? [] : [...new Set([...documented, ...rows.map(({ name }) => name)])]
}

/**
 * Reports the roles that the mirror has never seen in the organization: a vendor may accept a misspelt role. Nothing is
 * reported while no role has been read at all.
 */
export function unknownRoleIssues(known: readonly string[], named: readonly NamedRole[]): InputIssue[] {
  if (known.length === 0) return []
  return named
    .filter(({ name }) => !known.includes(spelledRole(known, name)))
    .map(({ name, path }) => ({
      path,
      message:
        'this role has never been seen in the organization; to send it nevertheless, set `allowUnknownRole` to true',
      hint: hintOf(name, known),
    }))
}

/**
 * Returns the roles as the organization spells them. A vendor that compares names exactly would take `administrator`
 * for a role of its own.
 */
export function spelledRoles<T extends readonly string[] | null | undefined>(known: readonly string[], roles: T): T {
  return (roles?.map((name) => spelledRole(known, name)) ?? roles) as T
}

function spelledRole(known: readonly string[], name: string): string {
  const documented = roleName(name)
  if (known.includes(name) || known.includes(documented)) return known.includes(name) ? name : documented
  const [meant, ...others] = known.filter((one) => one.toUpperCase() === name.toUpperCase())
  return meant !== undefined && others.length === 0 ? meant : documented
}

function hintOf(name: string, known: readonly string[]): string {
  const near = closest(name.toUpperCase(), known)
  const isNear = distance(name.toUpperCase(), near) <= Math.max(2, near.length / 3)
  return isNear ? `did you mean ${near}?` : `known roles: ${known.slice(0, 20).join(', ')}`
}

export function rolesOf(roles: readonly string[] | null | undefined, path: readonly string[]): NamedRole[] {
  return (roles ?? []).map((name, i) => ({ name, path: [...path, String(i)] }))
}
