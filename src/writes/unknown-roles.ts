import { closest, distance } from 'fastest-levenshtein'
import type { Sql } from '../db/database.ts'
import { roleName } from '../mirror/role-name.ts'
import type { InputIssue } from './failure.ts'

export interface NamedRole {
  readonly name: string
  readonly path: readonly string[]
}

/**
 * Reports the roles that the mirror has never seen in the organization: a vendor may accept a misspelt role. Nothing is
 * reported while no role has been read at all. `documented`: the roles that the connection documents.
 */
export async function unknownRoleIssues(
  sql: Sql,
  organizationId: number,
  named: readonly NamedRole[],
  documented: readonly string[] = [],
): Promise<InputIssue[]> {
  if (named.length === 0) return []
  const rows = await sql<
    { name: string }[]
  >`select name from roles where organization_id = ${organizationId} order by name`
  if (rows.length === 0) return []
  const known = [...new Set([...documented, ...rows.map(({ name }) => name)])]
  return named
    .filter(({ name }) => !known.includes(roleName(name)))
    .map(({ name, path }) => ({
      path,
      message:
        'this role has never been seen in the organization; to send it nevertheless, set `allowUnknownRole` to true',
      hint: hintOf(name, known),
    }))
}

function hintOf(name: string, known: readonly string[]): string {
  const near = closest(name.toUpperCase(), known)
  const isNear = distance(name.toUpperCase(), near) <= Math.max(2, near.length / 3)
  return isNear ? `did you mean ${near}?` : `known roles: ${known.slice(0, 20).join(', ')}`
}

export function rolesOf(roles: readonly string[] | null | undefined, path: readonly string[]): NamedRole[] {
  return (roles ?? []).map((name, i) => ({ name, path: [...path, String(i)] }))
}
