/** How many errors a response contains, and when the check of an operation stops. */
import { afterAll, describe, expect, test } from 'vitest'
import { serveGraph } from '../served-graph.ts'

const served = await serveGraph()
afterAll(() => served[Symbol.asyncDispose]())
await served.add.organization('acme')

describe('limit of errors per response', () => {
  test('errors: a response contains at most 100 errors and the number of those that are not shown', async () => {
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }'
    const answer = await served.ask(query, { variables: { r: Array(5_000).fill({}) } })
    expect(answer.body.errors).toHaveLength(101)
    expect(answer.body.errors?.[99]?.path).toEqual(['_entities', 99])
    expect(answer.body.errors?.[100]).toMatchObject({
      message: '4900 more errors are not shown; an answer holds at most 100',
      extensions: { code: 'TOO_MANY_ERRORS', notShown: 4_900 },
    })
    expect(answer.body.data?._entities).toHaveLength(5_000)
  })

  test('errors: the check of variables and documents stops after 100 errors', async () => {
    const list = await served.ask('query ($f: UserFilter) { users(filter: $f) { totalCount } }', {
      variables: { f: { role: { in: Array(5_000).fill(1) } } },
    })
    const fields = await served.ask(`{ ${Array.from({ length: 1_000 }, (_, i) => `unknown${i}`).join(' ')} }`)
    for (const { status, body } of [list, fields]) {
      expect([status, body.errors?.length]).toEqual([400, 101])
      expect(body.errors?.[100]?.message).toBe('More than 100 errors; the check stopped there')
    }
  })

  test('limits: the number of ids and references to look up is limited over all fields of an operation', async () => {
    const fields = [1, 2, 3].map((i) => `a${i}: _entities(representations: $r) { __typename }`).join(' ')
    const wrong = await served.ask('query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }', {
      variables: { r: Array(5_000).fill({}) },
    })
    expect(wrong.body.errors?.[100]?.extensions.code).toBe('TOO_MANY_ERRORS')
    const alone = await served.ask(`query ($r: [_Any!]!) { ${fields} }`, {
      variables: { r: Array(5_000).fill({ __typename: 'User', primaryEmail: 'a@b' }) },
    })
    expect(alone.body.errors).toMatchObject([
      {
        message: 'The operation exceeds the limit of 5000 IDs and references to look up',
        extensions: { code: 'LIMIT_EXCEEDED' },
      },
    ])
  })
})
