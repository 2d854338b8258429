/** The types of webhooks, and the query that lists them. */

import {
  type DeliveryRow,
  eventTypes,
  listWebhooks,
  mostWebhooks,
  readDeliveries,
  type WebhookRow,
} from '../../webhooks/webhooks.ts'
import { builder } from '../builder.ts'
import type { GraphContext } from '../context.ts'
import { costs } from '../core/cost.ts'
import { noPast, requiresScope } from '../core/field-policy.ts'
import { encodeGlobalId } from '../core/global-id.ts'
import { requireScope } from '../core/scopes.ts'
import { visibleSlugs } from '../core/tenant-visibility.ts'

/** Deliveries that are shown of each webhook. */
const shownDeliveries = 20

/** The events as a GraphQL enum: `directory.changed` is DIRECTORY_CHANGED. */
const enumValueOf = (event: string) => event.toUpperCase().replace('.', '_')

export const WebhookEvent = builder.enumType('WebhookEvent', {
  description: 'A type of events that a webhook receives.',
  values: Object.fromEntries(
    Object.entries(eventTypes).map(([event, description]) => [
      enumValueOf(event),
      { value: event, description: `\`${event}\`: ${description[0]?.toLowerCase()}${description.slice(1)}` },
    ]),
  ),
})

const WebhookState = builder.enumType('WebhookState', {
  description: 'The state of a webhook.',
  values: {
    ACTIVE: { description: 'Messages are delivered as events occur.' },
    FAILING: { description: 'The receiver did not accept the next message. It is retried for a day.' },
    DISABLED: { description: 'Messages wait until the webhook is enabled.' },
  },
})

const WebhookDelivery = builder.objectRef<DeliveryRow>('WebhookDelivery').implement({
  description: 'One attempt to deliver a message.',
  fields: (t) => ({
    messageId: t.string({
      description: 'The `webhook-id` of the message. Retries and replays of an event have the same one.',
      resolve: ({ messageId }) => messageId,
    }),
    type: t.string({ description: 'The type of the event, or `webhook.test`.', resolve: ({ type }) => type }),
    organization: t.string({
      nullable: true,
      description: 'The slug of the organization. Null for a test message of a webhook for all organizations.',
      resolve: ({ organization }) => organization,
    }),
    at: t.field({ type: 'DateTime', description: 'When the attempt ended.', resolve: ({ at }) => at }),
    attempt: t.int({ description: '1 for the first attempt of a message.', resolve: ({ attempt }) => attempt }),
    milliseconds: t.int({ description: 'How long the attempt took.', resolve: ({ milliseconds }) => milliseconds }),
    status: t.int({
      nullable: true,
      description: 'The HTTP status of the response. Null if there was none.',
      resolve: ({ status }) => status,
    }),
    error: t.string({
      nullable: true,
      description: 'Why the attempt failed. Null if the receiver accepted the message.',
      resolve: ({ error }) => error,
    }),
  }),
})

interface Shown extends WebhookRow {
  readonly deliveries: readonly DeliveryRow[]
}

export const Webhook = builder.objectRef<Shown>('Webhook').implement({
  description: 'A URL to which events are sent as signed HTTP requests (docs/webhooks.md).',
  fields: (t) => ({
    id: t.id({ description: 'The ID of the webhook.', resolve: ({ id }) => encodeGlobalId('Webhook', id) }),
    organization: t.string({
      nullable: true,
      description: 'The slug of the organization whose events are sent. Null for all organizations.',
      resolve: ({ organization }) => organization,
    }),
    url: t.string({ description: 'The URL of the receiver.', resolve: ({ url }) => url }),
    events: t.field({
      type: [WebhookEvent],
      description: 'The types of events that are sent.',
      resolve: ({ events }) => events as never,
    }),
    state: t.field({
      type: WebhookState,
      description: 'Whether messages are delivered.',
      resolve: ({ state }) => state,
    }),
    failingSince: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the first attempt of the oldest undelivered message failed. Null if none has.',
      resolve: ({ failingSince }) => failingSince,
    }),
    disabledAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the webhook was disabled. Null if it is not.',
      resolve: ({ disabledAt }) => disabledAt,
    }),
    disabledReason: t.string({
      nullable: true,
      description: 'Why the webhook was disabled. Null if it is not.',
      resolve: ({ disabledReason }) => disabledReason,
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When the webhook was created.',
      resolve: ({ createdAt }) => createdAt,
    }),
    createdBy: t.string({
      description: 'The name of the caller that created the webhook.',
      resolve: ({ createdBy }) => createdBy,
    }),
    deliveries: t.field({
      type: [WebhookDelivery],
      description: `The last ${shownDeliveries} attempts, newest first. They are kept for WEBHOOK_DELIVERY_DAYS.`,
      extensions: costs({ size: shownDeliveries }),
      resolve: ({ deliveries }) => [...deliveries],
    }),
  }),
})

/** The webhooks that the caller may see: those of its organizations, and if it sees all organizations, all others. */
export async function visibleWebhooks(context: GraphContext, id: number | null = null): Promise<Shown[]> {
  const rows = await listWebhooks(context.sql, visibleSlugs(context), id)
  const deliveries = await readDeliveries(
    context.sql,
    rows.map((row) => row.id),
    shownDeliveries,
  )
  const byWebhook = Map.groupBy(deliveries, ({ webhookId }) => webhookId)
  return rows.map((row) => ({ ...row, deliveries: byWebhook.get(row.id) ?? [] }))
}

builder.queryField('webhooks', (t) =>
  t.field({
    type: [Webhook],
    nullable: true,
    description:
      'The webhooks of the organizations that are visible to the caller. Those for all organizations are visible to ' +
      'tokens that are valid for every organization. Requires the `admin` scope.',
    extensions: { ...noPast, ...requiresScope('admin'), ...costs({ base: 100, size: mostWebhooks }) },
    resolve: async (_root, _args, context) => {
      requireScope(context.viewer, 'admin')
      return await visibleWebhooks(context)
    },
  }),
)
