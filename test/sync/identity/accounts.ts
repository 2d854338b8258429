/** A vendor with a mirror, the accounts in that mirror, and an account that is replaced at the vendor. */
import { array } from '../../../src/db/pg-array.ts'
import { everySection, type Switches } from '../../../src/simulator/options.ts'
import type { Api } from '../../support/api.ts'
import { type Mirrored, mirrored } from '../../support/mirrored.ts'

export const open = (users: number, switches: Partial<Switches> = {}, api: Api = 'v2') =>
  mirrored({ api, data: { users, groups: 4 }, switches: { listCarries: everySection, ...switches } })

export interface Life {
  readonly id: number
  readonly email: string
  readonly deleted: boolean
  readonly name: string | null
}

export async function lives({ sql }: Mirrored): Promise<Life[]> {
  return await sql<Life[]>`
    select id, primary_email as email, deleted_at is not null as deleted, first_name as name from users order by id`
}

export async function stateOf(mirror: Mirrored): Promise<{ state: string; problem: string | null }> {
  const { organization } = await mirror.data<{ organization: { mirror: { state: string; problem: string | null } } }>(
    '{ organization { mirror { state problem } } }',
  )
  return organization.mirror
}

export async function refresh(mirror: Mirrored, email: string): Promise<void> {
  await mirror.data('mutation ($a: EmailAddress!) { refreshUser(input: { primaryEmail: $a }) { __typename } }', {
    a: email,
  })
}

export async function ended({ sql }: Mirrored): Promise<string[]> {
  const rows = await sql<{ email: string }[]>`
    select address_key as email from users where deleted_at is not null order by address_key`
  return rows.map(({ email }) => email)
}

/** Another client re-creates the account at the address. */
export function recreate({ vendor }: Mirrored, email: string, spelled = email): void {
  vendor.deleteUser(email)
  vendor.createUser({ primaryEmail: spelled, firstName: 'Another' })
}

/** Names and roles of the live users at these addresses. */
export async function shown({ sql }: Mirrored, emails: readonly string[]) {
  const keys = emails.map((email) => email.toLowerCase())
  return await sql<{ name: string | null; roles: string[] }[]>`
    select first_name as name, array(select r.name from role_grants g join roles r on r.id = g.role_id
      where g.user_id = u.id and g.valid_to is null order by 1) as roles
    from users u where deleted_at is null and address_key = any(${array(keys)}::text[]) order by id`
}
