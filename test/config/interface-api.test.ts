/** The configuration of organizations whose credentials open the API v1. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../src/config/env.ts'

const ofOne = {
  ESSENTIALS_API: 'v1',
  ESSENTIALS_DOMAIN: 'nordwind.example',
  ESSENTIALS_USER: 'graph@nordwind.example',
  ESSENTIALS_PASSWORD: 'hidden:password',
  ESSENTIALS_STACK: 'us1',
}

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment, 'vendor')
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

async function inFile(content: unknown) {
  const folder = await mkdtemp(join(tmpdir(), 'essentials-graph-'))
  const path = join(folder, 'organizations.json')
  await writeFile(path, JSON.stringify(content))
  return {
    environment: { ESSENTIALS_ORGANIZATIONS_FILE: path },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

test('configuration of the API v1: children is true or false, and belongs to v1 only', async () => {
  const entry = { slug: 'p', name: 'P', api: 'v1', domain: 'p.example', user: 'u', password: 's', stack: 'us1' }
  await using valid = await inFile([{ ...entry, children: true }])
  expect(readConfig(valid.environment, 'vendor').organizations).toMatchObject([{ children: true }])
  await using text = await inFile([{ ...entry, children: 'yes' }])
  expect(problemsOf(text.environment)[0]).toContain('children must be true or false.')
  await using v2 = await inFile([{ slug: 'a', name: 'A', apiKey: 'k', apiSecret: 's', children: true }])
  expect(problemsOf(v2.environment)[0]).toContain('unknown fields: "children"')
})

describe('configuration of the API v1: by variables', () => {
  test('a stack is the origin of the vendor, and the allowance is 60', () => {
    expect(readConfig(ofOne, 'vendor').organizations).toEqual([
      {
        slug: 'default',
        name: 'default',
        api: 'v1',
        domain: 'nordwind.example',
        user: 'graph@nordwind.example',
        password: 'hidden:password',
        baseUrl: 'https://us1.proofpointessentials.com',
        requestsPerMinute: 60,
        privilegedRoles: undefined,
      },
    ])
    const { ESSENTIALS_STACK: _stack, ...rest } = ofOne
    const other = { ...rest, ESSENTIALS_BASE_URL: 'http://127.0.0.1:1', ESSENTIALS_REQUESTS_PER_MINUTE: '7' }
    expect(readConfig(other, 'vendor').organizations).toMatchObject([
      { baseUrl: 'http://127.0.0.1:1', requestsPerMinute: 7 },
    ])
  })

  test('the API v2 stays the default, with its own address and allowance', () => {
    const config = readConfig({ ESSENTIALS_API_KEY: 'k', ESSENTIALS_API_SECRET: 's' }, 'vendor')
    expect(config.organizations).toMatchObject([
      { api: 'v2', baseUrl: 'https://api.proofpoint.com/v2', requestsPerMinute: 100 },
    ])
  })

  test('all problems are reported at once, and quote no secret', () => {
    const problems = problemsOf({
      ESSENTIALS_API: 'v1',
      ESSENTIALS_API_SECRET: 'hidden:secret',
      ESSENTIALS_DOMAIN: 'a b',
      ESSENTIALS_PASSWORD: 'hidden\u0001password',
      ESSENTIALS_STACK: 'US-1',
    })
    expect(problems).toEqual([
      'ESSENTIALS_DOMAIN must be a domain of the organization, such as nordwind.example.',
      'ESSENTIALS_PASSWORD must not contain control characters: it is sent in a header.',
      'ESSENTIALS_STACK must be the name of a stack, such as us1 or eu1.',
      'ESSENTIALS_API_SECRET is set, but ESSENTIALS_API is v1, which needs ESSENTIALS_DOMAIN, ESSENTIALS_USER, ESSENTIALS_PASSWORD.',
      'ESSENTIALS_USER is not set: ESSENTIALS_API v1 needs all three.',
    ])
    expect(problems.join()).not.toContain('hidden')
  })

  test.each([
    [{ ...ofOne, ESSENTIALS_STACK: '' }, /ESSENTIALS_STACK is not set, and neither is ESSENTIALS_BASE_URL/],
    [{ ...ofOne, ESSENTIALS_BASE_URL: 'https://x.example' }, /ESSENTIALS_STACK and ESSENTIALS_BASE_URL are both set/],
    [{ ...ofOne, ESSENTIALS_API: 'v3' }, /ESSENTIALS_API is "v3", but must be one of v1, v2/],
    [
      { ESSENTIALS_API_KEY: 'k', ESSENTIALS_API_SECRET: 's', ESSENTIALS_USER: 'u' },
      /ESSENTIALS_USER is set, but ESSENTIALS_API is not v1/,
    ],
    [
      { ...ofOne, ESSENTIALS_ORGANIZATIONS_FILE: '/none' },
      /ESSENTIALS_USER and ESSENTIALS_ORGANIZATIONS_FILE are both set/,
    ],
  ])('%#: a contradiction is a problem', (environment, problem) => {
    expect(problemsOf(environment).join('\n')).toMatch(problem)
  })
})

describe('configuration of the API v1: by a file', () => {
  const one = { slug: 'north', name: 'North', api: 'v1', domain: 'n.example', user: 'a@n.example', password: 'hidden' }

  test('entries of both APIs stand beside each other', async () => {
    await using file = await inFile([
      { ...one, stack: 'eu1' },
      { slug: 'two', name: 'Two', api: 'v2', apiKey: 'k', apiSecret: 's' },
      { slug: 'old', name: 'Old', apiKey: 'k2', apiSecret: 's' },
    ])
    expect(readConfig(file.environment, 'vendor').organizations).toMatchObject([
      { slug: 'north', api: 'v1', baseUrl: 'https://eu1.proofpointessentials.com', requestsPerMinute: 60 },
      { slug: 'two', api: 'v2', requestsPerMinute: 100 },
      { slug: 'old', api: 'v2', requestsPerMinute: 100 },
    ])
  })

  test('each problem names its entry, and none quotes a secret', async () => {
    await using file = await inFile([
      { ...one, stack: 'eu1', baseUrl: 'https://x.example' },
      { ...one, slug: 'b', domain: 'b.example' },
      { ...one, slug: 'c', domain: 'N c', password: '', stack: 'eu', pasword: 'hidden' },
      { ...one, slug: 'd', api: 'v3' },
      { ...one, slug: 'e', stack: 'us1' },
      7,
    ])
    const problems = problemsOf(file.environment).map((text) => text.replace(/^.*?json, /, ''))
    expect(problems.sort()).toEqual(
      [
        'organization 1: must have either a stack, such as "us1", or a baseUrl.',
        'organization 2: must have either a stack, such as "us1", or a baseUrl.',
        'organization 3: domain must be a domain of the organization, such as nordwind.example.',
        'organization 3: has unknown fields: "pasword" (did you mean "password"?).',
        'organization 3: password must not be empty.',
        'organization 3: stack must be the name of a stack, such as us1 or eu1.',
        'organization 4: api must be "v1" or "v2".',
        'organization 4: has the same domain as organization 1, but each must have its own.',
        'organization 5: has the same domain as organization 1, but each must have its own.',
        'organization 6: must be an object.',
      ].sort(),
    )
    expect(problems.join()).not.toContain('hidden')
  })
})
