/** The rows of an onboarding file: parsing, and the check of each row. */
import type { CreateUserInput } from '../data/generated/graphql.ts'

export interface OnboardingRow {
  /** The row in the file; the heading is row 1. */
  readonly line: number
  readonly user: CreateUserInput
  readonly problems: readonly string[]
}

interface Group {
  readonly groupId: string
  readonly name: string
}

interface Issue {
  readonly path: readonly string[]
  readonly message: string
}

const known = ['primaryEmail', 'firstName', 'lastName', 'groups', 'roles', 'aliases']

export const template = [
  {
    primaryEmail: 'new.person@example.com',
    firstName: 'New',
    lastName: 'Person',
    groups: 'grp_001; grp_002',
    roles: 'USER',
    aliases: 'n.person@example.com',
  },
]

export async function parseOnboarding(text: string): Promise<OnboardingRow[]> {
  const { parse } = (await import('papaparse')).default
  const { data, meta } = parse<Record<string, string>>(text.replace(/^\uFEFF/, ''), {
    header: true,
    skipEmptyLines: 'greedy',
    transformHeader: (name) => known.find((one) => one.toLowerCase() === name.trim().toLowerCase()) ?? name.trim(),
  })
  const unknown = meta.fields?.filter((name) => name && !known.includes(name)) ?? []
  return data.map((cells, i) => ({
    line: i + 2,
    user: {
      primaryEmail: cells.primaryEmail?.trim() ?? '',
      firstName: cells.firstName?.trim() || null,
      lastName: cells.lastName?.trim() || null,
      groups: listOf(cells.groups),
      roles: listOf(cells.roles),
      aliases: listOf(cells.aliases),
    },
    problems: unknown.map((name) => `The column “${name}” is not known.`),
  }))
}

/** Adds the problems of each row, and replaces names of groups by their ids. `issues` are those of a dry run. */
export function checkRows(
  rows: readonly OnboardingRow[],
  groups: readonly Group[],
  issues: readonly Issue[],
): OnboardingRow[] {
  const ids = new Set(groups.map(({ groupId }) => groupId))
  const byName = new Map<string, Group[]>()
  for (const group of groups) byName.set(group.name, [...(byName.get(group.name) ?? []), group])
  const lines = new Map<string, number>()
  return rows.map(({ line, user, problems: before }, i) => {
    const problems = [...before]
    const address = user.primaryEmail.toLowerCase()
    if (!/^[^\s@]+@[^\s@]+$/.test(address)) problems.push('primaryEmail must be an address.')
    const first = lines.get(address)
    if (first !== undefined) problems.push(`The address is also in row ${first}.`)
    else lines.set(address, line)
    const resolved = user.groups?.map((given) => {
      if (ids.has(given)) return given
      const named = byName.get(given) ?? []
      if (named.length === 1 && named[0]) return named[0].groupId
      problems.push(
        named.length > 1 ? `Several groups are named “${given}”; use an id.` : `There is no group “${given}”.`,
      )
      return given
    })
    for (const { path, message } of issues)
      if (path[0] === 'users' && path[1] === String(i)) problems.push(`${path.slice(2).join('.')}: ${message}`)
    return { line, user: { ...user, groups: resolved ?? [] }, problems }
  })
}

function listOf(cell: string | undefined): string[] {
  return (cell ?? '')
    .split(';')
    .map((value) => value.trim())
    .filter(Boolean)
}
