/** The rows of an onboarding file: parsing, and the checks of each row. */
import type { CreateUserInput, StartOnboardingMutation } from '../data/generated/graphql.ts'

export interface OnboardingRow {
  /** The line of the file in which the row starts. */
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

/** Spreadsheets on Windows save as windows-1252 by default. `isGuessed`: the file is not UTF-8. */
export function decodeFile(bytes: ArrayBuffer): { text: string; isGuessed: boolean } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), isGuessed: false }
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), isGuessed: true }
  }
}

export async function parseOnboarding(text: string): Promise<OnboardingRow[]> {
  const [heading, ...records] = await recordsOf(text)
  if (!heading) return []
  const names = heading.cells.map((cell) => known.find((one) => one.toLowerCase() === cell.toLowerCase()) ?? cell)
  const wrong = [
    ...heading.problems.map((problem) => `Heading: ${problem}`),
    ...names.filter((name) => name && !known.includes(name)).map((name) => `The column “${name}” is not known.`),
    ...known
      .filter((name) => names.indexOf(name) !== names.lastIndexOf(name))
      .map((name) => `The file has several columns “${name}”.`),
  ]
  return records.map(({ line, cells, problems }) => {
    const cell = (name: string) => cells[names.indexOf(name)] ?? ''
    return {
      line,
      user: {
        primaryEmail: cell('primaryEmail'),
        firstName: cell('firstName') || null,
        lastName: cell('lastName') || null,
        groups: listOf(cell('groups')),
        roles: listOf(cell('roles')),
        aliases: listOf(cell('aliases')),
      },
      problems: [...problems, ...wrong, ...withoutColumn(cells, names)],
    }
  })
}

function withoutColumn(cells: readonly string[], names: readonly string[]): string[] {
  const extra = cells.filter((cell, i) => cell && !names[i]).map((cell) => `“${cell}”`)
  if (extra.length === 0) return []
  return [`The row has more cells than the heading: ${extra.join(', ')}. A cell with a comma needs quotation marks.`]
}

interface Record {
  readonly line: number
  readonly cells: readonly string[]
  readonly problems: readonly string[]
}

/** The rows that are not empty, each with its line. A quoted cell may span lines, which a stray quotation mark causes. */
async function recordsOf(given: string): Promise<Record[]> {
  const { parse } = (await import('papaparse')).default
  const text = given.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  const records: Record[] = []
  let [line, position] = [1, 0]
  parse<string[]>(text, {
    step: ({ data, errors, meta }) => {
      const read = text.slice(position, meta.cursor)
      const lines = read.split('\n').length - 1
      const cells = data.map((cell) => cell.trim())
      const last = line + read.trimEnd().split('\n').length - 1
      const problems = errors.some(({ type }) => type === 'Quotes')
        ? [`A quotation mark is not closed: the lines ${line} to ${last} were read as one row.`]
        : cells.some((cell) => cell.includes('\n'))
          ? [`A cell spans lines (${line} to ${last}): is a quotation mark missing or too many?`]
          : []
      if (cells.some(Boolean)) records.push({ line, cells, problems })
      line += lines
      position = meta.cursor
    },
  })
  return records
}

/** Adds the problems of each row that need no dry run, and replaces names of groups by their ids. */
export function checkRows(rows: readonly OnboardingRow[], groups: readonly Group[]): OnboardingRow[] {
  const ids = new Set(groups.map(({ groupId }) => groupId))
  const byName = new Map<string, Group[]>()
  for (const group of groups) byName.set(group.name, [...(byName.get(group.name) ?? []), group])
  const lines = new Map<string, number>()
  return rows.map(({ line, user, problems: before }) => {
    const problems = [...before]
    const address = user.primaryEmail.toLowerCase()
    if (!/^[^\s@]+@[^\s@]+$/.test(address)) problems.push('primaryEmail must be an address.')
    const first = lines.get(address)
    if (first !== undefined) problems.push(`The address is also in row ${first}.`)
    else if (address) lines.set(address, line)
    const resolved = user.groups?.map((given) => {
      if (ids.has(given)) return given
      const named = byName.get(given) ?? []
      if (named.length === 1 && named[0]) return named[0].groupId
      problems.push(
        named.length > 1 ? `Several groups are named “${given}”; use an id.` : `There is no group “${given}”.`,
      )
      return given
    })
    return { line, user: { ...user, groups: resolved ?? [] }, problems }
  })
}

type Answer = StartOnboardingMutation['startOnboarding']
type Planned = Extract<Answer, { __typename: 'StartOperationSuccess' }>
type Failure = Exclude<Answer, Planned | null | undefined>

export interface Verdict {
  /** The lines of the rows that were checked. */
  readonly lines: readonly number[]
  /** By line. */
  readonly problems: ReadonlyMap<number, readonly string[]>
  /** Of exactly the rows that were checked, if it has no problem. */
  readonly planned: Planned | undefined
  /** A failure that is not about single rows. */
  readonly failure: Failure | undefined
  /** Notes that are not about single rows. */
  readonly notes: readonly string[]
}

const newRole = 'has never been seen in the organization'

/**
 * Asks for dry runs until each problem is known. The API reports in turn invalid values, roles that are new, and users
 * that would fail: a row with an invalid value is left out of the next dry run, and new roles are allowed in it.
 */
export async function checkByDryRuns(
  rows: readonly OnboardingRow[],
  allowsNewRoles: boolean,
  dryRun: (input: { users: CreateUserInput[]; allowUnknownRole: boolean }) => Promise<Answer>,
): Promise<Verdict> {
  const problems = new Map<number, string[]>()
  const report = (line: number, problem: string) => problems.set(line, [...(problems.get(line) ?? []), problem])
  const verdict = (part: Partial<Verdict>): Verdict => ({
    lines: rows.map(({ line }) => line),
    problems,
    planned: undefined,
    failure: undefined,
    notes: [],
    ...part,
  })
  let [asked, allowUnknownRole] = [rows, allowsNewRoles]
  while (asked.length > 0) {
    const answer = await dryRun({ users: asked.map(({ user }) => user), allowUnknownRole })
    if (answer?.__typename === 'StartOperationSuccess') {
      const byAddress = new Map(asked.map(({ line, user }) => [user.primaryEmail.toLowerCase(), line]))
      const notes = answer.notes.filter((note) => {
        const [, address = '', reason] = /^(\S+) will fail: (.*)$/.exec(note) ?? []
        const line = byAddress.get(address.toLowerCase())
        if (line !== undefined) report(line, `This user will fail: ${reason}.`)
        return line === undefined
      })
      return verdict({ notes, planned: problems.size === 0 ? answer : undefined })
    }
    const { ofRows, others } = issuesByRow(asked, answer && 'issues' in answer ? answer.issues : [])
    if (!answer || ofRows.length === 0 || others.length > 0) return verdict({ failure: answer ?? undefined })
    for (const { row, text } of ofRows) report(row.line, text)
    const invalid = new Set(ofRows.filter(({ isNewRole }) => !isNewRole).map(({ row }) => row))
    // The next dry run would be the same.
    if (invalid.size === 0 && allowUnknownRole) break
    if (invalid.size === 0) allowUnknownRole = true
    asked = asked.filter((row) => !invalid.has(row))
  }
  return verdict({})
}

/** Names the row of each issue, as a person who sees the file would. */
export function issuesByRow(rows: readonly OnboardingRow[], issues: readonly Issue[]) {
  const ofRows: { row: OnboardingRow; text: string; isNewRole: boolean }[] = []
  const others: Issue[] = []
  for (const issue of issues) {
    const [list, index, field = '', position] = issue.path
    const row = list === 'users' ? rows[Number(index)] : undefined
    if (!row) {
      others.push(issue)
      continue
    }
    const values = row.user[field as keyof CreateUserInput]
    const value = Array.isArray(values) ? values[Number(position)] : undefined
    const where = value === undefined ? field : `${field}: “${value}”`
    const message = issue.message
      .replace(/; to send it nevertheless, set `allowUnknownRole` to true/, '')
      .replace(/users\.(\d+)/g, (path, other) => (rows[other] ? `row ${rows[other].line}` : path))
    const isNewRole = field === 'roles' && message.includes(newRole)
    ofRows.push({ row, text: isNewRole ? `Role “${value}”: ${message}` : `${where}: ${message}`, isNewRole })
  }
  return { ofRows, others }
}

function listOf(cell: string): string[] {
  return cell
    .split(';')
    .map((value) => value.trim())
    .filter(Boolean)
}
