import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import {
  answer,
  apiKey,
  apiSecret,
  createHarness,
  cut,
  failureOf,
  hang,
  interactive,
  type Reply,
  reset,
  startVendor,
} from './support.ts'

const password = 'p"äss <w>&1'
const body = { primaryEmail: 'ann@acme.test', type: 'User', password }
const basic = Buffer.from(`${apiKey}:${apiSecret}`).toString('base64')

/** A vendor that echoes the whole request, each in a different format. */
function echo(status: number, write: (body: string, authorization: string) => string): Reply {
  return (response, request) => {
    response.writeHead(status).end(write(request.body, request.headers.authorization ?? ''))
  }
}

test.each<[string, Reply]>([
  ['the body itself', echo(400, (sent) => sent)],
  ['the body in a message', echo(422, (sent) => JSON.stringify({ message: `bad input: ${sent}` }))],
  [
    'the body in a message in a message',
    echo(500, (sent) => JSON.stringify({ error: JSON.stringify({ message: sent }) })),
  ],
  ['the body in a field for explanations', echo(400, (sent) => `{"errors":[{"detail":${sent}}]}`)],
  ['the password as the name of a field', echo(400, () => JSON.stringify({ errors: { [password]: 'is too weak' } }))],
  [
    'the password in HTML',
    echo(400, () => `<p>bad: ${password.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</p>`),
  ],
  ['the password in HTML, unescaped', echo(409, () => `<p>bad: ${password}</p>`)],
  ['the password in a URL', echo(405, () => `see /help?password=${encodeURIComponent(password)}`)],
  [
    'the credentials',
    echo(500, (_sent, authorization) => `${authorization} ${atob(authorization.slice('Basic '.length))}`),
  ],
  ['the body, truncated', echo(200, (sent) => sent.slice(0, -1))],
  ['the body as a redirect', echo(302, (sent) => sent)],
  ['a closed connection', cut],
  ['a reset', reset],
  ['no response', hang],
  ['401', answer(401)],
])('secrets: no error holds a secret if the vendor answers with %s', async (_name, reply) => {
  await using vendor = await startVendor(reply)
  await using harness = createHarness(vendor, reply === hang ? { timeouts: { totalMs: 100 } } : {})
  const error = await failureOf(harness.client.createUser(body, interactive))
  const shown = [
    error.message,
    error.stack,
    JSON.stringify(error),
    JSON.stringify({ ...error }),
    inspect(error, { depth: null, showHidden: true }),
    inspect(error.cause, { depth: null, showHidden: true }),
    JSON.stringify(harness.lines),
  ].join('\n')
  const escaped = JSON.stringify(password).slice(1, -1)
  for (const secret of [password, escaped, encodeURIComponent(password), '&lt;w&gt;', 'äss', apiSecret, basic]) {
    expect(shown).not.toContain(secret)
  }
})
