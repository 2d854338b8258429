/** The rows of the mirror in memory, and what of them existed at a moment. Times are as the API shows them. */
import type { Sql } from '../../../src/db/database.ts'
import { where } from './reading.ts'
import type { AliasRow, Life, OrganizationRow, Profile, State } from './rows.ts'
import { iso } from './text.ts'

interface Version {
  readonly valid_from: string
  readonly valid_to: string
}

export interface Dump {
  /** The present. */
  readonly now: State
  /** The first moment of the history. */
  readonly from: string
  at(moment: string): State
}

export async function readDump(sql: Sql): Promise<Dump> {
  const read = async <Row>(table: string, type?: string, columns = '*'): Promise<Row[]> => {
    const rows = await sql.unsafe<Record<string, unknown>[]>(`select ${columns} from ${table}`, [])
    return rows.map((row) => ({ ...(type && { __typename: type }), ...withTimes(row) }) as Row)
  }
  const now: State = {
    organizations: await read('organizations', 'Organization'),
    users: await read('users', 'User'),
    groups: await read('groups', 'Group'),
    roles: await read('roles', 'Role'),
    aliases: await read('aliases', 'Alias'),
    memberships: await read('memberships'),
    grants: await read('role_grants'),
    confirmations: await read('user_confirmations'),
    pulls: await read('pulls', 'Pull'),
    findings: await read(
      'findings',
      'Finding',
      '*, to_json(subject_ids) as subject_ids, to_json(subject_types) as subject_types',
    ),
    findingRuns: await read('finding_runs'),
    operations: await read('operations', 'Operation'),
    items: await read('operation_items'),
    steps: await read('operation_steps'),
    allowances: await read(
      'allowances a',
      undefined,
      '*, (select count(*)::int from allowance_slots s where s.key = a.key and s.free_at > clock_timestamp()) as used',
    ),
  }
  const history: History = {
    users: await read('user_versions'),
    groups: await read('group_versions'),
    spellings: await read('alias_spellings'),
  }
  const mirrored = now.organizations.filter(({ retired_at }) => retired_at === null).map(({ id }) => id)
  const applied = await read<{ organization_id: number; applied_at: string }>('change_sets')
  const from = applied.filter((set) => mirrored.includes(set.organization_id)).map((set) => set.applied_at)
  const states = new Map<string, State>()
  const at = (moment: string) => {
    const state = states.get(moment) ?? stateAt(now, history, moment)
    states.set(moment, state)
    return state
  }
  return { now, from: from.sort()[0] ?? '', at }
}

/** Every time in a row, as the API shows it. */
function withTimes(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, timeIn(key, value)]))
}

function timeIn(column: string, value: unknown): unknown {
  const isTime = /_(at|of|from|to|by|since|until)$/.test(column) && typeof value === 'string'
  return isTime ? iso(value) : value
}

interface History {
  readonly users: readonly (Profile & Version & { readonly user_id: number })[]
  readonly groups: readonly (Version & { group_id: number; name: string; member_count: number | null })[]
  readonly spellings: readonly { readonly alias_id: number; readonly address: string; readonly valid_to: string }[]
}

function stateAt(now: State, history: History, moment: string): State {
  const ended = (time: string | null) => (time !== null && time <= moment ? time : null)
  const asThen = <Row extends { id: number; deleted_at: string | null }>(
    row: Row,
    versions: readonly Version[],
  ): Row[] => {
    const { version_from } = row as unknown as { version_from: string }
    if (version_from <= moment) return [{ ...row, deleted_at: ended(row.deleted_at) }]
    const version = versions.find((one) => one.valid_from <= moment && one.valid_to > moment)
    if (!version) return []
    const { user_id: _user, group_id: _group, ...values } = version as Version & { user_id?: number; group_id?: number }
    return [{ ...row, ...values, deleted_at: null }]
  }
  const begun = <Row extends { valid_from: string }>(rows: readonly Row[]) =>
    rows.filter((row) => row.valid_from <= moment)
  const alive = <Row extends Life>(rows: readonly Row[]) =>
    begun(rows).map((row) => ({ ...row, valid_to: ended(row.valid_to) }))
  const spelled = (alias: AliasRow) =>
    where(history.spellings, 'alias_id', alias.id)
      .filter((one) => one.valid_to > moment)
      .sort((a, b) => (a.valid_to < b.valid_to ? -1 : 1))[0]?.address ?? alias.address
  const asOf = (organization: OrganizationRow, bit: number) =>
    now.pulls
      .filter((pull) => pull.organization_id === organization.id && pull.state === 'COMPLETE')
      .filter((pull) => pull.finished_at !== null && pull.finished_at <= moment && ((pull.carried ?? 0) & bit) === bit)
      .map((pull) => pull.first_sent_at)
      .sort()
      .at(-1) ?? null
  return {
    organizations: now.organizations.map((one) => ({
      ...one,
      profile_as_of: asOf(one, 0),
      roles_as_of: asOf(one, 1),
      aliases_as_of: asOf(one, 2),
      groups_as_of: asOf(one, 4),
    })),
    users: now.users.flatMap((user) => asThen(user, where(history.users, 'user_id', user.id))),
    groups: now.groups.flatMap((group) => asThen(group, where(history.groups, 'group_id', group.id))),
    roles: begun(now.roles),
    aliases: alive(now.aliases).map((alias) => ({ ...alias, address: spelled(alias) })),
    memberships: alive(now.memberships),
    grants: alive(now.grants),
    // Only the last confirmation is stored, so a past moment has none.
    confirmations: [],
    pulls: [],
    findings: [],
    findingRuns: [],
    operations: [],
    items: [],
    steps: [],
    allowances: [],
  }
}
