import { domainOf } from '../../addresses/spellings.ts'
import type { Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { wakeWorkers } from '../../mirror/work-wakes.ts'
import type { JsonObject } from '../../vendor/wire/wire.ts'
import type { WriteFailure } from '../../writes/failure.ts'
import type { Secrets } from '../../writes/secrets.ts'
import { type OperationKind, passwordOf } from '../operation.ts'
import { concludeOperation } from '../runner/end-item.ts'

export interface NewItem {
  readonly primaryEmail: string
  /** Without the password. */
  readonly input: JsonObject
  readonly password?: string | null | undefined
  /** The expected number of requests. */
  readonly requests: number
  /** Why the item fails before any request is sent. */
  readonly failure?: WriteFailure | undefined
}

/** Inserts an operation with its items and returns its id. Seals the passwords. */
export async function insertOperation(
  tx: Transaction,
  secrets: Secrets | undefined,
  operation: { readonly organizationId: number; readonly kind: OperationKind; readonly createdBy: string },
  items: readonly NewItem[],
): Promise<number> {
  const { organizationId, kind, createdBy } = operation
  const [inserted] = await tx<{ id: number }[]>`
    insert into operations (id, organization_id, kind, created_by)
    values (nextval('node_ids'), ${organizationId}, ${kind}, ${createdBy}) returning id`
  const id = inserted?.id as number
  const sealed = items.map(({ password, primaryEmail }) =>
    password == null ? null : sealWith(secrets, password, passwordOf(id, primaryEmail)),
  )
  await tx`
    insert into operation_items (id, operation_id, primary_email, domain, state, input, password, password_given, requests, failure)
    select nextval('node_ids'), ${id}, email, domain, (case when failure is null then 'QUEUED' else 'FAILED' end)::item_state,
      input::jsonb, password, password is not null, requests, failure::jsonb
    from (
      select * from unnest(
        ${array(items.map((item) => item.primaryEmail))}::text[],
        ${array(items.map((item) => domainOf(item.primaryEmail)))}::text[],
        ${array(items.map((item) => JSON.stringify(item.input)))}::text[],
        ${array(sealed)}::text[],
        ${array(items.map((item) => item.requests))}::int[],
        ${array(items.map((item) => item.failure && JSON.stringify(item.failure)))}::text[]
      ) with ordinality as item(email, domain, input, password, requests, failure, place) order by place
    ) item`
  await concludeOperation(tx, id)
  await wakeWorkers(tx, organizationId)
  return id
}

function sealWith(secrets: Secrets | undefined, password: string, about: string): string {
  if (!secrets) throw new Error('Storing a password requires SECRET_KEY')
  return secrets.seal(password, about)
}
