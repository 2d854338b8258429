import { readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { expandVariables } from '../../src/explorer/editor/shorthand.ts'
import { demo } from './demo.ts'

const { mirror, before, ...demonstration } = await demo()
afterAll(() => demonstration[Symbol.asyncDispose]())

const text = readFileSync(new URL('../../docs/cookbook.md', import.meta.url), 'utf8')
const recipes = text
  .split(/^## /m)
  .slice(1)
  .map((section) => ({
    title: section.split('\n')[0] ?? '',
    query: /```graphql\n([\s\S]*?)```/.exec(section)?.[1] ?? '',
    variables: /```json\n([\s\S]*?)```/.exec(section)?.[1] ?? '{}',
  }))

/** A minute after the first pull, so that `-1m` is before the changes. */
const now = Date.parse(before) + 60_000
const ask = (query: string, variables: object) => mirror.data(query, { ...variables }) as never

test('cookbook: the document has twenty recipes', () => {
  expect(recipes.length).toBe(20)
})

test.each(recipes)('cookbook: the recipe "$title" returns the recorded result', async ({ query, variables }) => {
  const expanded = await expandVariables(query, JSON.parse(variables), { now, ask })
  expect(await mirror.data(query, { ...expanded })).toMatchSnapshot()
})
