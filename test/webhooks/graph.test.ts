import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ServedGraph, serveGraph } from '../server/served-graph.ts'
import { until } from '../support/until.ts'
import { type Receiver, receiver, verify } from './harness.ts'

let served: ServedGraph
let there: Receiver
let acmeAdmin: string
beforeAll(async () => {
  served = await serveGraph()
  there = await receiver()
  await served.add.organization('acme')
  await served.add.organization('globex')
  acmeAdmin = await served.token({ name: 'acme-admin', scopes: ['admin'], organizations: ['acme'] })
})
afterAll(async () => {
  await there[Symbol.asyncDispose]()
  await served[Symbol.asyncDispose]()
})

type Hook = { webhook: { id: string }; secret: string }

async function create(organization: string | null, token?: string, url = there.url) {
  const { body } = await served.ask(
    `mutation ($organization: String, $url: String!) {
      createWebhook(organization: $organization, url: $url, events: [DIRECTORY_CHANGED]) { secret webhook { id organization state } }
    }`,
    { variables: { organization, url }, ...(token !== undefined && { token }) },
  )
  return { hook: body.data?.createWebhook as Hook | null, error: body.errors?.[0] }
}

test('webhooks in the graph: one is created, tested, rotated, replayed, listed with its deliveries, and deleted', async () => {
  const { hook } = await create('acme')
  if (!hook) throw new Error('not created')
  const { id } = hook.webhook
  const run = async (text: string) => {
    const { body } = await served.ask(`mutation ($id: ID!) { ${text} }`, { variables: { id } })
    expect(body.errors).toBeUndefined()
    return body.data
  }
  expect(await run('testWebhook(id: $id) { accepted status error }')).toEqual({
    testWebhook: { accepted: true, status: 204, error: null },
  })
  const [message] = there.accepted
  if (!message) throw new Error('unreachable')
  verify(hook.secret, message)
  expect(message.body.type).toBe('webhook.test')
  const rotated = (await run('rotateWebhookSecret(id: $id, overlapHours: 1) { secret }')) as {
    rotateWebhookSecret: { secret: string }
  }
  expect(rotated.rotateWebhookSecret.secret).toMatch(/^whsec_/)
  const again = await served.ask('mutation ($id: ID!) { rotateWebhookSecret(id: $id) { secret } }', {
    variables: { id },
  })
  expect(again.body.errors?.[0]).toMatchObject({
    message: expect.stringContaining('The last rotation has not ended'),
    extensions: { code: 'BAD_USER_INPUT' },
  })
  await run('rotateWebhookSecret(id: $id, force: true) { secret }')
  await run('replayWebhook(id: $id, since: "2026-01-01T00:00:00Z") { state }')
  const future = await served.ask(
    'mutation ($id: ID!) { replayWebhook(id: $id, since: "2999-01-01T00:00:00Z") { state } }',
    { variables: { id } },
  )
  expect(future.body.errors?.[0]).toMatchObject({
    message: 'A replay cannot begin in the future; expected a time before now.',
    extensions: { code: 'BAD_USER_INPUT' },
  })
  await run('enableWebhook(id: $id) { state }')
  const { body } = await served.ask(
    '{ webhooks { id organization url events state disabledReason createdBy deliveries { messageId type status error attempt organization } } }',
  )
  expect(body.data?.webhooks).toEqual([
    {
      id,
      organization: 'acme',
      url: there.url,
      events: ['DIRECTORY_CHANGED'],
      state: 'ACTIVE',
      disabledReason: null,
      createdBy: 'admin',
      deliveries: [
        {
          messageId: message.headers['webhook-id'],
          type: 'webhook.test',
          status: 204,
          error: null,
          attempt: 1,
          organization: 'acme',
        },
      ],
    },
  ])
  expect(await run('deleteWebhook(id: $id)')).toEqual({ deleteWebhook: true })
  const gone = await served.ask('mutation ($id: ID!) { deleteWebhook(id: $id) }', { variables: { id } })
  expect(gone.body.errors?.[0]?.extensions.code).toBe('NOT_FOUND')
})

test('webhooks in the graph: only admins may use them, and every use is in the audit', async () => {
  const writer = await served.token({ name: 'writer', scopes: ['read', 'write'] })
  expect((await create('acme', writer)).error?.extensions.code).toBe('FORBIDDEN')
  const { body } = await served.ask('{ webhooks { id } }', { token: writer })
  expect(body.errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  const { hook } = await create('acme', acmeAdmin)
  await until(async () => {
    const rows = await served.sql<{ row: string }[]>`
      select concat_ws(' ', viewer, action, organization, outcome) as row from audit_log where action like '%ebhook%'`
    const found = rows.map(({ row }) => row)
    return (
      found.includes('acme-admin Mutation.createWebhook acme DONE') &&
      found.includes('writer Mutation.createWebhook acme FORBIDDEN') &&
      found.includes('writer Query.webhooks FORBIDDEN')
    )
  })
  await served.ask('mutation ($id: ID!) { deleteWebhook(id: $id) }', { variables: { id: hook?.webhook.id } })
})

test('webhooks in the graph: a token of one organization sees and changes no other webhook', async () => {
  const others = [(await create('globex')).hook, (await create(null)).hook]
  const own = (await create('acme', acmeAdmin)).hook
  const listed = await served.ask('{ webhooks { id } }', { token: acmeAdmin })
  expect(listed.body.data?.webhooks).toEqual([{ id: own?.webhook.id }])
  for (const other of others) {
    for (const mutation of [
      'deleteWebhook(id: $id)',
      'enableWebhook(id: $id) { id }',
      'rotateWebhookSecret(id: $id) { secret }',
      'testWebhook(id: $id) { status }',
      'replayWebhook(id: $id, since: "2026-01-01T00:00:00Z") { id }',
    ]) {
      const { body } = await served.ask(`mutation ($id: ID!) { ${mutation} }`, {
        token: acmeAdmin,
        variables: { id: other?.webhook.id },
      })
      expect([mutation, body.errors?.[0]?.extensions.code]).toEqual([mutation, 'NOT_FOUND'])
    }
  }
  expect((await create(null, acmeAdmin)).error).toMatchObject({
    message: '`organization` is required: the token is not valid for every organization',
  })
  expect((await create('globex', acmeAdmin)).error?.message).toContain('Unknown organization')
  const all = await served.ask('{ webhooks { organization } }')
  expect(all.body.data?.webhooks).toEqual([
    { organization: 'globex' },
    { organization: null },
    { organization: 'acme' },
  ])
})

test('webhooks in the graph: invalid URLs and events are rejected with what would be right', async () => {
  const problems = ['ftp://receiver.example/', 'nonsense', 'https://user:secret@receiver.example/', 'http://10.0.0.1/']
  for (const url of problems) {
    const { error } = await create('acme', acmeAdmin, url)
    expect([url, error?.extensions.code]).toEqual([url, 'BAD_USER_INPUT'])
    expect(error?.message).not.toContain('secret')
  }
})
