import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { newSecret, signedRequest } from '../../src/webhooks/sign.ts'
import { eventNames } from '../../src/webhooks/webhooks.ts'

const text = await readFile(new URL('../../docs/webhooks.md', import.meta.url), 'utf8')

test('webhooks document: its receiver accepts our messages, and no forged, changed or old one', async () => {
  const [, code = ''] = /^```js\n(.*?)^```/ms.exec(text) ?? []
  const { readEvent } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    readEvent: (headers: Record<string, string>, body: string, secret: string) => unknown
  }
  const secrets = [newSecret(), newSecret()]
  const { headers, body } = signedRequest('https://receiver.example/', { id: 'msg_1', body: '{"type":"é"}' }, secrets)
  for (const secret of secrets) expect(readEvent(headers, body, secret)).toEqual({ type: 'é' })
  expect(readEvent(headers, body, newSecret())).toBeUndefined()
  expect(readEvent(headers, '{"type":"e"}', secrets[0] ?? '')).toBeUndefined()
  expect(readEvent({ ...headers, 'webhook-id': 'msg_2' }, body, secrets[0] ?? '')).toBeUndefined()
  expect(readEvent({ ...headers, 'webhook-timestamp': '1700000000' }, body, secrets[0] ?? '')).toBeUndefined()
  expect(readEvent({}, body, secrets[0] ?? '')).toBeUndefined()
})

test('webhooks document: it describes every event', () => {
  for (const name of eventNames) expect(text).toContain(`\`${name}\``)
})
