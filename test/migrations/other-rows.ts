/** Rows that no pull, write or operation makes. */
import type { Sql } from '../../src/db/database.ts'

/** A webhook that is never due. The notices are those of the program. */
export async function putWebhook(sql: Sql): Promise<void> {
  await sql`
    with hook as (
      insert into webhooks (url, events, secret, created_by, due_at)
      values ('https://receiver.invalid/', '{directory.changed}', 'sealed', 'admin', 'infinity') returning id
    ),
    cursors as (insert into webhook_cursors (webhook_id, organization_id) select hook.id, o.id from hook, organizations o)
    insert into webhook_deliveries (webhook_id, message_id, type, attempt, milliseconds, status)
    select id, 'msg_1', 'webhook.test', 1, 20, 204 from hook`
}

/** An organization that the vendor refuses to credentials which it accepts otherwise. */
export async function putRefusedArea(sql: Sql): Promise<void> {
  await sql`
    insert into allowance_refusals (key, area, credential, until)
    values ('of an administrator', 'refused.example', 'digest', 'infinity')`
}

/** What SCIM stores of one organization. */
export async function putScim(sql: Sql): Promise<void> {
  await sql`
    with directories as (
      insert into scim_directories (organization_id) select id from organizations returning organization_id
    ),
    resources as (
      insert into scim_resources (organization_id, kind, address_key, pending, external_id)
      select organization_id, 'User', 'new@example.com', '{}', '00u1' from directories returning *
    ),
    removals as (
      insert into scim_removals (organization_id, viewer, resource_id) select organization_id, 'okta', id from resources
    )
    insert into scim_activity (organization_id, viewer, action, kind, resource_id, status)
    select organization_id, 'okta', 'CREATED', 'User', id, 201 from resources`
}
