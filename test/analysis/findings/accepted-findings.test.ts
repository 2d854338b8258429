/** Findings that a person accepts, new roles, and the roles that count as privileged. */
import { expect, test } from 'vitest'
import { evaluateFindings } from '../../../src/analysis/findings/evaluate.ts'
import { putOrganizations } from '../../../src/mirror/sync-organizations.ts'
import { everySection } from '../../../src/simulator/options.ts'
import { type Mirrored, mirrored } from '../../support/mirrored.ts'

const person = (name: string, roles: string[], more = {}) => ({
  primaryEmail: `${name}@example.com`,
  roles,
  groups: ['grp_001'],
  ...more,
})

const start = () =>
  mirrored({
    switches: { listCarries: everySection },
    data: {
      groups: [{ id: 'grp_001', name: 'Everyone' }],
      users: [
        person('ann', ['USER', 'HELPDESK'], { status: 'inactive' }),
        person('bob', ['USER', 'ADMINISTRATOR'], { status: 'inactive' }),
        person('cyd', ['USER']),
      ],
    },
  })

async function pull(mirror: Mirrored): Promise<void> {
  await mirror.pull()
  await evaluateFindings(mirror.sql, mirror.organizationId)
}

async function found({ data }: Mirrored, args = ''): Promise<string[]> {
  const { findings } = await data<{
    findings: { totalCount: number; nodes: { rule: string; evidence: { roles?: string[]; role?: string } }[] }
  }>(`{ findings${args} { totalCount nodes { rule evidence } } }`)
  expect(findings.totalCount).toBe(findings.nodes.length)
  return findings.nodes.map(({ rule, evidence }) => `${rule} ${evidence.roles?.join() ?? evidence.role ?? ''}`).sort()
}

const inMonths = (months: number) => new Date(Date.now() + months * 30 * 86_400_000).toISOString()

async function accept({ data }: Mirrored, input: { id: string; reason: string; until: string }) {
  const { acceptFinding } = await data<{ acceptFinding: Record<string, unknown> }>(
    `mutation ($input: AcceptFindingInput!) { acceptFinding(input: $input) { __typename
      ... on AcceptFindingSuccess { finding { acceptance { reason by } } } ... on Failure { message } ... on InvalidInput { issues { path } } } }`,
    { input },
  )
  return acceptFinding
}

const idOf = async ({ data }: Mirrored, rule: string) =>
  (await data<{ findings: { nodes: { id: string }[] } }>(`{ findings(rules: [${rule}]) { nodes { id } } }`)).findings
    .nodes[0]?.id ?? ''

test('findings: an accepted one is left out until its time has passed, or it changes', async () => {
  await using mirror = await start()
  await pull(mirror)
  const both = ['PRIVILEGED_INACTIVE ADMINISTRATOR', 'PRIVILEGED_INACTIVE HELPDESK']
  expect(await found(mirror)).toEqual(both)
  const id = await idOf(mirror, 'PRIVILEGED_INACTIVE')
  const input = { id, reason: ' on leave until spring ', until: inMonths(3) }
  expect(await accept(mirror, input)).toEqual({
    __typename: 'AcceptFindingSuccess',
    finding: { acceptance: { reason: 'on leave until spring', by: 'reader' } },
  })
  const [left = ''] = await found(mirror)
  expect(await found(mirror, '(accepted: true)')).toEqual(both.filter((one) => one !== left))
  expect(await found(mirror, '(accepted: null)')).toEqual(both)

  await mirror.sql`update findings set accepted_until = clock_timestamp() where accepted_until is not null`
  expect(await found(mirror)).toEqual(both)
  await accept(mirror, input)
  await pull(mirror)
  expect(await found(mirror)).toEqual([left])
  for (const name of ['ann', 'bob']) mirror.vendor.updateUser(`${name}@example.com`, { roles: ['USER', 'AUDITOR'] })
  await pull(mirror)
  expect(await found(mirror, '(rules: [PRIVILEGED_INACTIVE])')).toHaveLength(2)
})

test('findings: an acceptance is withdrawn before its time, and only of an open finding', async () => {
  await using mirror = await start()
  await pull(mirror)
  const both = await found(mirror)
  const id = await idOf(mirror, 'PRIVILEGED_INACTIVE')
  const withdraw = async () => {
    const { withdrawAcceptance } = await mirror.data<{ withdrawAcceptance: object }>(
      `mutation ($id: ID!) { withdrawAcceptance(finding: $id) { __typename
        ... on WithdrawAcceptanceSuccess { finding { acceptance { by } } } } }`,
      { id },
    )
    return withdrawAcceptance
  }
  await accept(mirror, { id, reason: 'on leave', until: inMonths(3) })
  expect(await found(mirror)).toHaveLength(1)
  const withdrawn = { __typename: 'WithdrawAcceptanceSuccess', finding: { acceptance: null } }
  expect(await withdraw()).toEqual(withdrawn)
  expect(await found(mirror)).toEqual(both)
  expect(await withdraw()).toEqual(withdrawn)
  for (const name of ['ann', 'bob']) mirror.vendor.updateUser(`${name}@example.com`, { status: 'active' })
  await pull(mirror)
  expect(await withdraw()).toEqual({ __typename: 'NotFound' })
})

test('findings: acceptFinding rejects an empty reason, a time in the past, and a finding that is not open', async () => {
  await using mirror = await start()
  await pull(mirror)
  const id = await idOf(mirror, 'PRIVILEGED_INACTIVE')
  const issue = async (input: object) =>
    (await accept(mirror, { id, reason: 'known', until: inMonths(1), ...input })).issues
  expect(await issue({ reason: ' ' })).toEqual([{ path: ['reason'] }])
  expect(await issue({ reason: 'x'.repeat(1_001) })).toEqual([{ path: ['reason'] }])
  expect(await issue({ until: '2026-01-01T00:00:00Z' })).toEqual([{ path: ['until'] }])
  expect(await issue({ until: inMonths(30) })).toEqual([{ path: ['until'] }])
  for (const name of ['ann', 'bob']) mirror.vendor.updateUser(`${name}@example.com`, { status: 'active' })
  await pull(mirror)
  expect(await accept(mirror, { id, reason: 'known', until: inMonths(1) })).toMatchObject({ __typename: 'NotFound' })
})

test('findings: a role that the organization has never had is one, but not a role of the first pull', async () => {
  await using mirror = await start()
  await pull(mirror)
  expect(await found(mirror, '(rules: [NEW_ROLE])')).toEqual([])
  mirror.vendor.updateUser('cyd@example.com', { roles: ['USER', 'SUPER_ADMIN'] })
  await pull(mirror)
  expect(await found(mirror, '(rules: [NEW_ROLE])')).toEqual(['NEW_ROLE SUPER_ADMIN'])
  mirror.vendor.updateUser('cyd@example.com', { roles: ['USER'] })
  await pull(mirror)
  expect(await found(mirror, '(rules: [NEW_ROLE])')).toEqual([])
})

test('roles: the configured ones are privileged, in filters, findings and cached counts', async () => {
  await using mirror = await start()
  const { sql, data } = mirror
  await pull(mirror)
  const configure = async (privilegedRoles: readonly string[] | undefined) => {
    const common = { slug: 'acme', name: 'Acme', allowanceKey: 'key', pullIntervalSeconds: 86_400 }
    await putOrganizations(sql, [{ ...common, privilegedRoles }])
    await evaluateFindings(sql, mirror.organizationId)
  }
  const state = async () => {
    const answer = await data<{ roles: { name: string; privileged: boolean }[]; users: { totalCount: number } }>(
      '{ roles { name privileged } users(filter: { privileged: true }) { totalCount } }',
    )
    const names = answer.roles.filter(({ privileged }) => privileged).map(({ name }) => name)
    return [names, answer.users.totalCount, await found(mirror, '(rules: [PRIVILEGED_INACTIVE])')]
  }
  const helpdesk = 'PRIVILEGED_INACTIVE HELPDESK'
  const administrator = 'PRIVILEGED_INACTIVE ADMINISTRATOR'
  expect(await state()).toEqual([['ADMINISTRATOR', 'HELPDESK'], 2, [administrator, helpdesk]])
  await configure(['Administrator', 'Auditor'])
  expect(await state()).toEqual([['ADMINISTRATOR'], 1, [administrator]])
  // A role that appears later follows the configuration, too.
  mirror.vendor.updateUser('cyd@example.com', { roles: ['AUDITOR', 'OTHER'] })
  await pull(mirror)
  expect((await state())[0]).toEqual(['ADMINISTRATOR', 'AUDITOR'])
  await configure(undefined)
  expect((await state())[0]).toEqual(['ADMINISTRATOR', 'AUDITOR', 'HELPDESK', 'OTHER'])
})
