/** The check of an onboarding file, without a browser. */
import { describe, expect, test } from 'vitest'
import {
  checkByDryRuns,
  checkRows,
  decodeFile,
  type OnboardingRow,
  parseOnboarding,
} from '../../../src/explorer/writes/onboarding-rows.ts'

const heading = 'primaryEmail,firstName,lastName,groups,roles,aliases'
const parse = async (...lines: string[]) => await parseOnboarding([heading, ...lines].join('\n'))
const problemsOf = (rows: readonly OnboardingRow[]) => rows.map(({ line, problems }) => [line, problems])

describe('the reading of a file', () => {
  test('onboarding file: a row has the line of the file, after empty lines, too, whatever ends the lines', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const rows = await parseOnboarding([heading, '', 'a@b.c,A', ' , ', '', 'd@e.f,"D"', 'a@b.c,A', ''].join(end))
      expect(rows.map(({ line, user }) => [line, user.primaryEmail])).toEqual([
        [3, 'a@b.c'],
        [6, 'd@e.f'],
        [7, 'a@b.c'],
      ])
      expect(problemsOf(checkRows(rows, [])).at(-1)).toEqual([7, ['The address is also in row 3.']])
    }
  })

  test('onboarding file: a quotation mark that is not closed is reported with its line', async () => {
    const rows = await parse('a@b.c,A,B', 'd@e.f,"D,E', 'g@h.i,G,H')
    expect(problemsOf(rows)).toEqual([
      [2, []],
      [3, ['A quotation mark is not closed: the lines 3 to 4 were read as one row.']],
    ])
  })

  test('onboarding file: two stray quotation marks that swallow a row are reported', async () => {
    const rows = await parse('a@b.c,"A,B', 'd@e.f,D",E', 'g@h.i,G,H')
    expect(problemsOf(rows)).toEqual([
      [2, ['A cell spans lines (2 to 3): is a quotation mark missing or too many?']],
      [4, []],
    ])
  })

  test('onboarding file: a cell without a column is reported, and empty ones are not', async () => {
    const rows = await parse('a@b.c,A,B,,USER,x@b.c,extra', 'd@e.f,D,E,,,,,,')
    expect(problemsOf(rows)).toEqual([
      [2, ['The row has more cells than the heading: “extra”. A cell with a comma needs quotation marks.']],
      [3, []],
    ])
  })

  test('onboarding file: an unknown and a repeated column are reported', async () => {
    const [row] = await parseOnboarding('primaryEmail,Rolle,roles,ROLES\na@b.c,x,USER,ADMINISTRATOR')
    expect(row?.problems).toEqual(['The column “Rolle” is not known.', 'The file has several columns “roles”.'])
  })

  test('onboarding file: bytes that are not UTF-8 are read as windows-1252, which is said', () => {
    const utf8 = new TextEncoder().encode('\uFEFFJosé')
    expect(decodeFile(utf8.buffer)).toEqual({ text: 'José', isGuessed: false })
    const windows = Uint8Array.from([0x4a, 0x6f, 0x73, 0xe9, 0x80])
    expect(decodeFile(windows.buffer)).toEqual({ text: 'José€', isGuessed: true })
  })
})

describe('the check by dry runs', () => {
  type DryRun = Parameters<typeof checkByDryRuns>[2]
  const planned = (...notes: string[]) => ({
    __typename: 'StartOperationSuccess' as const,
    notes,
    plan: [],
    operation: null,
  })
  const invalid = (...issues: { path: string[]; message: string }[]) => ({
    __typename: 'InvalidInput' as const,
    code: 'INVALID_INPUT',
    message: 'The input is not valid',
    issues,
  })
  const unseen =
    'this role has never been seen in the organization; to send it nevertheless, set `allowUnknownRole` to true; did you mean USER?'

  test('onboarding check: a user that will fail is a problem of its row, and the plan is not offered', async () => {
    const rows = await parse('Old@b.c,A', 'new@b.c,N')
    const domain = 'The mirror has no live user in the domain b.c'
    const dryRun: DryRun = async () => planned('old@b.c will fail: old@b.c is already in use', domain)
    const verdict = await checkByDryRuns(rows, false, dryRun)
    expect([...verdict.problems]).toEqual([[2, ['This user will fail: old@b.c is already in use.']]])
    expect(verdict).toMatchObject({ planned: undefined, notes: [domain], lines: [2, 3] })
    expect((await checkByDryRuns(rows, false, async () => planned())).planned).toEqual(planned())
  })

  test('onboarding check: invalid values, new roles and users that will fail are reported together, by row', async () => {
    const rows = await parse('a@b.c,A,,,USR', '', 'd@b.c,D,,,,no-address', 'e@b.c,E')
    const asked: unknown[] = []
    const dryRun: DryRun = async ({ users, allowUnknownRole }) => {
      asked.push([users.map(({ primaryEmail }) => primaryEmail), allowUnknownRole])
      const wrong = users.findIndex(({ aliases }) => aliases?.length)
      if (wrong >= 0) return invalid({ path: ['users', String(wrong), 'aliases', '0'], message: 'must be an address' })
      if (!allowUnknownRole) return invalid({ path: ['users', '0', 'roles', '0'], message: unseen })
      return planned('e@b.c will fail: e@b.c is already in use')
    }
    const { problems, planned: plan, failure } = await checkByDryRuns(rows, false, dryRun)
    expect([...problems].toSorted(([a], [b]) => a - b)).toEqual([
      [2, ['Role “USR”: this role has never been seen in the organization; did you mean USER?']],
      [4, ['aliases: “no-address”: must be an address']],
      [5, ['This user will fail: e@b.c is already in use.']],
    ])
    expect([plan, failure]).toEqual([undefined, undefined])
    expect(asked).toEqual([
      [['a@b.c', 'd@b.c', 'e@b.c'], false],
      [['a@b.c', 'e@b.c'], false],
      [['a@b.c', 'e@b.c'], true],
    ])
  })

  test('onboarding check: a failure that is not about a row is shown as it is', async () => {
    const failure = invalid({ path: ['users'], message: 'the list has 6000 users; at most 5000 are allowed' })
    const verdict = await checkByDryRuns(await parse('a@b.c,A'), false, async () => failure)
    expect(verdict).toMatchObject({ failure, planned: undefined })
  })

  test('onboarding check: issues that stay the same end it', async () => {
    const issue = { path: ['users', '0', 'roles', '0'], message: unseen }
    const verdict = await checkByDryRuns(await parse('a@b.c,A,,,USR'), true, async () => invalid(issue))
    expect([...verdict.problems.keys()]).toEqual([2])
  })
})
