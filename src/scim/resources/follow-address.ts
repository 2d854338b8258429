/**
 * A change of address replaces the account by a new one. The resource follows to the new account, so its id stays the
 * same, whoever started the operation.
 */
import { addressKey } from '../../addresses/address-key.ts'
import type { Transaction } from '../../db/database.ts'

/** The latest operations of an organization that are looked at. */
const latest = 200

export async function followAddresses(tx: Transaction, organizationId: number): Promise<void> {
  const moved = await tx<{ id: string; address: string }[]>`
    select r.id, i.input->>'to' as address
    from (select id, kind from operations where organization_id = ${organizationId} order by id desc limit ${latest}) o
    join operation_items i on i.operation_id = o.id and i.state = 'SUCCEEDED'
    join users u on u.organization_id = ${organizationId} and u.primary_email = i.primary_email and u.deleted_at is not null
    join scim_resources r on r.node_id = u.id and r.hidden_at is null
    where o.kind = 'EMAIL_CHANGE'
    order by o.id`
  for (const { id, address } of moved) await follow(tx, organizationId, id, addressKey(address))
}

async function follow(tx: Transaction, organizationId: number, id: string, key: string): Promise<void> {
  const [user] = await tx<{ id: number }[]>`
    select id from users where organization_id = ${organizationId} and address_key = ${key} and deleted_at is null`
  if (!user) return
  // The new account may have got a resource of its own before the old one was deleted.
  await tx`
    update scim_resources set hidden_at = clock_timestamp()
    where node_id = ${user.id} and hidden_at is null and id <> ${id}::uuid`
  await tx`
    update scim_resources set node_id = ${user.id}, ended_at = null, changed_at = clock_timestamp()
    where id = ${id}::uuid`
}
