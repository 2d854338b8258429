import { parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { buildSchema } from '../../src/graph/schema.ts'
import { examples } from '../../src/server/explorer/examples.ts'
import { serve } from './served.ts'

test.each(['/', '/graphql'])('query editor: a browser gets the page at %s without a token', async (path) => {
  await using served = await serve()
  const answer = await served.request(path, { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(await answer.text()).toContain('<title>Essentials graph</title>')
})

test('query editor: the page runs only its own script and loads no external resources', async () => {
  await using served = await serve()
  const [first, second] = await Promise.all([served.request('/'), served.request('/')])
  const page = await first.text()
  const policy = first.headers.get('content-security-policy') ?? ''
  const nonce = policy.match(/script-src 'nonce-([^']{20,})'/)?.[1]
  expect(policy).toContain("default-src 'none'")
  expect(page.match(/<(script|style)\b[^>]*>/g)?.every((tag) => tag.includes(`nonce="${nonce}"`))).toBe(true)
  expect(page).not.toMatch(/__NONCE__|explorer\.(js|css)|"examples\.json"/)
  const references = [...page.matchAll(/\b(?:src|href)="([^"]*)"|url\(([^)]*)\)/g)].map((match) => match[1] ?? match[2])
  expect(references.every((reference) => reference?.startsWith('data:'))).toBe(true)
  expect(second.headers.get('content-security-policy')).not.toBe(policy)
})

test('query editor: every example is a valid operation of the schema', () => {
  const schema = buildSchema()
  for (const { title, query } of examples.flatMap((group) => group.items)) {
    expect({ title, errors: validate(schema, parse(query)) }).toEqual({ title, errors: [] })
  }
})
