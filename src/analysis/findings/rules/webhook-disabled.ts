import type { Rule } from '../rule.ts'

/**
 * Besides the evaluations after pulls, it is evaluated when a webhook is disabled or enabled (disable-webhook.ts), so
 * that it does not wait for a pull. The evidence does not contain the URL: readers of the organization may not know it.
 */
export const webhookDisabled: Rule = {
  name: 'WEBHOOK_DISABLED',
  severity: 'HIGH',
  title: 'A webhook was disabled because its receiver kept failing',
  when:
    'A webhook of the organization, or of all organizations, is disabled: no attempt to deliver a message succeeded ' +
    'within a day, or the receiver answered 410.',
  advice:
    'Repair the receiver, then enable the webhook. It continues where it stopped, so no event is lost. See ' +
    'docs/webhooks.md.',
  identity: 'webhook',
  subjects: 'the organization',
  evidence: '`webhook`: its number; `reason`; `disabledAt`',
  asked: 'TIME',
  question: () => `
    select w.id::text as key, array[$1::bigint] as subject_ids, '{Organization}'::text[] as subject_types,
      jsonb_build_object('webhook', w.id, 'disabledAt', w.disabled_at, 'reason', w.disabled_reason) as evidence
    from webhooks w where w.disabled_at is not null and (w.organization_id is null or w.organization_id = $1)`,
}
