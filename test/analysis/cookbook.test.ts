import { readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { demo } from './demo.ts'

const { mirror, before, after, ...demonstration } = await demo()
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

test('cookbook: the document has twenty recipes', () => {
  expect(recipes.length).toBe(20)
})

test.each(recipes)('cookbook: the recipe "$title" returns the recorded result', async ({ query, variables }) => {
  const filled = JSON.parse(await fill(variables))
  expect(await mirror.data(query, filled)).toMatchSnapshot()
})

/** Replaces the placeholders in angle brackets in the variables. */
async function fill(variables: string): Promise<string> {
  let filled = variables.replaceAll('<before>', before).replaceAll('<after>', after)
  for (const [placeholder, name = ''] of variables.matchAll(/<id of (.*?)>/g)) {
    const [kind, key] = name.split(' ')
    const found = key
      ? kind === 'role'
        ? `role(name: "${key}")`
        : `group(groupId: "${key}")`
      : `user(primaryEmail: "${name}")`
    const answer = await mirror.data(`{ found: ${found} { id } }`)
    filled = filled.replaceAll(placeholder, (answer.found as { id: string }).id)
  }
  return filled
}
