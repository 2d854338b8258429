import { afterAll, beforeAll, expect, test } from 'vitest'
import { runWebhook } from '../../src/cli/webhook.ts'
import { readConfig } from '../../src/config/env.ts'
import { type MirrorHarness, mirror } from '../support/mirror.ts'
import { until } from '../support/until.ts'
import { depsOf, type Receiver, receiver, verify, worker } from './harness.ts'

let acme: MirrorHarness
let there: Receiver
beforeAll(async () => {
  acme = await mirror()
  there = await receiver()
})
afterAll(async () => {
  await there[Symbol.asyncDispose]()
  await acme[Symbol.asyncDispose]()
})

async function run(line: string, more: Record<string, string> = {}): Promise<string> {
  const { connection } = acme.database
  if (!('host' in connection)) throw new Error('The tests connect by host and port')
  const config = readConfig(
    {
      DATABASE_URL: `postgres:///${connection.database}?${new URLSearchParams({ host: connection.host, port: String(connection.port), user: connection.user })}`,
      SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8, ::1/128',
      LOG_LEVEL: 'silent',
      ...more,
    },
    'database',
  )
  let output = ''
  const terminal = { stdout: { write: (text: string) => (output += text) } }
  await runWebhook(line.split(' '), config, new AbortController().signal, terminal)
  return output
}

test('webhook command: create, test, list, replay, rotate, enable and delete work beside a worker', async () => {
  await using _worker = worker(acme.database, {}, depsOf(acme.database))
  const created = await run(`create --url ${there.url} --events directory.changed,finding.opened --organization acme`)
  const [, id = '', secret = ''] = /^The webhook (\d+) receives .* of acme\..*\n\n(whsec_\S+)\n$/s.exec(created) ?? []
  expect(await run(`test ${id}`)).toBe('The receiver accepted the message with the status 204.\n')
  if (there.accepted[0]) verify(secret, there.accepted[0])
  await acme.list(1, { 'ann@acme.example': {} })
  await until(() => there.accepted.length === 2)
  const since = there.accepted[1]?.body.timestamp ?? ''
  expect(await run(`replay ${id} --since ${since}`)).toBe(`The webhook ${id} sends all events since ${since} again.\n`)
  await until(() => there.accepted.length === 3)
  expect(there.accepted[2]?.headers['webhook-id']).toBe(there.accepted[1]?.headers['webhook-id'])
  expect(await run('list')).toMatch(
    new RegExp(`^ID .*\n${id} +active +acme +\\S+ 204 +${there.url} +directory.changed,finding.opened\n$`),
  )
  const [listed, ...others] = (JSON.parse(await run('list --json')) as { webhooks: object[] }).webhooks
  expect(others).toEqual([])
  expect(listed).toMatchObject({ organization: 'acme', state: 'ACTIVE', lastDelivery: { status: 204, attempt: 1 } })
  expect(JSON.stringify(listed)).not.toContain(secret)
  const [next = ''] = /whsec_\S+/.exec(await run(`rotate ${id} --overlap 1h`)) ?? []
  await run(`test ${id}`)
  for (const known of [secret, next]) if (there.accepted[3]) verify(known, there.accepted[3])
  expect(there.accepted[3]?.body.type).toBe('webhook.test')
  await expect(run(`rotate ${id}`)).rejects.toThrow(
    /^The last rotation has not ended: its old secret is valid until .*Z, and another rotation would end it at once\. .*\(`--force`, or `force: true`\)\.$/,
  )
  const [third = ''] = /whsec_\S+/.exec(await run(`rotate ${id} --force`)) ?? []
  await run(`test ${id}`)
  for (const known of [next, third]) if (there.accepted[4]) verify(known, there.accepted[4])
  await acme.sql`update webhooks set disabled_at = now(), disabled_reason = 'It failed for a day'`
  expect(await run(`replay ${id} --since -30d`)).toBe(
    `The oldest event that is kept is of ${since}.
The webhook ${id} is disabled, and sends nothing until \`npm run webhook -- enable ${id}\`. Then it sends all events since ${since} again.
`,
  )
  await expect(run(`replay ${id} --since 2999-01-01`)).rejects.toThrow(/^A replay cannot begin in the future/)
  expect(await run(`enable ${id}`)).toContain('continues where it stopped')
  there.answer = (_request, response) => {
    response.writeHead(302).end()
    return false
  }
  await expect(run(`test ${id}`)).rejects.toThrow(
    /^The receiver did not accept the message: The receiver answered 302; redirects are not followed\.$/,
  )
  expect(await run(`delete ${id}`)).toBe(`The webhook ${id} was deleted.\n`)
  expect(await run('list')).not.toContain(there.url)
})

test.each([
  ['', 'Unknown command "webhook "'],
  ['send 1', 'Unknown command "webhook send"'],
  ['create --events all', '--url is required'],
  ['create --url https://receiver.example/', '--events is required'],
  [
    'create --url https://receiver.example/ --events user.created',
    'The events must be one or more of: directory.changed',
  ],
  ['create --url http://10.0.0.1/ --events all', 'not public'],
  ['create --url https://receiver.example/ --events all --organization nowhere', 'mirrored: acme'],
  ['test', 'Expected the number of one webhook'],
  ['test 999', 'There is no webhook with this number'],
  ['replay 1', '--since is required'],
  ['replay 1 --since yesterday', 'must be an ISO 8601 time'],
  ['rotate 1 --overlap 90d', '--overlap is "90d"'],
])('webhook command: "%s" is rejected with a reason and the usage', async (line, reason) => {
  const problem = await run(line).then(
    () => '',
    (error: Error) => error.message,
  )
  expect(problem).toContain(reason)
  expect(problem).toContain('npm run webhook -- create --url URL')
})

test.each([
  ['https://localhost/', 'an address that is not public'],
  ['https://LOCALHOST./', 'an address that is not public'],
  ['https://x.localhost:8443/', 'an address that is not public'],
  ['https://127.1/', 'an address that is not public'],
  ['https://receiver.example:0/', 'The URL has the port 0; expected 1 to 65535.'],
  ['https://receiver.example/\r\nx', 'no control characters'],
  ['https://receiver.example/\u0085', 'no control characters'],
])('webhook create: %j is rejected if no network is allowed', async (url, reason) => {
  const none = { WEBHOOK_ALLOWED_NETWORKS: '' }
  await expect(run(`create --events all --url ${url}`, none)).rejects.toThrow(reason)
})

test('webhook create: names of this machine are allowed with its network, and names that only look so always', async () => {
  expect(await run('create --events all --url http://x.localhost:8443/')).toContain('receives the events')
  await expect(
    run('create --events all --url http://localhost/', { WEBHOOK_ALLOWED_NETWORKS: '10.0.0.0/8' }),
  ).rejects.toThrow('an address that is not public')
  const none = { WEBHOOK_ALLOWED_NETWORKS: '' }
  expect(await run('create --events all --url https://notlocalhost/', none)).toContain('receives the events')
})
