/** The states of the vendor and of the mirror, in one form, to be compared as a whole. */
import type { Sql } from '../../../src/db/database.ts'
import { interfaceAccount } from '../../../src/simulator/v1/interface-wire.ts'
import type { ApiHarness } from './api-harness.ts'

export interface State {
  readonly [primaryEmail: string]: unknown
}

/** All users at the vendor, as the API shows them. */
export function vendorState({ vendor, api }: Pick<ApiHarness, 'vendor' | 'api'>): State {
  if (api === 'v1') return interfaceState(vendor)
  const users = vendor.snapshot().users.map((user) => [
    user.primaryEmail,
    {
      firstName: user.firstName ?? null,
      lastName: user.lastName ?? null,
      type: user.type.toUpperCase(),
      status: user.status?.toUpperCase() ?? null,
      mailboxSize: user.mailboxSize ?? null,
      spamPolicy: user.spamPolicy ?? null,
      roles: user.roles.toSorted(),
      aliases: user.aliases.toSorted(),
      groups: user.groups.toSorted(),
      createdAt: Date.parse(user.createdAt),
      updatedAt: Date.parse(user.updatedAt),
    },
  ])
  return Object.fromEntries(users)
}

/** The API v1 has neither times nor groups, and its accounts have one role. */
function interfaceState({ directory }: ApiHarness['vendor']): State {
  const users = directory.accounts.map(interfaceAccount).map((user) => [
    user.primaryEmail,
    {
      firstName: user.firstname || null,
      lastName: user.surname || null,
      type: 'USER',
      status: user.isActive ? 'ACTIVE' : 'INACTIVE',
      mailboxSize: null,
      spamPolicy: null,
      roles: [user.type.toUpperCase()],
      aliases: user.aliases.toSorted(),
      groups: [],
      createdAt: Number.NaN,
      updatedAt: Number.NaN,
    },
  ])
  return Object.fromEntries(users)
}

/** All live users in the mirror. */
export async function mirrorState({ database }: Pick<ApiHarness, 'database'>): Promise<State> {
  const rows = await database.sql<{ primaryEmail: string; createdAt: string; updatedAt: string }[]>`
    select primary_email as "primaryEmail", first_name as "firstName", last_name as "lastName", type, status,
      mailbox_size as "mailboxSize", spam_policy as "spamPolicy", created_at as "createdAt", updated_at as "updatedAt",
      array(select r.name from role_grants g join roles r on r.id = g.role_id where g.user_id = u.id and g.valid_to is null order by 1) as roles,
      array(select address from aliases a where a.user_id = u.id and a.valid_to is null order by 1) as aliases,
      array(select g.group_id from memberships m join groups g on g.id = m.group_id where m.user_id = u.id and m.valid_to is null order by 1) as groups
    from users u where deleted_at is null`
  return Object.fromEntries(
    rows.map(({ primaryEmail, createdAt, updatedAt, ...rest }) => [
      primaryEmail,
      {
        ...rest,
        roles: sorted(rest, 'roles'),
        aliases: sorted(rest, 'aliases'),
        groups: sorted(rest, 'groups'),
        spamPolicy: parsed((rest as { spamPolicy?: unknown }).spamPolicy),
        createdAt: Date.parse(createdAt),
        updatedAt: Date.parse(updatedAt),
      },
    ]),
  )
}

/** The feed as its readers see it, except for ids and times. */
export async function feed(sql: Sql): Promise<{ kind: string; origin: string; actor: string | null }[]> {
  return await sql<{ kind: string; origin: string; actor: string | null }[]>`
    select unnest(kinds) as kind, origin, actor from change_sets order by last_position`
}

function sorted(row: object, name: string): unknown {
  const list = (row as Record<string, unknown>)[name]
  return Array.isArray(list) ? list.toSorted() : list
}

/** Drizzle keeps JSON as text on the client that it shares. */
function parsed(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : (value ?? null)
}
