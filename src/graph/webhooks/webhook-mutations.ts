import { GraphQLError } from 'graphql'
import { WebhookError } from '../../webhooks/webhooks.ts'
import { builder } from '../builder.ts'
import type { GraphContext } from '../context.ts'
import { requiresScope } from '../core/field-policy.ts'
import { numericKey, parseGlobalId } from '../core/global-id.ts'
import { organizationIdOf } from '../core/organization-argument.ts'
import { requireScope } from '../core/scopes.ts'
import { checkedText, userInputError } from '../core/user-input-error.ts'
import { visibleWebhooks, Webhook, WebhookEvent } from './webhook.ts'

/** A webhook, and a signing secret that is shown only once. */
interface Secret {
  readonly id: number
  readonly secret: string
}

const WebhookSecret = builder.objectRef<Secret>('WebhookSecret').implement({
  description: 'A webhook with a new signing secret.',
  fields: (t) => ({
    webhook: t.field({
      type: Webhook,
      description: 'The webhook.',
      resolve: ({ id }, _args, context) => theWebhook(context, id),
    }),
    secret: t.string({
      description:
        'The secret with which receivers verify messages: `whsec_` and 32 bytes in base64. It is shown only once.',
      resolve: ({ secret }) => secret,
    }),
  }),
})

interface TestResult {
  readonly status: number | undefined
  readonly error: string | undefined
}

const WebhookTest = builder.objectRef<TestResult>('WebhookTest').implement({
  description: 'The result of a test message.',
  fields: (t) => ({
    accepted: t.boolean({
      description: 'Whether the receiver answered with a status of 200 to 299.',
      resolve: ({ error }) => error === undefined,
    }),
    status: t.int({
      nullable: true,
      description: 'The HTTP status of the response. Null if there was none.',
      resolve: ({ status }) => status,
    }),
    error: t.string({
      nullable: true,
      description: 'Why the message was not accepted. Null if it was.',
      resolve: ({ error }) => error,
    }),
  }),
})

const admin = { extensions: requiresScope('admin'), nullable: true } as const
const needs = 'Requires the `admin` scope.'
const unknown = 'Fails with the code NOT_FOUND for an unknown webhook.'
const idDescription = 'The ID of a webhook.'

builder.mutationFields((t) => ({
  createWebhook: t.field({
    ...admin,
    type: WebhookSecret,
    description:
      'Create a webhook. It receives the events from now on; `replayWebhook` sends earlier ones. Fails with the code ' +
      `BAD_USER_INPUT if the URL is not https or leads to an address that is not public. ${needs}`,
    args: {
      organization: t.arg.string({
        description:
          "The organization's slug. Omit it for all organizations, which requires a token that is valid for every " +
          'organization.',
      }),
      url: t.arg.string({ required: true, description: 'The URL of the receiver. It must begin with https://.' }),
      events: t.arg({
        type: [WebhookEvent],
        required: true,
        description: 'The types of events to send. At least one.',
      }),
    },
    resolve: async (_root, { organization, url, events }, context) => {
      requireScope(context.viewer, 'admin')
      return await asInput(
        context.webhooks.create({
          organizationId: await organizationOf(context, organization),
          url: checkedText('url', url),
          events: events as string[],
          createdBy: context.viewer.name,
        }),
      )
    },
  }),
  deleteWebhook: t.boolean({
    ...admin,
    description: `Delete a webhook and the record of its deliveries. Returns true. ${unknown} ${needs}`,
    args: { id: t.arg.id({ required: true, description: idDescription }) },
    resolve: async (_root, { id }, context) => found(await context.webhooks.remove(await webhookId(context, id))),
  }),
  enableWebhook: t.field({
    ...admin,
    type: Webhook,
    description:
      'Enable a disabled webhook, or retry a failing one now. It continues with the first message that was not ' +
      `delivered. ${unknown} ${needs}`,
    args: { id: t.arg.id({ required: true, description: idDescription }) },
    resolve: async (_root, { id }, context) => {
      const key = await webhookId(context, id)
      found(await context.webhooks.enable(key))
      return await theWebhook(context, key)
    },
  }),
  rotateWebhookSecret: t.field({
    ...admin,
    type: WebhookSecret,
    description:
      'Create a new signing secret. Until the overlap ends, messages have two signatures: one by the new and one by ' +
      `the old secret. Fails with the code BAD_USER_INPUT before the overlap of the last rotation has ended, unless it is forced. ${unknown} ${needs}`,
    args: {
      id: t.arg.id({ required: true, description: idDescription }),
      overlapHours: t.arg.int({
        defaultValue: 24,
        description: 'How long the old secret is used, too (0–720). Defaults to 24.',
      }),
      force: t.arg.boolean({
        defaultValue: false,
        description:
          'Rotate even if the overlap of the last rotation has not ended. Its old secret is dropped at once.',
      }),
    },
    resolve: async (_root, { id, overlapHours, force }, context) => {
      const key = await webhookId(context, id)
      const hours = overlapHours ?? 24
      if (hours < 0 || hours > 720) throw userInputError('`overlapHours` must be between 0 and 720 hours')
      return {
        id: key,
        secret: found(
          await asInput(context.webhooks.rotate(key, { overlapSeconds: hours * 3_600, force: force === true })),
        ),
      }
    },
  }),
  testWebhook: t.field({
    ...admin,
    type: WebhookTest,
    description:
      'Send a message of the type `webhook.test` now, and wait for the answer, at most 15 s. Works for a disabled ' +
      `webhook, too. ${unknown} ${needs}`,
    args: { id: t.arg.id({ required: true, description: idDescription }) },
    resolve: async (_root, { id }, context) =>
      found(await asInput(context.webhooks.test(await webhookId(context, id), context.signal))),
  }),
  replayWebhook: t.field({
    ...admin,
    type: Webhook,
    description:
      'Send all events since a time again, in order and with the same message IDs. Events that are not delivered yet ' +
      'follow. A disabled webhook sends nothing until it is enabled. Fails with the code BAD_USER_INPUT if `since` is in ' +
      `the future. ${unknown} ${needs}`,
    args: {
      id: t.arg.id({ required: true, description: idDescription }),
      since: t.arg({
        type: 'DateTime',
        required: true,
        description: 'Events recorded at or after this time are sent. Events before the retained history are not.',
      }),
    },
    resolve: async (_root, { id, since }, context) => {
      const key = await webhookId(context, id)
      found(await asInput(context.webhooks.replay(key, since)))
      return await theWebhook(context, key)
    },
  }),
}))

/** Null: all organizations. */
async function organizationOf(context: GraphContext, slug: string | null | undefined): Promise<number | null> {
  if (slug != null) return await organizationIdOf(context, slug)
  if (context.viewer.organizations === 'all') return null
  throw userInputError('`organization` is required: the token is not valid for every organization')
}

/** Checks that the caller may see the webhook. */
async function webhookId(context: GraphContext, id: string): Promise<number> {
  requireScope(context.viewer, 'admin')
  const key = numericKey(parseGlobalId(id, ['Webhook']))
  await theWebhook(context, key)
  return key
}

async function theWebhook(context: GraphContext, id: number) {
  const [webhook] = await visibleWebhooks(context, id)
  return found(webhook)
}

function found<T>(result: T | undefined | false): T {
  if (result === undefined || result === false)
    throw new GraphQLError('No webhook has this ID', { extensions: { code: 'NOT_FOUND' } })
  return result
}

async function asInput<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw error instanceof WebhookError ? userInputError(error.message) : error
  }
}
